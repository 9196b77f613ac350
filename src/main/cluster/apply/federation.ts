import { setTimeout as sleep } from 'node:timers/promises';
import { RaftyardError } from '../../../shared/errors.js';
import type { ConsulApi } from '../../consul/client.js';
import { agentApi } from '../observe.js';
import { type Action, type StepContext, stopIfCancelled } from './context.js';
import type { StepResult } from './scheduler.js';

const DEADLINE_MS = 60_000;
const PAUSE_MS = 250;

/** Servers that are not alive in the WAN pool as this server sees it, as `node.datacenter`. */
async function missing(api: ConsulApi, servers: Action<'federation'>['servers']): Promise<string[]> {
  const members = await api.members({ wan: true });
  const alive = new Set(members.filter((member) => member.status === 'alive').map((member) => member.name));
  return servers.map(({ name, datacenter }) => `${name}.${datacenter}`).filter((name) => !alive.has(name));
}

/**
 * Joins this server to those of the other datacenters and waits until it sees all of them alive in the WAN pool.
 * `-retry-join-wan` joins as well; this saves its first interval, and proves it.
 * Source: https://developer.hashicorp.com/consul/docs/east-west/wan-federation/create
 * @throws RaftyardError quorum-not-reached with the servers that are missing
 */
export async function federate(action: Action<'federation'>, context: StepContext): Promise<StepResult> {
  const { connection, nodes, step } = context;
  const api = agentApi(connection, nodes.get(step.node ?? '')?.container);
  const deadline = performance.now() + DEADLINE_MS;
  let reason = '';
  while (performance.now() < deadline) {
    stopIfCancelled(context);
    try {
      const absent = await missing(api, action.servers);
      if (absent.length === 0) return 'done';
      reason = `${absent.join(', ')} not alive in the WAN pool`;
      context.progress(1 - absent.length / action.servers.length, reason);
      // One that is down is told by what is missing in the end.
      await Promise.allSettled(action.addresses.map((address) => api.join(address, { wan: true })));
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    await sleep(PAUSE_MS);
  }
  throw new RaftyardError('quorum-not-reached', `the datacenters do not see each other: ${reason}`, {
    host: connection.host.name,
    hint: 'Open 8302/tcp and 8302/udp, and 8300/tcp, between the servers of the datacenters.',
    retryable: true,
  });
}
