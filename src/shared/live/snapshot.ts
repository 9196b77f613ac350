/** From what was seen to the picture that is shown. Pure. */
import { lanRtt, wanRtt } from './coordinates.js';
import { isMaintenanceCheck, maintenanceOf } from './maintenance.js';
import { addressPart, mergedLeader, mergedMembers, mergedRaft } from './merge.js';
import type {
  CheckSeen,
  ClusterSeen,
  DatacenterSeen,
  MemberSeen,
  PlannedCluster,
  PlannedNode,
  RaftSeen,
} from './observations.js';
import { problemsOf } from './problems.js';
import { quorumOf } from './quorum.js';
import { reuse } from './reuse.js';
import type {
  LiveCheck,
  LiveDatacenter,
  LiveNode,
  LiveRaftServer,
  LiveService,
  LiveSnapshot,
  LiveStatus,
  LiveWanLink,
} from './types.js';

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

const toCheck = ({ id, name, status, output }: CheckSeen): LiveCheck => ({ id, name, status, output });

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}

function statusOf(
  member: MemberSeen | undefined,
  members: readonly MemberSeen[] | null,
  answering: boolean | null,
): LiveStatus {
  // Consul's word counts when it knows the node; our own connection says something only where Consul does not.
  if (member !== undefined) return member.status;
  if (answering === false) return 'unreachable';
  return members === null ? 'none' : 'missing';
}

interface Sight {
  readonly seen: DatacenterSeen;
  readonly members: readonly MemberSeen[] | null;
  readonly byName: ReadonlyMap<string, MemberSeen>;
  readonly raft: RaftSeen | null;
  readonly leader: string | null;
  readonly checks: ReadonlyMap<string, readonly CheckSeen[]>;
  readonly containers: ClusterSeen['containers'];
}

function voterOf(name: string, address: string, role: string, raft: RaftSeen | null): boolean | null {
  if (role !== 'server') return false;
  if (raft === null) return null;
  // Consul names a failed server '(unknown)' in the Raft configuration: its address still tells it.
  return raft.servers.some(
    (server) => server.voter && (server.node === name || addressPart(server.address) === address),
  );
}

function toNode(planned: PlannedNode | null, member: MemberSeen | undefined, sight: Sight): LiveNode {
  const name = planned?.name ?? member?.name ?? '';
  const role = planned?.role ?? (member?.server === true ? 'server' : 'client');
  const address = (member?.address ?? '') || (planned?.address ?? '');
  const view = sight.seen.servers.find((entry) => entry.node === name);
  const answering = view?.answering ?? null;
  const checks = sight.checks.get(name) ?? [];
  const count = (status: string): number =>
    checks.filter((check) => check.status === status && !isMaintenanceCheck(check.id)).length;
  const own = checks.filter((check) => check.serviceId === '').map(toCheck);
  const maintenance = maintenanceOf(own);
  return {
    name,
    role,
    address,
    status: statusOf(member, sight.members, answering),
    voter: voterOf(name, address, role, sight.raft),
    leader: sight.leader === name,
    version: member?.version ?? '',
    container: planned === null ? null : (sight.containers[name] ?? null),
    inTopology: planned !== null,
    reachable: answering,
    checks: { passing: count('passing'), warning: count('warning'), critical: count('critical') },
    nodeChecks: own,
    ...(maintenance === undefined ? {} : { maintenance }),
    ...(view?.stats == null || answering !== true ? {} : { raft: view.stats }),
    ...(view?.security == null || answering !== true ? {} : { security: view.security }),
  };
}

function nameOf(address: string, nodes: readonly PlannedNode[], members: readonly MemberSeen[]): string {
  const here = members.filter((member) => member.address === address);
  return (
    (here.find((member) => member.status === 'alive') ?? here[0])?.name ??
    nodes.find((node) => node.address === address)?.name ??
    address
  );
}

function raftServers(
  raft: RaftSeen | null,
  leader: string | null,
  resolve: (address: string) => string,
): LiveRaftServer[] | null {
  if (raft === null) return null;
  return raft.servers
    .map((server): LiveRaftServer => {
      const node = server.node === '' || server.node === '(unknown)' ? resolve(server.address) : server.node;
      // The leader is told by the faster question: the configuration lags by a poll.
      return { ...server, node, leader: node === leader };
    })
    .sort((a, b) => (a.node < b.node ? -1 : a.node > b.node ? 1 : 0));
}

function staleSince(seen: DatacenterSeen, startedAt: number): string | null {
  if (seen.servers.some((view) => view.answering === true)) return null;
  const last = Math.max(...seen.servers.map((view) => view.answeredAt ?? startedAt), startedAt);
  return new Date(last).toISOString();
}

