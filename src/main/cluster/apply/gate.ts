/** What stops an agent of a cluster that lives passes here: whether the others can spare it, and whether it is back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { compareVersions, parseVersion } from '../../../shared/consul/index.js';
import { RaftyardError } from '../../../shared/errors.js';
import type { ConsulApi, Self } from '../../consul/client.js';
import { Absent } from '../../consul/refusals.js';
import {
  addressOnly,
  agentApi,
  agreedLeader,
  inWords,
  type NodePlace,
  viewOf,
  voterAddresses,
} from '../observe.js';
import { type StepContext, stopIfCancelled } from './context.js';

/** How long a cluster is given to become whole enough to spare a server, in milliseconds. */
const SPARE_MS = 60_000;
/** How long the other servers are given to be well after one of them was started again. */
const WHOLE_MS = 90_000;
/** How long an agent is given to be healthy again after it was started: it may have a large snapshot to read. */
const BACK_MS = 180_000;
const HAND_OVER_MS = 10_000;
const PAUSE_MS = 250;
/** Log entries that a server may be behind and still is caught up: autopilot's own default of MaxTrailingLogs. */
const TRAILING = 250;

export interface ServerState {
  /** IP address. */
  readonly address: string;
  readonly name: string;
  /** Has contact to the leader and is caught up. */
  readonly healthy: boolean;
  readonly voter: boolean;
}

/**
 * Why the servers that stay cannot do without one; null when they can. Pure.
 * @param wanted how many servers the document has
 */
export function needed(servers: readonly ServerState[], address: string, wanted: number): string | null {
  // On an anonymous volume an agent comes back under a new ID: its old one stays in the list for a while, and counts.
  const own = servers.filter((server) => server.address === address);
  const voters = servers.filter(({ voter }) => voter);
  if (voters.length === 0) return 'no server is known to be a voter';
  const others = voters.filter((server) => !own.includes(server));
  const sick = others.filter(({ healthy }) => !healthy).map(({ name }) => name);
  const well = others.length - sick.length;
  // Of one or two voters none can be spared without that writes stop: the plan says so, and asks.
  const quorum = wanted <= 2 ? others.length : Math.floor(voters.length / 2) + 1;
  if (well < quorum)
    return `${well} of ${voters.length} voters would stay healthy, and ${quorum} are needed${sick.length === 0 ? '' : `; not healthy: ${sick.join(', ')}`}`;
  // Re-creating it is how one that is ill is mended, but not while a second one is.
  if (!own.some(({ healthy }) => healthy) && sick.length > 0) return `not healthy: ${sick.join(', ')}`;
  return null;
}

/**
 * Why not all of these servers are well; null when they are: each has contact to the one leader, in its term, is caught up, alive in
 * gossip, and a voter. Pure.
 */
export function amiss(servers: readonly ServerState[], wanted: readonly NodePlace[]): string | null {
  const found = wanted.map(({ name, address }) => ({
    name,
    // On an anonymous volume its former ID stays in the list for a while.
    known: servers.filter((server) => server.address === address),
  }));
  const voteless = found.find(({ known }) => !known.some(({ voter }) => voter));
  if (voteless !== undefined) return `${voteless.name} is not a voter`;
  const sick = found.filter(({ known }) => !known.some(({ voter, healthy }) => voter && healthy));
  return sick.length === 0 ? null : `not healthy: ${sick.map(({ name }) => name).join(', ')}`;
}

/** The servers of the step's datacenter, the step's own node last. */
function serversOf(context: StepContext, node: string): NodePlace[] {
  const { datacenterOf } = context.apply;
  return [...context.nodes]
    .flatMap(([name, place]) =>
      place.role === 'server' && datacenterOf(name) === datacenterOf(node) ? [{ name, ...place }] : [],
    )
    .sort((a, b) => Number(a.name === node) - Number(b.name === node));
}

