import { RaftyardError } from '../../../shared/errors.js';
import { planApply } from '../../../shared/plan/index.js';
import type { Plan } from '../../../shared/plan/types.js';
import { reading } from '../../cluster/tokens.js';
import type { App } from '../app.js';
import { loadApplyInput } from '../documents.js';
import { openSecrets, type VaultOptions, withSecrets } from '../vault.js';
import { carryOut, declined, type ExecuteOptions, refuseOpenApi, showPlan } from './execute.js';
import { archiveKnown, lookAtHosts, stops } from './plan.js';

export interface ApplyCommandOptions extends ExecuteOptions, VaultOptions {
  readonly adopt?: boolean;
  readonly exposeApi?: boolean;
}

/** `raftyard apply FILE|PLAN`: a saved plan is never run as it stands in its file, but planned again and compared. */
export async function apply(app: App, file: string, options: ApplyCommandOptions): Promise<number> {
  app.needAnswer(options.yes, 'apply');
  const input = await loadApplyInput(file);
  const { topology } = input;
  const chosen = {
    adopt: options.adopt === true || input.options.adopt === true,
    archive: options.imageArchive !== undefined,
  };
  if (input.options.archive === true && !chosen.archive)
    throw new RaftyardError('usage', 'this plan loads images from an archive', {
      hint: 'Give the same --image-archive as when it was made.',
    });
  const archive = await archiveKnown(app, topology, options.imageArchive);
  // Before any host is asked: without a place for its keys a secured cluster is not begun.
  const opened = await openSecrets(app, topology, options, { create: true, make: false });
  const outdated = (plan: Plan): boolean => input.savedId !== undefined && input.savedId !== plan.id;
  return await app.withHosts(topology.hosts, undefined, (context) =>
    carryOut(app, topology, context, options, {
      plan: async (locked) =>
        planApply(topology, await lookAtHosts(app, topology, reading(locked, opened.secrets)), {
          ...chosen,
          ...archive,
          ...withSecrets(opened),
        }),
      show: (plan) => {
        showPlan(app, plan, options.verbose === true);
        if (outdated(plan))
          app.err.line(
            `${app.errStyle('yellow', 'note:')} the document or the hosts changed since that plan was made; this is the new one.`,
          );
        if (!stops(plan)) refuseOpenApi(topology, plan, options.exposeApi === true);
        return true;
      },
      verb: 'Apply this plan',
      refusal: (plan) =>
        outdated(plan)
          ? new RaftyardError(
              'plan-outdated',
              'the plan no longer holds, and the new one was not agreed to',
              {
                hint: 'Plan again, look at it, and apply that.',
              },
            )
          : declined(),
      // Not before the plan is agreed to: what is made for hosts that have secrets of their own would pass for the right ones.
      ready: async () => await opened.secrets?.make(),
      secrets: opened.secrets,
    }),
  );
}
