/** What the README files of every format say alike, in English and in short in Chinese. */
import type { DesiredNode, PortRule } from '../desired/types.js';
import {
  disableCommands,
  firewallRules,
  type OpenableFirewall,
  openCommands,
  stateCommands,
} from '../shell/firewall.js';
import { insertShown, isPacketFilter } from '../shell/packet-filter.js';
import { commandLine } from '../shell/quote.js';
import type { BootstrapStyle, Topology } from '../topology/types.js';
import type { ExportInput } from './nodes.js';
import { code, plainText, shellBlock } from './text.js';

const from = (rule: PortRule, sources: readonly string[]): string =>
  rule.from === 'any'
    ? 'anywhere'
    : sources.length === 0
      ? 'nobody (a single host)'
      : sources.map(code).join(', ');

function portTable({ firewall }: DesiredNode): string {
  return [
    '| port | for | from |',
    '|---|---|---|',
    ...firewall.rules.map(
      (rule) => `| ${rule.port}/${rule.protocol} | ${rule.purpose} | ${from(rule, firewall.sources)} |`,
    ),
  ].join('\n');
}

/** The rules that open a node's ports, marked as the cluster's where the firewall has a place for it. */
export function rulesFor(node: DesiredNode, kind: OpenableFirewall): string[] {
  const label = `raftyard-${node.clusterId.slice(0, 8)}`;
  return firewallRules(kind, node.firewall.rules, node.firewall.sources, label);
}

function openBlock(node: DesiredNode, kind: OpenableFirewall): string {
  const rules = rulesFor(node, kind);
  const commands = isPacketFilter(kind)
    ? rules.map((rule) => insertShown(kind, rule))
    : openCommands(kind, rules).map(commandLine);
  return shellBlock(
    commands.length === 0 ? ['# nothing to open: no other host is in the cluster'] : commands,
  );
}

/** As in the tutorial, with its last look at the state. */
const DISABLE = shellBlock([...disableCommands('firewalld'), ...stateCommands('firewalld')].map(commandLine));

/** Which ports a host needs, and the commands of the topology's firewall mode. */
export function firewallSection(node: DesiredNode): string[] {
  const ports = ['These ports have to be reachable on this host:', portTable(node)];
  switch (node.firewall.mode) {
    case 'disable':
      return [
        '## Firewall (防火墙)',
        'This topology turns the firewall off, as the tutorial does. Every port of the host is then reachable from its networks; opening only the ports below is safer.',
        '关闭防火墙(所有端口都会暴露,更安全的做法是只开放下表中的端口):',
        DISABLE,
        ...ports,
      ];
    case 'open':
      return [
        '## Firewall (防火墙)',
        ...ports,
        'With firewalld (it is not reloaded, since that flushes the rules that Docker made):',
        '使用 firewalld 时执行(不要 reload,否则会清空 Docker 的规则):',
        openBlock(node, 'firewalld'),
        'With ufw / 使用 ufw 时执行:',
        openBlock(node, 'ufw'),
        'With iptables of your own; add the same rules to the file that is loaded at boot (`/etc/iptables/rules.v4`, `/etc/sysconfig/iptables`), since `iptables-save` would write those of Docker too:',
        '自行维护 iptables 时执行;并把同样的规则加入开机加载的文件(不要用 iptables-save,否则会写入 Docker 的规则):',
        openBlock(node, 'iptables'),
      ];
    case 'leave':
      return [
        '## Firewall (防火墙)',
        'This topology leaves the firewall as it is. 本拓扑不改动防火墙,请自行确认以下端口可达。',
        ...ports,
      ];
  }
}

/** What the style means for the order. */
const ORDER: Readonly<Record<BootstrapStyle, readonly [string, string]>> = {
  robust: [
    'Every server has the same options: start them in any order, best at the same time. They elect a leader once all of them are up.',
    '所有 server 的参数相同,启动顺序任意,最好同时启动;全部启动后会选出 leader。',
  ],
  classic: [
    'Start the bootstrap server first, then the others: they join it. A server that starts before it tries again every 30 seconds.',
    '先启动自启动节点,再启动其他节点(它们会加入自启动节点;若先于它启动,则每 30 秒重试一次)。',
  ],
};

/** What a node is, in one line of a host's README. */
export function nodeLine(node: DesiredNode): string {
  return `Cluster ${plainText(node.clusterName)}, datacenter ${code(node.datacenter)}, advertised as ${code(node.advertise)}, container ${code(node.container.name)}, image ${code(node.container.image)}.`;
}

export interface Turn {
  /** From 1. */
  readonly turn: number;
  readonly of: number;
}

export function turnLines(node: DesiredNode, { turn, of }: Turn): string[] {
  return [
    `${nodeLine(node)} Turn ${turn} of ${of}.`,
    `本机是集群 ${plainText(node.clusterName)} 的 ${node.role} 节点,启动顺序为第 ${turn} 台(共 ${of} 台)。`,
  ];
}

export interface TableOptions {
  /** Every host has a README of its own. */
  readonly linked: boolean;
}

/** All nodes in the order of starting. */
export function nodeTable(nodes: readonly DesiredNode[], { linked }: TableOptions): string {
  const name = (host: string): string =>
    linked ? `[${plainText(host)}](${encodeURIComponent(host)}/README.md)` : plainText(host);
  const rows = nodes.map(
    (node, index) =>
      `| ${index + 1} | ${name(node.host)} | ${code(node.advertise)} | ${plainText(node.node)} | ${node.role} | ${code(node.datacenter)} | ${code(node.container.name)} |`,
  );
  return [
    '| # | host | address | node | role | datacenter | container |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** In which order people start what was exported. */
export function orderSection(style: BootstrapStyle, nodes: readonly DesiredNode[]): string[] {
  return ['## Order (顺序)', ...ORDER[style], nodeTable(nodes, { linked: true })];
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/**
 * How to see that the cluster is there.
 *
 * @param members The command that lists the members on a server.
 */
export function checkSection(
  { topology, nodes }: ExportInput,
  members: (server: DesiredNode) => readonly string[],
): string[] {
  const server = nodes.find((node) => node.role === 'server') ?? nodes[0];
  if (server === undefined) return [];
  return [
    '## Check (检查)',
    'On any host / 在任意一台主机上:',
    shellBlock([
      `${commandLine(members(server))}   # on ${server.host}`,
      'curl http://127.0.0.1:8500/v1/status/leader',
    ]),
    apiLine(topology, server),
  ];
}

function apiLine({ api }: Topology, server: DesiredNode): string {
  return api === 'exposed'
    ? `The HTTP API and the web UI are open on every host, for example http://${bracketed(server.advertise)}:8500/ui/ – to everyone who can reach that port. 所有主机的 8500 端口均已开放,请注意风险。`
    : 'The HTTP API listens on each host’s loopback only; reach it with `ssh -L 8500:127.0.0.1:8500 HOST`. HTTP API 只监听本机回环地址,可用 `ssh -L` 访问。';
}

/** `docker exec CONTAINER consul members`. */
export const membersInContainer = (server: DesiredNode): string[] => [
  'docker',
  'exec',
  server.container.name,
  'consul',
  'members',
];
