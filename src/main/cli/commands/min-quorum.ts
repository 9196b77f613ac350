import { planApply } from '../../../shared/plan/index.js';
import { reading } from '../../cluster/tokens.js';
import type { App } from '../app.js';
import { loadTopology } from '../documents.js';
import { openSecrets, type VaultOptions, withSecrets } from '../vault.js';
import { carryOut, declined, type ExecuteOptions, refuseOpenApi, showPlan } from './execute.js';
import { lookAtHosts, stops } from './plan.js';

/** `raftyard min-quorum FILE`: autopilot's MinQuorum is the number of servers, and follows it from now on. */
export async function minQuorum(
  app: App,
  file: string,
  options: ExecuteOptions & VaultOptions,
): Promise<number> {
  app.needAnswer(options.yes, 'min-quorum');
  const topology = await loadTopology(file);
  const opened = await openSecrets(app, topology, options, { create: true, make: false });
  return await app.withHosts(topology.hosts, undefined, (context) =>
    carryOut(app, topology, context, options, {
      plan: async (locked) =>
        planApply(topology, await lookAtHosts(app, topology, reading(locked, opened.secrets)), {
          ...withSecrets(opened),
          minQuorum: true,
        }),
      show: (plan) => {
        showPlan(app, plan, options.verbose === true);
        if (!stops(plan)) refuseOpenApi(topology, plan, false);
        return true;
      },
      verb: 'Let autopilot keep as many servers as the document has',
      refusal: declined,
      ready: async () => await opened.secrets?.make(),
      secrets: opened.secrets,
    }),
  );
}
