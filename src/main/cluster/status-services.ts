/** What is amiss with services, for `status`: checks that fail, and services of the document that are not registered. */
import { isMaintenanceCheck } from '../../shared/live/index.js';
import type { Node } from '../../shared/topology/types.js';
import type { ConsulApi } from '../consul/client.js';
import type { ServerView } from './observe.js';

const MOST_OUTPUT = 160;

const firstLine = (output: string): string => (output.trim().split('\n')[0] ?? '').slice(0, MOST_OUTPUT);

async function failing(api: ConsulApi): Promise<string[]> {
  const { value } = await api.checks();
  return value
    .filter(
      ({ serviceId, status, check }) =>
        serviceId !== '' &&
        status !== 'passing' &&
        status !== 'warning' &&
        // A service in maintenance is out because somebody said so.
        !isMaintenanceCheck(check),
    )
    .map(({ node, serviceId, service, name, output }) => {
      const said = firstLine(output);
      const which = serviceId === service ? service : `${service} (${serviceId})`;
      return `service ${which} on ${node} is critical: ${name}${said === '' ? '' : `: ${said}`}`;
    });
}

async function unregistered(api: ConsulApi, { name, services = [] }: Node): Promise<string[]> {
  if (services.length === 0) return [];
  const there = new Set((await api.registeredServices(name)).map(({ id }) => id));
  return services
    .filter(({ id }) => !there.has(id))
    .map(
      ({ id }) =>
        `service ${id} of ${name} is in the document and not registered; the next apply registers it`,
    );
}

/**
 * Asks the first server that tells.
 * @param alive names of the nodes whose agents are there to register something
 */
export async function serviceProblems(
  views: readonly ServerView[],
  nodes: readonly Node[],
  alive: ReadonlySet<string>,
): Promise<readonly string[]> {
  for (const { api, problem } of views) {
    if (api === undefined || problem !== undefined) continue;
    try {
      const declared = nodes.filter(({ name }) => alive.has(name));
      const found = await Promise.all([failing(api), ...declared.map((node) => unregistered(api, node))]);
      return found.flat();
    } catch {
      // The next server may tell.
    }
  }
  return [];
}
