/** The README files of an export: what to do in which order, in English and in short in Chinese. */
import type { DesiredNode, PortRule } from '../desired/types.js';
import {
  disableCommands,
  firewallRules,
  type ManagedFirewall,
  openCommands,
  stateCommands,
} from '../shell/firewall.js';
import { commandLine, quote } from '../shell/quote.js';
import type { BootstrapStyle } from '../topology/types.js';
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

function openBlock(node: DesiredNode, kind: ManagedFirewall): string {
  const label = `raftyard-${node.clusterId.slice(0, 8)}`;
  const rules = firewallRules(kind, node.firewall.rules, node.firewall.sources, label);
  const commands = openCommands(kind, rules).map(commandLine);
  return shellBlock(
    commands.length === 0 ? ['# nothing to open: no other host is in the cluster'] : commands,
  );
}

/** As in the tutorial, with its last look at the state. */
const DISABLE = shellBlock([...disableCommands('firewalld'), ...stateCommands('firewalld')].map(commandLine));

function firewallSection(node: DesiredNode): string[] {
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
      ];
    case 'leave':
      return [
        '## Firewall (防火墙)',
        'This topology leaves the firewall as it is. 本拓扑不改动防火墙,请自行确认以下端口可达。',
        ...ports,
      ];
  }
}

/** README.md in a host's folder. */
export function hostReadme(node: DesiredNode, place: { readonly turn: number; readonly of: number }): string {
  const script = `${node.workdir}/consul-start.sh`;
  const parts = [
    `# ${plainText(node.host)}: Consul ${node.role} ${plainText(node.node)}`,
    `Cluster ${plainText(node.clusterName)}, datacenter ${code(node.datacenter)}, advertised as ${code(node.advertise)}, container ${code(node.container.name)}, image ${code(node.container.image)}. Turn ${place.turn} of ${place.of}.`,
    `本机是集群 ${plainText(node.clusterName)} 的 ${node.role} 节点,启动顺序为第 ${place.turn} 台(共 ${place.of} 台)。`,
    '## Start (启动)',
    'As root on this host, with consul-start.sh from this folder in the current directory:',
    '以 root 身份在本机执行(当前目录中有本文件夹的 consul-start.sh):',
    shellBlock([
      commandLine(['mkdir', '-p', node.workdir]),
      commandLine(['cp', 'consul-start.sh', script]),
      commandLine(['chmod', '+x', script]),
      quote(script),
    ]),
    `The script can be run again. It replaces only a container of this cluster; another container named ${code(node.container.name)} stops it with a message, unless ${code('--replace')} is given.`,
    '脚本可以重复执行;若已有不属于本集群的同名容器,脚本会停止并提示,除非加上 `--replace`。',
    ...firewallSection(node),
  ];
  return `${parts.join('\n\n')}\n`;
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

export interface OverviewInput {
  readonly name: string;
  readonly style: BootstrapStyle;
  /** In the order of starting. */
  readonly nodes: readonly DesiredNode[];
  readonly exposed: boolean;
}

/** The README.md above the hosts' folders. */
export function overviewReadme({ name, style, nodes, exposed }: OverviewInput): string {
  const rows = nodes.map(
    (node, index) =>
      `| ${index + 1} | [${plainText(node.host)}](${encodeURIComponent(node.host)}/README.md) | ${code(node.advertise)} | ${plainText(node.node)} | ${node.role} | ${code(node.datacenter)} | ${code(node.container.name)} |`,
  );
  const server = nodes.find((node) => node.role === 'server') ?? nodes[0];
  const checks =
    server === undefined
      ? []
      : [
          '## Check (检查)',
          'On any host / 在任意一台主机上:',
          shellBlock([
            `${commandLine(['docker', 'exec', server.container.name, 'consul', 'members'])}   # on ${server.host}`,
            'curl http://127.0.0.1:8500/v1/status/leader',
          ]),
          exposed
            ? `The HTTP API and the web UI are open on every host, for example http://${server.advertise.includes(':') ? `[${server.advertise}]` : server.advertise}:8500/ui/ – to everyone who can reach that port. 所有主机的 8500 端口均已开放,请注意风险。`
            : 'The HTTP API listens on each host’s loopback only; reach it with `ssh -L 8500:127.0.0.1:8500 HOST`. HTTP API 只监听本机回环地址,可用 `ssh -L` 访问。',
        ];
  const parts = [
    `# ${plainText(name)}: start scripts`,
    'One folder for each host, written by Raftyard. Each holds `consul-start.sh` and a README with the commands for that host, the firewall’s among them.',
    '每台主机一个文件夹,内含 `consul-start.sh` 和说明(包括防火墙命令)。',
    '## Order (顺序)',
    ...ORDER[style],
    [
      '| # | host | address | node | role | datacenter | container |',
      '|---|---|---|---|---|---|---|',
      ...rows,
    ].join('\n'),
    ...checks,
  ];
  return `${parts.join('\n\n')}\n`;
}
