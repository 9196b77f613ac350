/** What keeps a host's names from being asked of Consul, and what it costs where they are. Pure. */
import type { DesiredNode } from '../desired/types.js';
import type { DnsFacts } from './dns-facts.js';
import { type DnsNeed, dnsChanges, engineFile, factsOf, upstreamOf } from './dns-need.js';
import type { ListenerFacts, ReachableFacts } from './facts.js';
import type { PlanIssue } from './types.js';

type Block = (code: string, message: string, hint: string) => void;

/** systemd's resolved.conf has ports since then. https://www.freedesktop.org/software/systemd/man/latest/resolved.conf.html */
const RESOLVED_PORTS = 246;

/** How the usual holders of port 53 are told to leave one address alone. */
const ROOM: Readonly<Record<string, string>> = {
  dnsmasq: 'Give dnsmasq `bind-interfaces` and `except-interface={}` and restart it, or stop it.',
  unbound: 'List the addresses of unbound with `interface:`, without that of {}, and restart it, or stop it.',
  named: 'Set `listen-on` of named to addresses without that of {}, and restart it, or stop it.',
  'systemd-resolve':
    'Take DNSStubListenerExtra for this address out of resolved.conf, and restart systemd-resolved.',
};

/** Who listens where Consul's DNS has to. */
function holder(node: DesiredNode, facts: ReachableFacts, dns: DnsFacts): ListenerFacts | undefined {
  const { dns: wanted } = node;
  const runs = facts.containers.some(({ running, name }) => running && name === node.container.name);
  return facts.listeners.find(({ port, address, process }) => {
    if (wanted === undefined || port !== wanted.port) return false;
    // Without root the process is not told; a running agent of ours is the likely one.
    if (process === 'consul' || (process === undefined && runs)) return false;
    const any = /^(\*|0\.0\.0\.0|::)$/.test(address);
    const own = wanted.at === 'bridge' ? dns.bridge?.address : '127.0.0.1';
    return any || wanted.everywhere || address === own;
  });
}

function portIssue(node: DesiredNode, facts: ReachableFacts, dns: DnsFacts, block: Block): void {
  const found = holder(node, facts, dns);
  if (found === undefined || node.dns === undefined) return;
  const who = found.process ?? 'another program';
  const hint =
    ROOM[who]?.replace('{}', node.dns.bridge) ??
    `Let ${who} leave that address alone, or turn dns off in the document.`;
  block(
    'dns-port-taken',
    `Consul's DNS has to listen on port ${node.dns.port}, and ${who} has ${found.address}:${found.port}/${found.protocol}`,
    hint,
  );
}

function engineIssues(facts: ReachableFacts, dns: DnsFacts, block: Block): void {
  const snap = facts.docker?.kind === 'snap';
  if (snap || !facts.systemd) {
    block(
      'dns-engine',
      snap
        ? 'Docker comes from snap here: it is configured and restarted by snap, not by daemon.json in /etc'
        : 'without systemd the engine cannot be restarted in a known way',
      'Use the distribution’s or Docker’s own package, or turn dns.containers off.',
    );
    return;
  }
  if (dns.bridge === undefined)
    block(
      'dns-no-bridge',
      'the engine has no default bridge with an IPv4 address, on which containers could ask Consul',
      'Take `"bridge": "none"` out of daemon.json, or turn dns.containers off.',
    );
  const file = engineFile(dns, facts.workdir.state?.dns);
  const now = factsOf(dns, file);
  if (now.state === 'bad')
    block(
      'dns-engine-file',
      `${now.path} cannot be changed: ${now.problem ?? 'it cannot be read'}`,
      'Correct the file by hand, then plan again; nothing was changed.',
    );
  // dockerd refuses to start with the same setting in both places.
  if (file === 'daemon-json' && dns.flags.dns.length + dns.flags.search.length > 0)
    block(
      'dns-flags',
      'the engine is started with --dns or --dns-search by its service, and refuses to start with the same in daemon.json',
      'Move these options from the service to daemon.json and restart the engine, then plan again.',
    );
}

