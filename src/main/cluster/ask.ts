/** Asking one agent: the one that was chosen, or the first server of a datacenter that is well. */
import { RaftyardError } from '../../shared/errors.js';
import { type Hop, requestPath } from '../../shared/live/index.js';
import { allNodes } from '../../shared/topology/index.js';
import type { Topology } from '../../shared/topology/types.js';
import { type ConsulApi, consulApi, type Elsewhere } from '../consul/client.js';
import type { HostConnection } from '../host/types.js';
import { type NodeContext, onHostOf } from './node-ops/container.js';
import { addressOnly } from './observe.js';

const API_PORT = 8500;

export interface Asked {
  readonly node: string;
  readonly host: string;
  readonly role: 'server' | 'client';
  readonly datacenter: string;
  readonly api: ConsulApi;
  readonly connection: HostConnection;
}

/** Whom to ask: a node, or a server of a datacenter; the document's first one where nothing is said. */
export interface Whom {
  readonly node?: string | undefined;
  readonly datacenter?: string | undefined;
}

type Place = ReturnType<typeof allNodes>[number];

function candidates(topology: Topology, { node, datacenter }: Whom): readonly Place[] {
  const all = allNodes(topology);
  if (node !== undefined) {
    const found = all.filter((place) => place.node.name === node);
    if (found.length > 0) return found;
    throw new RaftyardError('usage', `there is no node ${node} in the document`);
  }
  const wanted = datacenter ?? topology.datacenters[0]?.name;
  const there = all.filter((place) => place.datacenter.name === wanted);
  if (there.length === 0)
    throw new RaftyardError('usage', `there is no datacenter ${wanted ?? ''} in the document`);
  const servers = there.filter((place) => place.node.role === 'server');
  // Clients only where it has no server.
  return servers.length > 0 ? servers : there;
}

/** An answer that says no is one: another server would say the same. */
const isFinal = (error: unknown): boolean =>
  !(error instanceof RaftyardError) || (error.code === 'consul-api' && !error.retryable);

/**
 * Asks the agent of a node, or the first server of a datacenter that answers; one that knows a leader sooner than one that
 * does not.
 * @throws RaftyardError usage, consul-api, and what connecting throws
 */
export async function askAgent<T>(
  topology: Topology,
  whom: Whom,
  context: NodeContext,
  question: (asked: Asked) => Promise<T>,
): Promise<T> {
  const places = candidates(topology, whom);
  const leaderless: Place[] = [];
  let last: unknown;
  const ask = async (place: Place, anyhow: boolean): Promise<{ readonly value: T } | null> =>
    await onHostOf(place.host, context, async (connection) => {
      const { name: node, role, container } = place.node;
      const api = consulApi(connection, API_PORT, {
        container,
        ...(context.signal === undefined ? {} : { signal: context.signal }),
      });
      if (!anyhow && (await api.leader()) === '') return null;
      const datacenter = place.datacenter.name;
      return { value: await question({ node, host: place.host.name, role, datacenter, api, connection }) };
    });
  const only = places.length === 1;
  for (const [list, anyhow] of [
    [places, only],
    [leaderless, true],
  ] as const)
    for (const place of list)
      try {
        const answer = await ask(place, anyhow);
        if (answer !== null) return answer.value;
        leaderless.push(place);
      } catch (error) {
        if (isFinal(error) || context.signal?.aborted === true) throw error;
        last = error;
      }
  throw last;
}

/** Where an agent has to forward a question to; undefined for its own datacenter. */
export const elsewhere = (asked: Pick<Asked, 'datacenter'>, datacenter: string): Elsewhere | undefined =>
  asked.datacenter === datacenter ? undefined : { datacenter };

/** The name of a datacenter's leader, as the asked agent knows it; null where that cannot be known. */
export async function leaderName(
  topology: Topology,
  { api, ...asked }: Asked,
  datacenter: string,
): Promise<string | null> {
  const address = addressOnly(await api.leader(elsewhere(asked, datacenter)).catch(() => ''));
  // An early Consul answers with its own datacenter's.
  const found = allNodes(topology).find(
    (place) => place.datacenter.name === datacenter && place.host.advertise === address,
  );
  return found?.node.name ?? null;
}

/** The way of a question about a datacenter: any of the own servers answers from what it knows, else the leader there does. */
export async function pathTo(topology: Topology, asked: Asked, datacenter: string): Promise<Hop[]> {
  const stale = elsewhere(asked, datacenter) === undefined;
  const leader = stale ? null : await leaderName(topology, asked, datacenter);
  const { node, role, datacenter: own } = asked;
  return requestPath({ asked: { node, role, datacenter: own }, datacenter, leader, stale });
}
