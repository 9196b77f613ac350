/** Rules that need more than one field: duplicates, references, bootstrap flags, addresses. */
import { canonicalAddress, ipFamily, isIpAddress, isLoopback } from './address.js';
import type { Draft, DraftDatacenter, DraftHost, DraftNode } from './draft.js';
import type { Path, Report } from './report.js';
import { didYouMean, show } from './text.js';

interface Named {
  readonly path: Path;
  readonly name: string | undefined;
}

/** Reports each entry whose key was there before; says which one it repeats. */
function noRepeats<T extends { readonly path: Path }>(
  report: Report,
  entries: readonly T[],
  keyOf: (entry: T) => string | undefined,
  finding: (entry: T, first: T) => { code: string; path: Path; message: string },
): void {
  const first = new Map<string, T>();
  for (const entry of entries) {
    const key = keyOf(entry);
    if (key === undefined) continue;
    const before = first.get(key);
    if (before === undefined) first.set(key, entry);
    else {
      const { code, path, message } = finding(entry, before);
      report.add(code, path, message);
    }
  }
}

function uniqueNames(report: Report, entries: readonly Named[], kind: string): void {
  // Consul's DNS and many file systems do not tell case apart.
  noRepeats(
    report,
    entries,
    (e) => e.name?.toLowerCase(),
    (e) => ({
      code: `duplicate-${kind}`,
      path: [...e.path, 'name'],
      message: `another ${kind} is named ${show(e.name ?? '')} already`,
    }),
  );
}

function checkPlaces(report: Report, nodes: readonly DraftNode[]): void {
  noRepeats(
    report,
    nodes,
    (n) => n.host?.toLowerCase(),
    (n, first) => ({
      code: 'host-shared',
      path: [...n.path, 'host'],
      message: `${show(n.host ?? '')} runs ${show(first.name ?? 'another node')} already: two agents would want the same ports`,
    }),
  );
  noRepeats(
    report,
    nodes,
    (n) => (n.host === undefined || n.container === undefined ? undefined : `${n.host}\n${n.container}`),
    (n) => ({
      code: 'duplicate-container',
      path: [...n.path, 'container'],
      message: `a container ${show(n.container ?? '')} is on ${show(n.host ?? '')} already`,
    }),
  );
}

function checkReferences(report: Report, hosts: readonly DraftHost[], nodes: readonly DraftNode[]): void {
  const names = new Set(hosts.flatMap((h) => h.name ?? []));
  const used = new Set<string>();
  const refer = (name: string | undefined, path: Path, what: string) => {
    if (name === undefined) return;
    used.add(name);
    if (names.has(name)) return;
    report.add(
      'unknown-host',
      path,
      () => `${what} ${show(name)} is not among the hosts${didYouMean(name, names)}`,
    );
  };
  for (const node of nodes) refer(node.host, [...node.path, 'host'], 'host');
  for (const host of hosts) {
    const seen = new Set<string>();
    for (const [i, name] of host.jump.entries()) {
      const path: Path = [...host.path, 'ssh', 'jump', i];
      if (name !== undefined && name === host.name) {
        report.add('jump-cycle', path, `${show(name)} cannot be reached through itself`);
        used.add(name);
      } else refer(name, path, 'jump host');
      if (name !== undefined && seen.has(name)) {
        report.add('duplicate-jump', path, `${show(name)} is in this way already`);
      }
      if (name !== undefined) seen.add(name);
    }
  }
  for (const host of hosts) {
    if (host.name !== undefined && !used.has(host.name)) {
      report.warn('unused-host', [...host.path, 'name'], `no node runs on ${show(host.name)}`);
    }
  }
}

/** Hosts that can only be reached through each other. A host through itself is reported elsewhere. */
function checkJumpCycles(report: Report, hosts: readonly DraftHost[]): void {
  const byName = new Map(hosts.flatMap((h) => (h.name === undefined ? [] : [[h.name, h] as const])));
  const next = (host: DraftHost) =>
    host.jump.flatMap((name) => (name === undefined || name === host.name ? [] : (byName.get(name) ?? [])));
  // Kahn's algorithm: hosts whose jump hosts are all reachable are reachable; what stays hangs in a cycle.
  const waiting = new Map<DraftHost, number>();
  const dependants = new Map<DraftHost, DraftHost[]>();
  for (const host of byName.values()) {
    const jumps = next(host);
    waiting.set(host, jumps.length);
    for (const jump of jumps) dependants.set(jump, [...(dependants.get(jump) ?? []), host]);
  }
  const ready = [...waiting].filter(([, n]) => n === 0).map(([host]) => host);
  for (let host = ready.pop(); host !== undefined; host = ready.pop()) {
    waiting.delete(host);
    for (const dependant of dependants.get(host) ?? []) {
      const left = (waiting.get(dependant) ?? 0) - 1;
      waiting.set(dependant, left);
      if (left === 0) ready.push(dependant);
    }
  }
  for (const host of waiting.keys()) {
    const message = `the jump hosts of ${show(host.name ?? '')} lead back in a circle`;
    report.add('jump-cycle', [...host.path, 'ssh', 'jump'], message, { at: 'key' });
  }
}