/** Consul without autopilot (before 0.8): leader, peers and each server's own Raft. @throws Error with what is not known */
async function statesByRaft(context: StepContext, places: readonly NodePlace[]): Promise<ServerState[]> {
  const views = await Promise.all(places.map((place) => viewOf(place, context.connectionOf)));
  const answering = views.filter(({ problem }) => problem === undefined);
  const leader = agreedLeader(answering);
  if (leader === '') throw new Error('the servers agree on no leader');
  const asked = answering.find(({ node }) => node.address === addressOnly(leader)) ?? answering[0];
  const voters = asked?.api === undefined ? [] : (await voterAddresses(asked.api)).addresses;
  const raft = await Promise.all(
    views.map(async ({ api, problem }) =>
      problem === undefined ? ((await api?.self())?.raft ?? null) : null,
    ),
  );
  const top = Math.max(...raft.map((each) => each?.lastIndex ?? 0));
  return views.map(({ node }, index) => {
    const applied = raft[index]?.appliedIndex;
    return {
      name: node.name,
      address: node.address,
      voter: voters.includes(node.address),
      healthy: applied !== null && applied !== undefined && top - applied <= TRAILING,
    };
  });
}

/**
 * How the servers are at this moment. Source: https://developer.hashicorp.com/consul/api-docs/operator/autopilot
 * @throws Error where nobody says, never a guess
 */
async function statesNow(context: StepContext, places: readonly NodePlace[]): Promise<ServerState[]> {
  const problems: string[] = [];
  let without = false;
  for (const place of places) {
    try {
      const api = agentApi(await context.connectionOf(place.host), place.container);
      const health = await api.autopilotHealth();
      // While ACLs come, one server may know no token yet, and the next one needs none.
      if (health === null) without = true;
      else
        return health.servers.map(({ name, address, healthy, voter }) => ({
          name,
          address: addressOnly(address),
          healthy,
          voter,
        }));
    } catch (error) {
      problems.push(`${place.name}: ${inWords(error)}`);
    }
  }
  if (without) return await statesByRaft(context, places);
  throw new Error(problems.join('; '));
}

/** What an agent says of itself; null where it does not: while ACLs come, one that has them on knows no token until the leader does. */
async function ownWord(api: ConsulApi): Promise<Self | null> {
  try {
    return await api.self();
  } catch (error) {
    if (error instanceof Absent) return null;
    throw error;
  }
}

/** The leader gives its office to another first, where this Consul can (1.15): the cluster is not without one meanwhile. */
async function handOver(context: StepContext, api: ConsulApi, address: string): Promise<void> {
  const leads = async (): Promise<boolean> => addressOnly(await api.leader().catch(() => '')) === address;
  if (!(await leads())) return;
  // A server that does not succeed answers with a dropped connection; who leads is asked again in any case.
  const known = await api.transferLeader().catch(() => true);
  if (!known) return;
  const deadline = performance.now() + HAND_OVER_MS;
  while (performance.now() < deadline && (await leads())) {
    stopIfCancelled(context);
    await sleep(PAUSE_MS);
  }
}

/** What is known before an agent is stopped, for the proof that it is back. */
export interface Spared {
  /** Index of the last entry in its own log; null for clients and where it is not known. */
  readonly index: number | null;
}

/**
 * Waits until the servers that stay hold quorum without this one, healthy and caught up, as Consul says at this moment. A client
 * can always be spared.
 * @throws RaftyardError quorum-not-reached; what is not known counts as no
 */
export async function untilSparable(context: StepContext, node: string): Promise<void> {
  const place = context.nodes.get(node);
  if (place?.role !== 'server') return;
  const places = serversOf(context, node);
  const deadline = performance.now() + SPARE_MS;
  for (;;) {
    stopIfCancelled(context);
    const reason = await statesNow(context, places).then(
      (states) => needed(states, place.address, places.length),
      inWords,
    );
    if (reason === null) return;
    context.progress(undefined, `waits: ${reason}`);
    if (performance.now() > deadline)
      throw new RaftyardError(
        'quorum-not-reached',
        `${node} is not stopped, since the cluster cannot spare it: ${reason}`,
        {
          host: context.connection.host.name,
          hint: 'Bring the other servers back first; then apply again.',
          retryable: true,
        },
      );
    await sleep(PAUSE_MS);
  }
}

/**
 * Waits as {@link untilSparable} does, then lets a leader hand over.
 * @throws RaftyardError quorum-not-reached
 */
export async function spare(context: StepContext, node: string): Promise<Spared> {
  const place = context.nodes.get(node);
  if (place?.role !== 'server') return { index: null };
  await untilSparable(context, node);
  const api = agentApi(context.connection, place.container);
  const index = await api.self().then(
    ({ raft }) => raft?.lastIndex ?? null,
    // It may be down: that is why it is made anew.
    () => null,
  );
  if (serversOf(context, node).length > 1) await handOver(context, api, place.address);
  return { index };
}

