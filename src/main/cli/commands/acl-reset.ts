import { RaftyardError } from '../../../shared/errors.js';
import { planApply } from '../../../shared/plan/index.js';
import { reading } from '../../cluster/tokens.js';
import type { App } from '../app.js';
import { loadTopology } from '../documents.js';
import { openSecrets, type VaultOptions } from '../vault.js';
import { carryOut, declined, type ExecuteOptions, showPlan } from './execute.js';
import { lookAtHosts } from './plan.js';

/** `raftyard acl-reset FILE`: a new management token, and with it whatever tokens are missing. */
export async function resetAcl(
  app: App,
  file: string,
  options: ExecuteOptions & VaultOptions,
): Promise<number> {
  app.needAnswer(options.yes, 'acl-reset');
  const topology = await loadTopology(file);
  if (!topology.secure.acl)
    throw new RaftyardError('usage', `${topology.name} has no ACLs`, {
      hint: 'Set secure.acl to true in the document, and apply it.',
    });
  const { plan: known, secrets } = await openSecrets(app, topology, options, {
    create: true,
    make: false,
  });
  return await app.withHosts(topology.hosts, undefined, (context) =>
    carryOut(app, topology, context, options, {
      plan: async (locked) =>
        planApply(
          topology,
          await lookAtHosts(app, topology, reading(locked, secrets)),
          known === undefined ? {} : { secrets: { ...known, resetAcl: true } },
        ),
      show: (plan) => {
        showPlan(app, plan, options.verbose === true);
        return true;
      },
      verb: 'Make a new management token',
      refusal: declined,
      ready: async () => await secrets?.make(),
      secrets,
    }),
  );
}
