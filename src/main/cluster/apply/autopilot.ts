/** The step that sets autopilot's MinQuorum. */
import { RaftyardError } from '../../../shared/errors.js';
import { apiOf, persistently } from './acl.js';
import type { Action, StepContext } from './context.js';
import type { StepResult } from './scheduler.js';

/**
 * Sets MinQuorum with check-and-set, and asks for it afterwards; a configuration that somebody else changed meanwhile is read again.
 * Skipped where it is so already, and where this Consul has none.
 * Source: https://developer.hashicorp.com/consul/api-docs/operator/autopilot#update-configuration
 *
 * @throws RaftyardError consul-api, where it does not come to be so; cancelled
 */
export async function setMinQuorum(action: Action<'autopilot'>, context: StepContext): Promise<StepResult> {
  const { minQuorum } = action;
  const api = apiOf(context);
  let result: StepResult = 'skipped';
  await persistently(context, async () => {
    const found = await api.autopilotConfiguration();
    if (found === null || found.minQuorum === minQuorum) return;
    if (await api.setMinQuorum(found, minQuorum)) {
      result = 'done';
      if ((await api.autopilotConfiguration())?.minQuorum === minQuorum) return;
    }
    throw new RaftyardError('consul-api', 'autopilot’s configuration is changed by others at the same time', {
      host: context.connection.host.name,
      hint: 'Look who else changes it, and apply again.',
      retryable: true,
    });
  });
  return result;
}
