/** The step that looks for a node's services in the catalog. */
import { setTimeout as sleep } from 'node:timers/promises';
import { servicesAmiss } from '../../../shared/desired/index.js';
import { RaftyardError } from '../../../shared/errors.js';
import { agentApi } from '../observe.js';
import { type Action, type StepContext, stopIfCancelled } from './context.js';
import type { StepResult } from './scheduler.js';

/** An agent whose attempt was refused tries again after 15 to 30 seconds; around an election that happens more than once. */
const DEADLINE_MS = 120_000;
const PAUSE_MS = 250;

export async function waitForServices(action: Action<'services'>, context: StepContext): Promise<StepResult> {
  const { connection, nodes, step } = context;
  const host = connection.host.name;
  const node = step.node ?? '';
  const api = agentApi(connection, nodes.get(node)?.container);
  const deadline = performance.now() + DEADLINE_MS;
  let why = '';
  for (;;) {
    stopIfCancelled(context);
    try {
      const { missing, left } = servicesAmiss(
        action.registered,
        action.gone,
        await api.registeredServices(node),
      );
      if (missing.length + left.length === 0) return 'done';
      why = [
        ...(missing.length === 0 ? [] : [`not registered as the document says: ${missing.join(', ')}`]),
        ...(left.length === 0 ? [] : [`still registered: ${left.join(', ')}`]),
      ].join('; ');
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() > deadline)
      throw new RaftyardError('consul-api', `services of ${node}: ${why}`, {
        host,
        hint: 'Look at the agent’s log. A service that somebody else registered under the same id over the HTTP API is in the way until it is deregistered.',
        retryable: true,
      });
    await sleep(PAUSE_MS);
  }
}
