import { type LiveSecurity, maintenanceOf } from '../../shared/live/index.js';
import { allNodes } from '../../shared/topology/index.js';
import type { Node, Topology } from '../../shared/topology/types.js';
import { type Member, Unreadable } from '../consul/client.js';
import { presentedCertificate, securityOf } from '../consul/security.js';
import type { HostConnection, HostLease } from '../host/types.js';
import {
  addressOnly,
  agentApi,
  agreedLeader,
  type NodePlace,
  type ServerView,
  viewOf,
  voterAddresses,
} from './observe.js';
import { serviceProblems } from './status-services.js';
import type { ClusterStatus, DatacenterStatus, NodeStatus, UseCaseContext } from './types.js';
import { toCheck } from './watch/reader.js';

/**
 * What Consul itself says of the cluster, asked of every server through SSH. A host that does not answer becomes a status, never an
 * exception. Healthy: in each datacenter all servers agree on one leader, all servers are voters, all nodes are alive.
 */
export async function status(topology: Topology, context: UseCaseContext): Promise<ClusterStatus> {
  const leases = new Map<string, Promise<HostLease>>();
  const connect = async (name: string): Promise<HostConnection> => {
    const host = topology.hosts.find((entry) => entry.name === name);
    if (host === undefined) throw new Error(`no host ${name}`);
    const lease = leases.get(name) ?? context.connector.connect(host, context.signal);
    leases.set(name, lease);
    return (await lease).connection;
  };
  const problems: string[] = [];
  try {
    const wan = new Map<string, ReadonlySet<string>>();
    const datacenters = await Promise.all(
      topology.datacenters.map((datacenter) => {
        const places = allNodes(topology)
          .filter((entry) => entry.datacenter.name === datacenter.name)
          .map(
            ({ node, host }): NodePlace => ({
              name: node.name,
              host: host.name,
              address: host.advertise,
              container: node.container,
              role: node.role,
            }),
          );
        return datacenterStatus(datacenter.name, places, connect, problems, wan, datacenter.nodes);
      }),
    );
    problems.push(...wanProblems(topology, wan));
    return {
      cluster: topology.name,
      healthy: problems.length === 0,
      datacenters,
      problems,
      asOf: new Date().toISOString(),
    };
  } finally {
    for (const result of await Promise.allSettled(leases.values()))
      if (result.status === 'fulfilled') result.value.release();
  }
}

/** Pairs of datacenters of which one, at least, sees no server of the other alive. */
function wanProblems(topology: Topology, wan: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const names = topology.datacenters.map(({ name }) => name);
  const misses = (from: string, to: string): boolean => wan.get(from)?.has(to) === false;
  return names.flatMap((a, index) =>
    names
      .slice(index + 1)
      .filter((b) => misses(a, b) || misses(b, a))
      .map((b) => `${a} and ${b} do not reach each other over WAN gossip`),
  );
}

/** Datacenters of which a server is alive in WAN gossip, as the first server sees it that tells; null: none does. */
async function seenOverWan(views: readonly ServerView[]): Promise<ReadonlySet<string> | null> {
  for (const { api, problem } of views) {
    if (api === undefined || problem !== undefined) continue;
    try {
      const members = await api.members({ wan: true });
      return new Set(members.filter(({ status: is }) => is === 'alive').map(({ datacenter }) => datacenter));
    } catch {
      // The next server may tell.
    }
  }
  return null;
}

interface Knowledge {
  /** null where no server told them. */
  readonly members: readonly Member[] | null;
  readonly voters: { readonly addresses: readonly string[]; readonly known: boolean } | null;
}

/** An answer that cannot be read is told: it is no silence, and no refusal. */
function tellUnreadable(problems: string[], node: string, error: unknown): boolean {
  if (!(error instanceof Unreadable)) return false;
  problems.push(`${node}: ${error.message}`);
  return true;
}

/** Members and voters from the first server that tells them, the one with a leader before the others. */
async function learn(views: readonly ServerView[], problems: string[]): Promise<Knowledge> {
  const ordered = [...views].sort((a, b) => Number(b.leader !== '') - Number(a.leader !== ''));
  for (const { api, node } of ordered) {
    if (api === undefined) continue;
    try {
      const members = await api.members();
      const voters = await voterAddresses(api).catch((error: unknown) => {
        tellUnreadable(problems, node.name, error);
        return null;
      });
      return { members, voters };
    } catch (error) {
      // The next server may know.
      tellUnreadable(problems, node.name, error);
    }
  }
  return { members: null, voters: null };
}

