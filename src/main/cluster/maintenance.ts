/** A node, or one of its services, is taken out of the answers for a while, and put back. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { agentToken, MANAGEMENT_TOKEN } from '../../shared/desired/index.js';
import { RaftyardError } from '../../shared/errors.js';
import { maintenanceOf } from '../../shared/live/index.js';
import type { Topology } from '../../shared/topology/types.js';
import type { ConsulApi } from '../consul/client.js';
import { bearing } from '../host/bearing.js';
import { askAgent } from './ask.js';
import type { NodeContext } from './node-ops/container.js';
import type { ClusterSecrets } from './secrets.js';
import { accessorOf, managing, reading } from './tokens.js';
import { toCheck } from './watch/reader.js';

export interface MaintenanceWish {
  readonly node: string;
  /** Id of one of its services, or its name where there is one of that name; absent: the whole node. */
  readonly service?: string | undefined;
  readonly on: boolean;
  /** Shown to whoever wonders; may be empty. */
  readonly reason: string;
}

export interface MaintenanceDone {
  /** False where it was so already. */
  readonly changed: boolean;
  /** Id of the service. */
  readonly service?: string;
  /** Whether the servers have heard of it already: from then on the answers are different. */
  readonly told: boolean;
}

const PAUSE_MS = 200;
const TOLD_WITHIN_MS = 10_000;
/** A token that was made this moment comes to every server in no time. */
const TOKEN_WITHIN_MS = 5000;

interface Service {
  readonly id: string;
  readonly service: string;
}

/** @throws RaftyardError usage */
async function serviceOf(
  api: ConsulApi,
  { node, service: wanted }: MaintenanceWish,
): Promise<Service | undefined> {
  if (wanted === undefined) return undefined;
  const all = await api.agentServices();
  const found = all.find(({ id }) => id === wanted);
  if (found !== undefined) return found;
  const named = all.filter(({ service }) => service === wanted);
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  const ids = (named.length > 1 ? named : all).map(({ id }) => id).join(', ');
  throw new RaftyardError(
    'usage',
    named.length > 1
      ? `${node} has several instances of ${wanted}: ${ids}`
      : `${node} has registered no service ${wanted}`,
    { hint: ids === '' ? 'It has registered none.' : `Name one of these by its id: ${ids}.` },
  );
}

/** Why it is in maintenance, by the agent itself; undefined where it is not. */
async function now(api: ConsulApi, service: Service | undefined): Promise<string | undefined> {
  const checks = (await api.agentChecks()).map(toCheck);
  return maintenanceOf(checks.filter(({ serviceId }) => serviceId === (service?.id ?? '')));
}

async function until(
  ms: number,
  signal: AbortSignal | undefined,
  is: () => Promise<boolean>,
): Promise<boolean> {
  const end = performance.now() + ms;
  for (;;) {
    if (signal?.aborted === true) throw new RaftyardError('cancelled', 'cancelled');
    if (await is()) return true;
    if (performance.now() > end) return false;
    await sleep(PAUSE_MS);
  }
}

const tokenNeeded = (cluster: string): RaftyardError =>
  new RaftyardError('secrets-needed', `the ACLs of ${cluster} are on, and its tokens are not at hand`, {
    hint: 'Unlock the vault with the cluster’s keys (--vault), or restore its recovery kit.',
  });

/** Where the token of one service's maintenance is found again, by whoever ends that. */
const accessorFor = ({ id }: Topology, node: string, service: Service): string =>
  accessorOf(id, `maintenance/${node}/${service.id}`);

/**
 * The token with which an agent is to be asked; null where it asks for none. Consul keeps it beside the check that marks
 * the maintenance, on the agent's disk, for as long as that is on: the agent's own for its node, and for a service one that
 * may change that service and nothing else. The management token, which makes it, goes to no host.
 */
