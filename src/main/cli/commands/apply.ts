import { RaftyardError } from '../../../shared/errors.js';
import { planApply } from '../../../shared/plan/index.js';
import { reading } from '../../cluster/tokens.js';
import type { App } from '../app.js';
import { loadApplyInput } from '../documents.js';
import { openSecrets, type VaultOptions, withSecrets } from '../vault.js';
import { agree, declined, type ExecuteOptions, execute, refuseOpenApi, showPlan } from './execute.js';
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
  return await app.withHosts(topology.hosts, undefined, async (context) => {
    const plan = planApply(topology, await lookAtHosts(app, topology, reading(context, opened.secrets)), {
      ...chosen,
      ...archive,
      ...withSecrets(opened),
    });
    showPlan(app, plan, options.verbose === true);
    const outdated = input.savedId !== undefined && input.savedId !== plan.id;
    if (outdated)
      app.err.line(
        `${app.errStyle('yellow', 'note:')} the document or the hosts changed since that plan was made; this is the new one.`,
      );
    const refusal = outdated
      ? new RaftyardError('plan-outdated', 'the plan no longer holds, and the new one was not agreed to', {
          hint: 'Plan again, look at it, and apply that.',
        })
      : declined();
    if (!stops(plan)) refuseOpenApi(topology, plan, options.exposeApi === true);
    // What stops a plan is told by applyPlan, before it touches anything; no use in asking first.
    if (!stops(plan)) await agree(app, plan, options.yes, 'Apply this plan', refusal);
    // Not before the plan is agreed to: what is made for hosts that have secrets of their own would pass for the right ones.
    if (!stops(plan)) await opened.secrets?.make();
    return await execute(app, topology, plan, context, { ...options, secrets: opened.secrets });
  });
}