async function datacenterStatus(
  name: string,
  places: readonly NodePlace[],
  connect: (host: string) => Promise<HostConnection>,
  problems: string[],
  wan: Map<string, ReadonlySet<string>>,
  declared: readonly Node[],
): Promise<DatacenterStatus> {
  const servers = places.filter((place) => place.role === 'server');
  const views = await Promise.all(servers.map((place) => viewOf(place, connect)));
  const answering = views.filter((view) => view.problem === undefined);
  const leaderAddress = answering.length === 0 ? '' : addressOnly(agreedLeader(answering));
  const [{ members: told, voters }, overWan] = await Promise.all([
    learn(views, problems),
    seenOverWan(views),
  ]);
  const members = told ?? [];
  if (overWan !== null) wan.set(name, overWan);
  const leader =
    places.find((place) => place.address === leaderAddress)?.name ??
    members.find((member) => member.address === leaderAddress)?.name ??
    null;

  for (const view of views)
    if (view.problem !== undefined) problems.push(`${view.node.name}: ${view.problem}`);
  if (answering.length === 0)
    problems.push(`no server of ${name} answers: whether it has a leader is not known`);
  else if (leader === null)
    problems.push(`${name} has no leader that all answering servers agree on: writes are refused`);
  if (told?.length === 0)
    problems.push(
      `${name} keeps its members back: its ACLs are on, and there is no token to ask with. Give the vault that has it (--vault)`,
    );
  const [clients, security, paused] = await Promise.all([
    silentClients(places, connect, problems),
    securities(answering, connect, problems),
    pausedBy(answering),
  ]);
  const nodes = places.map((place) => {
    const found = security.get(place.name);
    const status = nodeStatus(place, members, voters, views, clients, leader);
    const own = paused.find((entry) => entry.node === place.name && entry.id === '');
    return {
      ...status,
      ...(found === undefined ? {} : { security: found }),
      ...(own === undefined ? {} : { maintenance: own.reason }),
    };
  });
  for (const [node, { certificateEnds, endsSoon }] of security)
    if (endsSoon === true)
      problems.push(`the certificate of ${node} ends at ${certificateEnds}; the next apply makes a new one`);
  for (const node of nodes) {
    if (node.status !== 'alive' && node.status !== 'none') problems.push(`${node.name} is ${node.status}`);
    else if (node.role === 'server' && node.voter === false) problems.push(`${node.name} is not a voter`);
  }
  const alive = new Set(nodes.filter((node) => node.status === 'alive').map((node) => node.name));
  problems.push(...(await serviceProblems(views, declared, alive)));
  for (const member of members)
    if (member.status !== 'left' && !places.some((place) => place.name === member.name))
      problems.push(`${member.name} (${member.address}) is a member but not in the document`);
  return { name, leader, nodes, maintenance: paused.filter(({ id }) => id !== '') };
}

/** What is in maintenance, as the first server says that tells; nodes have an empty id. It is meant to be so: no problem. */
async function pausedBy(views: readonly ServerView[]): Promise<DatacenterStatus['maintenance']> {
  for (const { api } of views) {
    if (api === undefined) continue;
    try {
      const checks = (await api.criticalChecks()).map(toCheck);
      return checks.flatMap((check) => {
        const reason = maintenanceOf([check]);
        const { node, service, serviceId: id } = check;
        return reason === undefined ? [] : [{ node, service, id, reason }];
      });
    } catch {
      // The next server may tell.
    }
  }
  return [];
}

/** What protects each server's traffic; a server that does not tell is left out. */
async function securities(
  views: readonly ServerView[],
  connect: (host: string) => Promise<HostConnection>,
  problems: string[],
): Promise<ReadonlyMap<string, LiveSecurity>> {
  const found = await Promise.all(
    views.map(async ({ node, api }): Promise<[string, LiveSecurity] | null> => {
      try {
        const self = await api?.self();
        if (self === undefined) return null;
        const certificate =
          self.tls?.configured === true ? await presentedCertificate(await connect(node.host)) : null;
        const security = securityOf(self, certificate, Date.now());
        return security === null ? null : [node.name, security];
      } catch (error) {
        tellUnreadable(problems, node.name, error);
        return null;
      }
    }),
  );
  return new Map(found.filter((entry) => entry !== null));
}

async function silentClients(
  places: readonly NodePlace[],
  connect: (host: string) => Promise<HostConnection>,
  problems: string[],
): Promise<ReadonlySet<string>> {
  const silent = new Set<string>();
  await Promise.all(
    places
      .filter((place) => place.role === 'client')
      .map(async (place) => {
        try {
          await agentApi(await connect(place.host), place.container).self();
        } catch (error) {
          if (!tellUnreadable(problems, place.name, error)) silent.add(place.name);
        }
      }),
  );
  return silent;
}

function nodeStatus(
  place: NodePlace,
  members: readonly Member[],
  voters: Knowledge['voters'],
  views: readonly ServerView[],
  silentClients: ReadonlySet<string>,
  leader: string | null,
): NodeStatus {
  // An agent is always a member itself: none at all is what ACLs leave to somebody without a token.
  const membersTold = members.length > 0;
  const member = members.find((entry) => entry.name === place.name);
  const silent =
    silentClients.has(place.name) || views.some((view) => view.node === place && view.problem !== undefined);
  // Consul's word counts when it knows the node; our own connection says something only where Consul does not.
  const known = member?.status ?? (silent ? 'unreachable' : membersTold ? 'missing' : 'none');
  const isVoter =
    place.role !== 'server'
      ? false
      : voters === null || !voters.known
        ? null
        : voters.addresses.includes(place.address);
  return {
    name: place.name,
    role: place.role,
    address: place.address,
    status: known,
    voter: isVoter,
    leader: leader === place.name,
    version: member?.version ?? '',
  };
}
