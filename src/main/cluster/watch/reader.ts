/** What can block, read from one server: services, checks, coordinates. */
import PQueue from 'p-queue';
import type {
  CheckSeen,
  CheckStatus,
  DatacenterSeen,
  InstanceSeen,
  NodeCoordinate,
} from '../../../shared/live/index.js';
import { isMaintenanceCheck, reuse } from '../../../shared/live/index.js';
import type { HealthCheck } from '../../consul/client.js';
import { follow } from './blocking.js';
import type { WatchedServer } from './server.js';

const ANSWER_TIMEOUT_MS = 10_000;
const MOST_SERVICES = 500;
const AT_ONCE = 4;
const MOST_OUTPUT = 400;

export type Update = (change: (datacenter: DatacenterSeen) => DatacenterSeen) => void;

const STATES: ReadonlySet<string> = new Set(['passing', 'warning', 'critical']);

/** A check as the live view has it. */
export function toCheck(check: HealthCheck): CheckSeen {
  // Anything that is not said to be well (`unknown` of early versions) is critical.
  const status = STATES.has(check.status) ? (check.status as CheckStatus) : 'critical';
  const { node, check: id, name, serviceId, service } = check;
  const output = isMaintenanceCheck(id) ? check.notes : check.output;
  return { node, id, name, status, output: output.slice(0, MOST_OUTPUT), serviceId, service };
}

/** Reads until the signal aborts; whoever aborts it chooses the next server. */
export async function readFrom(server: WatchedServer, update: Update, signal: AbortSignal): Promise<void> {
  const { link, container } = server;
  const ask = <T>(own: AbortSignal, question: Parameters<typeof link.ask<T>>[3]): Promise<T> =>
    link.ask(container, ANSWER_TIMEOUT_MS, own, question);

  const checks = follow(
    (wait, own) => ask(own, (api) => api.checks(wait)),
    (value) => update((seen) => ({ ...seen, checks: reuse(seen.checks, (value ?? []).map(toCheck)) })),
  );

  const coordinates = follow(
    (wait, own) => ask(own, (api) => api.coordinates(wait)),
    (value: readonly NodeCoordinate[] | null) =>
      update((seen) => ({ ...seen, coordinates: reuse(seen.coordinates, value) })),
  );

  const services = follow(
    (wait, own) => ask(own, (api) => api.catalogServices(wait)),
    async (value, own) => {
      const names = Object.keys(value ?? {}).sort();
      const queue = new PQueue({ concurrency: AT_ONCE });
      const found = await Promise.all(
        names
          .slice(0, MOST_SERVICES)
          .map((name) => queue.add(() => ask(own, (api) => api.serviceInstances(name)))),
      );
      const instances: InstanceSeen[] = found
        .flatMap((entry) => entry ?? [])
        .sort((a, b) => (a.service + a.node + a.id < b.service + b.node + b.id ? -1 : 1));
      update((seen) => ({
        ...seen,
        instances: reuse(seen.instances, instances),
        servicesTruncated: names.length > MOST_SERVICES,
      }));
    },
  );

  await Promise.all([checks.run(signal), coordinates.run(signal), services.run(signal)]);
}