/** What an agent has to be when it is back. */
export interface Expected extends Spared {
  /** Consul's version; undefined where nobody knows it. */
  readonly version?: string | undefined;
}

/** Whether both are versions, and not the same: a floating tag such as 1.22 is all of its patches. */
function differ(said: string, wanted: string): boolean {
  const [a, b] = [parseVersion(said), parseVersion(wanted)];
  return a !== undefined && b !== undefined && compareVersions(a, b) !== 0;
}

/** Why an agent is not back yet; null when it is. @throws RaftyardError conflict where it is another Consul: waiting changes nothing */
async function lacking(
  context: StepContext,
  node: string,
  { index, version }: Expected,
): Promise<string | null> {
  const place = context.nodes.get(node);
  if (place === undefined) return null;
  const api = agentApi(context.connection, place.container);
  if ((await api.leader()) === '') return `${node} knows no leader`;
  const own = place.role === 'server' || version !== undefined ? await ownWord(api) : null;
  if (own !== null && version !== undefined && differ(own.version, version))
    throw new RaftyardError(
      'conflict',
      `${node} says that it is Consul ${own.version}, and the plan wanted ${version}`,
      {
        host: context.connection.host.name,
        hint: 'See which Consul its image really holds, and name that one in the document. The old container is kept, and nothing else is touched.',
      },
    );
  if (place.role !== 'server') return null;
  const applied = own?.raft?.appliedIndex ?? null;
  if (index !== null && applied !== null && applied < index - TRAILING)
    return `${node} is at entry ${applied} of the log, and had ${index}`;
  const states = (await statesNow(context, serversOf(context, node))).filter(
    ({ address }) => address === place.address,
  );
  if (!states.some(({ voter }) => voter)) return `${node} is not a voter`;
  return states.some(({ voter, healthy }) => voter && healthy) ? null : `${node} is not healthy yet`;
}

/**
 * Waits until an agent that was started again is back: it knows a leader, and is the Consul that the plan wanted; a server is a
 * voter, healthy, and has what it had before it was stopped.
 * @param alive called between two questions; throws where the container has ended
 * @throws RaftyardError quorum-not-reached; conflict where it is another version; or what `alive` throws
 */
export async function proveBack(
  context: StepContext,
  node: string,
  expected: Expected,
  alive: () => Promise<void>,
): Promise<void> {
  const deadline = performance.now() + BACK_MS;
  for (;;) {
    const reason = await lacking(context, node, expected).catch((error: unknown) => {
      if (error instanceof RaftyardError && error.code === 'conflict') throw error;
      return inWords(error);
    });
    if (reason === null) return;
    await alive();
    context.progress(undefined, `waits: ${reason}`);
    stopIfCancelled(context);
    if (performance.now() > deadline)
      throw new RaftyardError('quorum-not-reached', `${node} was started again and is not back: ${reason}`, {
        host: context.connection.host.name,
        hint: 'Look at its log. Nothing else of the cluster is touched; when it is healthy, apply again.',
        retryable: true,
      });
    await sleep(PAUSE_MS);
  }
}

/**
 * Waits until all servers of an agent's datacenter are well, before the next one is stopped; those on hosts that cannot be reached
 * are not counted, nor are clients.
 * @throws RaftyardError quorum-not-reached
 */
export async function proveWhole(context: StepContext, node: string): Promise<void> {
  if (context.nodes.get(node)?.role !== 'server') return;
  const places = serversOf(context, node);
  const wanted = places.filter(({ host }) => !context.apply.away.has(host));
  const deadline = performance.now() + WHOLE_MS;
  for (;;) {
    const reason = await statesNow(context, places).then((states) => amiss(states, wanted), inWords);
    if (reason === null) return;
    context.progress(undefined, `waits: ${reason}`);
    stopIfCancelled(context);
    if (performance.now() > deadline)
      throw new RaftyardError(
        'quorum-not-reached',
        `${node} is back, and not all servers beside it are well: ${reason}`,
        {
          host: context.connection.host.name,
          hint: 'Bring the other servers back first; then apply again.',
          retryable: true,
        },
      );
    await sleep(PAUSE_MS);
  }
}
