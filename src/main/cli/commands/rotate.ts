import { RaftyardError } from '../../../shared/errors.js';
import { planApply } from '../../../shared/plan/index.js';
import { reading } from '../../cluster/tokens.js';
import type { App } from '../app.js';
import { loadTopology } from '../documents.js';
import { openSecrets, type VaultOptions } from '../vault.js';
import { agree, declined, type ExecuteOptions, execute, refuseOpenApi, showPlan } from './execute.js';
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
  return await app.withHosts(topology.hosts, undefined, async (context) => {
    const facts = await lookAtHosts(app, topology, reading(context, secrets));
    const plan = planApply(topology, facts, { secrets: { ...known, rotate: true } });
    showPlan(app, plan, options.verbose === true);
    if (!stops(plan)) {
      refuseOpenApi(topology, plan, false);
      await agree(app, plan, options.yes, 'Change the gossip key', declined());
      // Not before: a key that waits makes every later apply go on with the change.
      await secrets.makeNextKey();
    }
    return await execute(app, topology, plan, context, { ...options, secrets });
  });
}