async function tokenFor(
  topology: Topology,
  node: string,
  service: Service | undefined,
  context: NodeContext,
  secrets: ClusterSecrets | undefined | null,
): Promise<string | null> {
  if (!topology.secure.acl) return null;
  if (secrets == null || secrets.token(MANAGEMENT_TOKEN) === null) throw tokenNeeded(topology.name);
  if (service === undefined) return secrets.value(agentToken(node));
  const accessor = accessorFor(topology, node, service);
  return await askAgent(topology, { node }, managing(context, secrets), async ({ api }) => {
    const there = await api.aclToken(accessor);
    if (there !== null) return there.secret;
    const secret = randomUUID();
    const description = `Raftyard: maintenance of ${service.service} on ${node}`;
    await api.aclPutToken(
      { accessor, secret, description, policies: [], services: [service.service], local: true },
      false,
    );
    return secret;
  });
}

/** Takes the token of a service's maintenance away, where it is there and the cluster's keys are at hand. */
async function forgetToken(
  topology: Topology,
  node: string,
  service: Service | undefined,
  context: NodeContext,
  secrets: ClusterSecrets | undefined | null,
): Promise<void> {
  if (!topology.secure.acl || service === undefined) return;
  if (secrets == null || secrets.token(MANAGEMENT_TOKEN) === null) return;
  const accessor = accessorFor(topology, node, service);
  await askAgent(topology, { node }, managing(context, secrets), async ({ api }) => {
    if ((await api.aclToken(accessor)) !== null) await api.aclDeleteToken(accessor);
  });
}

/**
 * Switches maintenance on or off, on the agent that has the node or service, and waits until the servers know
 * (https://developer.hashicorp.com/consul/commands/maint). What was put into maintenance under another reason gets this one;
 * where it was ended by other means, only the token that it had is taken away.
 * @throws RaftyardError usage (no such node or service), secrets-needed, consul-api, and what connecting throws
 */
export async function setMaintenance(
  topology: Topology,
  wish: MaintenanceWish,
  context: NodeContext,
  secrets: ClusterSecrets | undefined | null,
): Promise<MaintenanceDone> {
  const { node, on, reason } = wish;
  const asking = reading(context, secrets);
  return await askAgent(topology, { node }, asking, async ({ api }) => {
    const service = await serviceOf(api, wish);
    const named = service === undefined ? {} : { service: service.id };
    const before = await now(api, service);
    const known = (): Promise<boolean> =>
      until(TOLD_WITHIN_MS, context.signal, async () => {
        const checks = (await api.health(node).catch(() => [])).map(toCheck);
        const own = checks.filter(({ serviceId }) => serviceId === (service?.id ?? ''));
        return checks.length > 0 && maintenanceOf(own) === (on ? reason : undefined);
      });
    const forget = (): Promise<void> => forgetToken(topology, node, service, context, secrets);
    if (on && before === reason) return { changed: false, told: true, ...named };
    if (!on && before === undefined) {
      // Ended by another hand, which does not know of the token.
      if (topology.secure.acl && service !== undefined && (await known())) await forget();
      return { changed: false, told: true, ...named };
    }
    const token = await tokenFor(topology, node, service, context, secrets);
    const change = (switchOn: boolean): Promise<void> =>
      askAgent(
        topology,
        { node },
        { ...context, connector: bearing(context.connector, () => token) },
        (asked) => asked.api.setMaintenance(service?.id, switchOn, reason),
      );
    // Consul keeps the first reason for as long as it is on.
    if (before !== undefined) await patiently(context.signal, token !== null, () => change(false));
    if (on) await patiently(context.signal, token !== null, () => change(true));
    const told = await known();
    // Not before: until the servers know, the agent tells them with it.
    if (!on && told) await forget();
    return { changed: true, told, ...named };
  });
}

/** Once more where a token that was just made is not known everywhere yet. */
async function patiently(
  signal: AbortSignal | undefined,
  fresh: boolean,
  work: () => Promise<void>,
): Promise<void> {
  let last: unknown;
  const done = await until(fresh ? TOKEN_WITHIN_MS : 0, signal, async () => {
    try {
      await work();
      return true;
    } catch (error) {
      const denied = error instanceof RaftyardError && /answered 403/.test(error.message);
      if (!fresh || !denied) throw error;
      last = error;
      return false;
    }
  });
  if (!done) throw last;
}
