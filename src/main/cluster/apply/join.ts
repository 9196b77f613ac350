import { setTimeout as sleep } from 'node:timers/promises';
import { agentApi } from '../observe.js';
import { type Action, type StepContext, stopIfCancelled } from './context.js';
import type { StepResult } from './scheduler.js';

const DEADLINE_MS = 20_000;
const PAUSE_MS = 40;
/**
 * An agent that is not up yet refuses at once. After this long packets are dropped on the way, and will be the next time:
 * the firewalls of all hosts are open before the first container starts. Consul itself gives up after ten seconds.
 */
const SILENT_MS = 5_000;

/**
 * Joins each address as soon as the own agent answers, all at the same time. `-retry-join` would do it after its first interval;
 * so what cannot be joined here is told, not failed: the quorum step is what proves the cluster.
 * Source: https://developer.hashicorp.com/consul/api-docs/agent#join-agent
 */
export async function joinAgents(action: Action<'join'>, context: StepContext): Promise<StepResult> {
  const { absent } = context.apply;
  const own = context.step.node ?? '';
  const api = agentApi(context.connection, context.nodes.get(own)?.container);
  // Agents that were not started do not come however long they are waited for.
  const never = new Set(
    [...context.nodes].flatMap(([name, { address }]) => (absent.has(name) ? [address] : [])),
  );
  const deadline = performance.now() + DEADLINE_MS;
  const joinOne = async (address: string): Promise<boolean> => {
    if (absent.has(own) || never.has(address)) return false;
    while (performance.now() < deadline) {
      stopIfCancelled(context);
      // Quorum is there already: -retry-join was faster.
      if (context.apply.quorum.has(context.apply.datacenterOf(own))) return true;
      const asked = performance.now();
      try {
        await api.join(address);
        return true;
      } catch {
        if (performance.now() - asked > SILENT_MS) return false;
        await sleep(PAUSE_MS);
      }
    }
    return false;
  };
  const results = await Promise.all(action.addresses.map(joinOne));
  action.addresses.forEach((address, index) => {
    if (results[index] === true) return;
    const why = never.has(address) ? 'its agent was not started' : '-retry-join goes on';
    context.output(`${address} could not be joined yet; ${why}\n`);
  });
  return 'done';
}
