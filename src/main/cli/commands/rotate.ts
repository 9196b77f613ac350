import { RaftyardError } from '../../../shared/errors.js';
import { planApply } from '../../../shared/plan/index.js';
import { reading } from '../../cluster/tokens.js';
import type { App } from '../app.js';
import { loadTopology } from '../documents.js';
import { openSecrets, type VaultOptions } from '../vault.js';
import { carryOut, declined, type ExecuteOptions, refuseOpenApi, showPlan } from './execute.js';
import { lookAtHosts, stops } from './plan.js';

/** `raftyard rotate FILE`: a new gossip key takes over, without a restart. */
export async function rotate(
  app: App,
  file: string,
  options: ExecuteOptions & VaultOptions,
): Promise<number> {
  app.needAnswer(options.yes, 'rotate');
  const topology = await loadTopology(file);
  if (!topology.secure.gossip)
    throw new RaftyardError('usage', `${topology.name} has no gossip key to change`, {
      hint: 'Set secure.gossip to true in the document, and apply it first.',
    });
  const { plan: known, secrets } = await openSecrets(app, topology, options, { create: false });
  if (secrets === undefined || known === undefined)
    throw new RaftyardError('secrets-needed', 'there is no vault yet, and so no key to change', {
      hint: 'Apply the document first, or restore its recovery kit.',
    });
  return await app.withHosts(topology.hosts, undefined, (context) =>
    carryOut(app, topology, context, options, {
      plan: async (locked) =>
        planApply(topology, await lookAtHosts(app, topology, reading(locked, secrets)), {
          secrets: { ...known, rotate: true },
        }),
      show: (plan) => {
        showPlan(app, plan, options.verbose === true);
        if (!stops(plan)) refuseOpenApi(topology, plan, false);
        return true;
      },
      verb: 'Change the gossip key',
      refusal: declined,
      // Not before it is agreed to: a key that waits makes every later apply go on with the change.
      ready: () => secrets.makeNextKey(),
      secrets,
    }),
  );
}