function checkServers(report: Report, datacenter: DraftDatacenter, style: string): void {
  const { nodes, path } = datacenter;
  const name = show(datacenter.name ?? '');
  for (const node of nodes) {
    if (node.bootstrap && node.role === 'client') {
      report.add('bootstrap-client', [...node.path, 'bootstrap'], 'a client cannot bootstrap; flag a server');
    }
  }
  // An unclear role is reported by itself; counting would only add noise.
  if (nodes.length === 0 || nodes.some((n) => n.role === 'unclear')) return;
  const servers = nodes.filter((n) => n.role === 'server');
  const at: Path = [...path, 'nodes'];
  if (servers.length === 0) {
    report.add('no-servers', at, `datacenter ${name} has no server`, { at: 'key' });
    return;
  }
  const flagged = servers.filter((n) => n.bootstrap);
  for (const extra of flagged.slice(1)) {
    report.add(
      'bootstrap-several',
      [...extra.path, 'bootstrap'],
      `datacenter ${name} has its bootstrap server already; two would elect themselves apart`,
    );
  }
  if (style === 'classic' && flagged.length === 0) {
    const message = `the classic style needs one server of ${name} with bootstrap: true`;
    report.add('bootstrap-missing', at, message, { at: 'key' });
  }
  const warn = (code: string, message: string) =>
    report.add(code, at, message, { severity: 'warning', at: 'key' });
  const n = servers.length;
  if (n < 3) {
    warn(
      'few-servers',
      `${n} server${n === 1 ? '' : 's'} in ${name}: the loss of one stops the cluster; 3 survive it`,
    );
  } else if (n % 2 === 0) {
    warn('even-servers', `${n} servers in ${name} survive no more failures than ${n - 1}; use an odd number`);
  }
  if (n > 7) {
    warn(
      'many-servers',
      `${n} servers in ${name}: each write waits for ${Math.floor(n / 2) + 1}; 3 or 5 are enough`,
    );
  }
}

function checkAddresses(report: Report, hosts: readonly DraftHost[], nodes: readonly DraftNode[]): void {
  noRepeats(
    report,
    hosts,
    // Private addresses behind different jump hosts may be equal and yet two machines.
    (h) =>
      // An address that is still to be given is one finding, and no duplicate of another such.
      h.address === undefined || h.address === ''
        ? undefined
        : `${canonicalAddress(h.address)}\n${h.port}\n${h.jump.join('\n')}`,
    (h, first) => ({
      code: 'duplicate-address',
      path: [...h.path, 'address'],
      message: `${show(first.name ?? 'another host')} has the same address and port`,
    }),
  );
  const running = new Set(nodes.map((n) => n.host));
  const members = hosts.filter((h) => h.name !== undefined && running.has(h.name));
  const advertised = (h: DraftHost) =>
    h.advertise ?? (h.address !== undefined && isIpAddress(h.address) ? h.address : undefined);
  const where = (h: DraftHost): Path => [...h.path, h.advertise === undefined ? 'address' : 'advertise'];
  for (const host of members) {
    const advertise = advertised(host);
    if (advertise === undefined) {
      if (host.address !== undefined && host.address !== '') {
        const message = `${show(host.name ?? '')} needs advertise: its IP address in the cluster, as its address is a name`;
        report.add('advertise-missing', [...host.path, 'address'], message);
      }
    } else if (isLoopback(advertise) && nodes.length > 1) {
      const message = `${show(advertise)} is loopback: the other nodes cannot reach it; give advertise`;
      report.add('advertise-loopback', where(host), message);
    }
  }
  noRepeats(
    report,
    members.map((h) => ({ path: where(h), name: h.name, advertise: advertised(h) })),
    (h) =>
      h.advertise === undefined || !isIpAddress(h.advertise) || isLoopback(h.advertise)
        ? undefined
        : canonicalAddress(h.advertise),
    (h, first) => ({
      code: 'duplicate-advertise',
      path: h.path,
      message: `${show(first.name ?? 'another host')} advertises the same address`,
    }),
  );
  checkWanAddresses(report, members, advertised);
  const families = new Set(members.flatMap((h) => ipFamily(advertised(h) ?? '') ?? []));
  if (families.size > 1) {
    const message = 'some nodes advertise IPv4 and some IPv6: they will not reach each other';
    report.add('mixed-families', ['hosts'], message, { severity: 'warning', at: 'key' });
  }
}

/** WAN addresses that are given: each one host's alone, and one that others can reach. */
function checkWanAddresses(
  report: Report,
  members: readonly DraftHost[],
  advertised: (host: DraftHost) => string | undefined,
): void {
  const canonical = (address: string | undefined): string | undefined =>
    address === undefined || !isIpAddress(address) || isLoopback(address)
      ? undefined
      : canonicalAddress(address);
  for (const host of members) {
    const { advertiseWan, name } = host;
    if (advertiseWan === undefined) continue;
    const path = [...host.path, 'advertiseWan'];
    if (isLoopback(advertiseWan)) {
      const message = `${show(advertiseWan)} is loopback: the other nodes cannot reach it; give advertise`;
      report.add('advertise-loopback', path, message);
    }
    const own = canonical(advertiseWan);
    const other = members.find(
      (entry) =>
        own !== undefined &&
        entry.name !== name &&
        [entry.advertiseWan, advertised(entry)].some((address) => canonical(address) === own),
    );
    if (other !== undefined) {
      const message = `${show(other.name ?? 'another host')} advertises the same address`;
      report.add('duplicate-advertise', path, message);
    }
  }
}

/** All rules across fields; what is missing or of the wrong type was reported by the shape already. */
export function crossCheck(draft: Draft, report: Report): void {
  const nodes = draft.datacenters.flatMap((d) => d.nodes);
  uniqueNames(report, draft.datacenters, 'datacenter');
  uniqueNames(report, nodes, 'node');
  uniqueNames(report, draft.hosts, 'host');
  checkPlaces(report, nodes);
  checkReferences(report, draft.hosts, nodes);
  checkJumpCycles(report, draft.hosts);
  checkAddresses(report, draft.hosts, nodes);
  for (const datacenter of draft.datacenters) checkServers(report, datacenter, draft.bootstrap);
}