function resolvedIssues(node: DesiredNode, dns: DnsFacts, block: Block): void {
  const { resolved } = dns;
  const off = 'or turn dns.hosts off.';
  if (resolved?.active !== true) {
    block(
      'dns-no-resolved',
      'systemd-resolved does not run here, and nothing else is told by domain whom to ask',
      `Install and start systemd-resolved, ${off}`,
    );
    return;
  }
  if (!resolved.asked)
    block(
      'dns-resolved-unused',
      'programs on this host do not ask systemd-resolved: /etc/resolv.conf names other servers',
      `Link /etc/resolv.conf to /run/systemd/resolve/stub-resolv.conf, ${off}`,
    );
  if (resolved.global.length > 0)
    block(
      'dns-resolved-global',
      `systemd-resolved asks ${resolved.global.join(', ')} for every name, and would ask them for .consul too`,
      `Set these servers on the link (netplan, NetworkManager, systemd-networkd) and not in resolved.conf, ${off}`,
    );
  if (node.dns?.port !== 53 && resolved.version > 0 && resolved.version < RESOLVED_PORTS)
    block(
      'dns-resolved-old',
      `systemd ${resolved.version} asks DNS servers on port 53 only, and Consul answers on port ${node.dns?.port ?? 8600}`,
      `Turn dns.containers on, with which Consul answers on port 53, ${off}`,
    );
}

/** What stops a host's part of `dns`. */
export function dnsBlockers(node: DesiredNode, facts: ReachableFacts, adopted: boolean): PlanIssue[] {
  const issues: PlanIssue[] = [];
  const block: Block = (code, message, hint) =>
    issues.push({ severity: 'blocker', code, host: node.host, message, hint });
  const { dns } = facts;
  if (node.dns === undefined) return [];
  if (dns === undefined) {
    // Without Docker the host has its own blocker.
    if (facts.docker !== undefined && facts.root !== 'none')
      block('dns-unknown', 'how this host resolves names was not looked at', 'Check the hosts again.');
    return issues;
  }
  if (adopted) {
    block(
      'dns-adopted',
      `${node.node} runs in an adopted container, which stays as it is and cannot be told where to answer DNS`,
      'Turn dns off, or remove the container and let Raftyard make its own.',
    );
    return issues;
  }
  if (node.dns.containers) engineIssues(facts, dns, block);
  if (node.dns.hosts) resolvedIssues(node, dns, block);
  portIssue(node, facts, dns, block);
  if (upstreamOf(node.dns.upstream, facts).length === 0)
    block(
      'dns-no-upstream',
      'this host names no DNS server that others could ask for all other names: only loopback, or none',
      'Name the servers in dns.upstream.',
    );
  return issues;
}

/** What the restart of the engine means for everybody's containers on the host. */
export function restartIssue(
  node: DesiredNode,
  facts: ReachableFacts,
  need: DnsNeed | undefined,
): PlanIssue[] {
  if (need?.engine === undefined && need?.engineUndo === undefined) return [];
  return [
    {
      severity: facts.docker?.liveRestore === true ? 'note' : 'confirm',
      code: 'engine-restart',
      host: node.host,
      message: restartWords(node, facts),
    },
  ];
}

export function restartWords(node: DesiredNode, facts: ReachableFacts): string {
  if (facts.docker?.liveRestore === true)
    return 'The Docker Engine is restarted; live-restore keeps all containers running.';
  const running = facts.dns?.running ?? [];
  const back = running.filter(({ returns }) => returns).map(({ name }) => name);
  const own = node.container.name;
  const all = [own, ...back].join(', ');
  const stays = running.filter(({ returns }) => !returns).map(({ name }) => name);
  return stays.length === 0
    ? `The Docker Engine is restarted, and with it ${all}.`
    : `The Docker Engine is restarted, and with it ${all}; ${stays.join(', ')} would stay stopped by the restart policy and is started again.`;
}

/** Notes of a plan that changes nothing here, or something. */
export function dnsNotes(node: DesiredNode, facts: ReachableFacts, need: DnsNeed | undefined): PlanIssue[] {
  const { dns, workdir } = facts;
  const recorded = workdir.state?.dns;
  if (dns === undefined || node.dns === undefined) return [];
  const kept = recorded?.upstream ?? [];
  const moved =
    node.dns.upstream.length === 0 &&
    kept.length > 0 &&
    dns.resolvers.length > 0 &&
    !dns.resolvers.some((server) => kept.includes(server));
  return [
    ...(moved
      ? [
          {
            severity: 'warning' as const,
            code: 'dns-upstream-moved',
            host: node.host,
            message: `This host asks ${dns.resolvers.join(', ')} now, and its containers and Consul still ask ${kept.join(', ')} for other names`,
            hint: 'Name the servers in dns.upstream.',
          },
        ]
      : []),
    ...(dnsChanges(need) && need?.engine !== undefined
      ? [
          {
            severity: 'note' as const,
            code: 'dns-existing',
            host: node.host,
            message:
              'Containers get their resolver when they are started: those that run on ask Consul from their next start.',
          },
        ]
      : []),
  ];
}