function toDatacenter(
  nodes: readonly PlannedNode[],
  seen: DatacenterSeen,
  cluster: ClusterSeen,
  previous: LiveDatacenter | undefined,
): { readonly datacenter: LiveDatacenter; readonly disputed: boolean } {
  const members = mergedMembers(seen);
  const raft = mergedRaft(seen);
  const planned = new Map(nodes.map((node) => [node.name, node]));
  const known = new Map((members ?? []).map((member) => [member.name, member]));
  const addressOf = (node: string): string | undefined =>
    known.get(node)?.address ?? planned.get(node)?.address;
  const view = mergedLeader(seen.servers, addressOf);
  const resolve = (address: string): string => nameOf(addressPart(address), nodes, members ?? []);
  // While nobody answers, the last word stands, under 'stale since'.
  const leader =
    view === null ? (previous?.leader ?? null) : view.address === '' ? null : resolve(view.address);
  const sight: Sight = {
    seen,
    members,
    byName: known,
    raft,
    leader,
    checks: groupBy(seen.checks, (check) => check.node),
    containers: cluster.containers,
  };
  const others = (members ?? []).filter((member) => !planned.has(member.name));
  const all = [
    ...nodes.map((node) => toNode(node, known.get(node.name), sight)),
    ...others.map((member) => toNode(null, member, sight)).sort(byName),
  ];
  const voters = all.filter((node) => node.voter === true);
  const isServer = (name: string): boolean =>
    all.some((node) => node.name === name && node.role === 'server');
  const count = raft?.servers.filter((server) => server.voter).length ?? 0;
  return {
    disputed: view?.disputed ?? false,
    datacenter: {
      name: seen.name,
      leader,
      lastLeader: leader ?? previous?.lastLeader ?? null,
      staleSince: staleSince(seen, cluster.startedAt),
      nodes: all,
      rtt: lanRtt(
        (seen.coordinates ?? []).filter((entry) => all.some((node) => node.name === entry.node)),
        isServer,
      ),
      quorum: raft === null ? null : quorumOf(count, voters.filter((node) => node.status === 'alive').length),
      raft: raftServers(raft, leader, resolve),
    },
  };
}

/** Services with their instances, and each instance with its checks. */
export function servicesOf(seen: Pick<DatacenterSeen, 'name' | 'instances' | 'checks'>): LiveService[] {
  const checks = groupBy(
    seen.checks.filter((check) => check.serviceId !== ''),
    (check) => JSON.stringify([check.node, check.serviceId]),
  );
  return [...groupBy(seen.instances, (instance) => instance.service)]
    .map(([name, instances]) => ({
      datacenter: seen.name,
      name,
      instances: instances.map(({ node, id, address, port, ports, tags }) => {
        const own = (checks.get(JSON.stringify([node, id])) ?? []).map(toCheck);
        const maintenance = maintenanceOf(own);
        return {
          node,
          id,
          address,
          port,
          ...(ports === undefined ? {} : { ports }),
          tags,
          checks: own,
          ...(maintenance === undefined ? {} : { maintenance }),
        };
      }),
    }))
    .sort(byName);
}

function wanLinks(planned: PlannedCluster, seen: ClusterSeen): LiveWanLink[] {
  const names = planned.datacenters.map((entry) => entry.name);
  const of = (name: string) =>
    seen.wan
      .filter((entry) => entry.datacenter === name)
      .flatMap((entry) => entry.coordinates.map((item) => item.coordinate));
  return names.flatMap((a, index) =>
    names
      .slice(index + 1)
      .map((b): LiveWanLink => ({ a, b, state: wanState(seen, a, b), ms: wanRtt(of(a), of(b)) })),
  );
}

function wanState({ wanViews, datacenters }: ClusterSeen, a: string, b: string): LiveWanLink['state'] {
  const oneWay = (from: string, to: string): boolean | null => {
    // What a side said that no longer answers us is old.
    const answers = datacenters.some((entry) => entry.name === from && entry.readingFrom !== null);
    const members = wanViews.find((view) => view.from === from)?.members;
    if (!answers || members === undefined) return null;
    const there = members.filter((member) => member.datacenter === to);
    return there.some((member) => member.alive);
  };
  const ways = [oneWay(a, b), oneWay(b, a)];
  if (ways.includes(false)) return 'cut';
  return ways.includes(true) ? 'connected' : null;
}

/**
 * The picture of the cluster. Parts that did not change are those of `previous`, by identity.
 * @param now milliseconds since the epoch
 */
export function buildSnapshot(
  planned: PlannedCluster,
  seen: ClusterSeen,
  previous: LiveSnapshot | null,
  now: number,
): LiveSnapshot {
  const built = planned.datacenters.flatMap(({ name, nodes }) => {
    const datacenter = seen.datacenters.find((entry) => entry.name === name);
    const before = previous?.datacenters.find((entry) => entry.name === name);
    return datacenter === undefined ? [] : [toDatacenter(nodes, datacenter, seen, before)];
  });
  const datacenters = built.map((entry) => entry.datacenter);
  const stale = datacenters.map((entry) => entry.staleSince).filter((since) => since !== null);
  const readingFrom = Object.fromEntries(
    seen.datacenters.flatMap((entry) =>
      entry.readingFrom === null ? [] : [[entry.name, entry.readingFrom]],
    ),
  );
  const services = seen.datacenters.flatMap(servicesOf);
  const wan = wanLinks(planned, seen);
  const snapshot: LiveSnapshot = {
    cluster: planned.name,
    asOf: new Date(now).toISOString(),
    staleSince:
      stale.length === datacenters.length && stale.length > 0 ? ([...stale].sort().at(-1) ?? null) : null,
    readingFrom,
    datacenters,
    wan,
    services,
    problems: problemsOf(
      datacenters,
      wan,
      services,
      seen,
      built.filter((entry) => entry.disputed).map((entry) => entry.datacenter.name),
      planned,
    ),
  };
  return previous === null ? snapshot : reuse(previous, snapshot);
}

/** Whether anything but the time of the picture and the figures of Raft is different. */
export function isNews(before: LiveSnapshot | null, after: LiveSnapshot): boolean {
  if (before === null) return true;
  const plain = (snapshot: LiveSnapshot): unknown => ({
    ...snapshot,
    asOf: '',
    datacenters: snapshot.datacenters.map((datacenter) => ({
      ...datacenter,
      nodes: datacenter.nodes.map(({ raft: _raft, ...node }) => node),
    })),
  });
  const old = plain(before);
  return reuse(old, plain(after)) !== old;
}
