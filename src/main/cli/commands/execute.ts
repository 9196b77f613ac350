/** Showing a plan, asking, and applying it: the same for apply and destroy. */
import { RaftyardError } from '../../../shared/errors.js';
import { changeCount } from '../../../shared/plan/index.js';
import type { Plan } from '../../../shared/plan/types.js';
import type { Topology } from '../../../shared/topology/types.js';
import type { ApplySummary, ClusterSecrets, ProgressEvent, UseCaseContext } from '../../cluster/types.js';
import type { App } from '../app.js';
import { EXIT } from '../exit.js';
import { clean } from '../print/clean.js';
import { issueLines, planLines, planSummary } from '../print/plan.js';
import { ApplyProgress, summaryLines } from '../print/progress.js';
import { count } from '../print/style.js';
import { detailOf } from './plan.js';

export interface ExecuteOptions {
  readonly yes?: boolean;
  readonly breakLock?: boolean;
  readonly imageArchive?: string;
  readonly verbose?: boolean;
}

export function showPlan(app: App, plan: Plan, verbose: boolean): void {
  if (!app.json) for (const line of planLines(plan, app.style, detailOf(app, verbose))) app.out.line(line);
  // With --json the plan's issues are still for a person to see, beside the question.
  else for (const line of issueLines(plan.issues, app.errStyle)) app.err.line(line);
}

/** Steps with which an agent begins to listen; what runs already, and is adopted, is opened by nobody here. */
const LISTENS: ReadonlySet<string> = new Set(['container-run', 'container-replace']);

/**
 * A general yes is not meant for this: an API that is open to the network, with no token to ask for.
 * @param exposeApi it is meant; only `apply` can be told so
 * @throws RaftyardError usage
 */
export function refuseOpenApi(topology: Topology, plan: Plan, exposeApi: boolean): void {
  if (topology.api !== 'exposed' || topology.secure.acl || exposeApi) return;
  if (!plan.steps.some(({ action }) => LISTENS.has(action.kind))) return;
  throw new RaftyardError(
    'usage',
    'api: exposed without ACLs: whoever reaches the hosts controls the cluster',
    {
      hint: 'Turn on secure.acl, or leave api: loopback (Raftyard reaches it through SSH). To open it all the same, apply it with --expose-api.',
    },
  );
}

/** Asks unless agreed beforehand; a plan that changes nothing needs no answer. @throws RaftyardError `refusal` */
export async function agree(
  app: App,
  plan: Plan,
  yes: boolean | undefined,
  verb: string,
  refusal: RaftyardError,
): Promise<void> {
  if (yes === true || changeCount(plan) === 0) return;
  if (app.json) app.err.line(planSummary(plan));
  if (!(await app.confirm(`${verb}?`))) throw refusal;
}

export const declined = (): RaftyardError => new RaftyardError('cancelled', 'nothing was changed');

const CODES: Record<ApplySummary['result'], number> = {
  done: EXIT.good,
  partial: EXIT.failed,
  failed: EXIT.failed,
  cancelled: EXIT.cancelled,
};

/** Applies a plan with progress on the screen or one JSON event a line; gives the exit code. */
export async function execute(
  app: App,
  topology: Topology,
  plan: Plan,
  context: UseCaseContext,
  options: ExecuteOptions & { readonly secrets?: ClusterSecrets | undefined },
): Promise<number> {
  const { applyPlan, Journal } = await app.services.cluster();
  const open = new Journal(context.journalDir, topology.id).interrupted();
  if (open !== null)
    app.tell(
      `The run of ${clean(open.startedAt)} was cut short after ${count(open.done, 'step')}; what it did is kept.`,
    );
  const progress = app.json ? null : new ApplyProgress(app.err, app.errStyle, plan, options.verbose === true);
  const onEvent = (event: ProgressEvent): void => {
    if (progress === null) app.event(event);
    else progress.on(event);
  };
  let summary: ApplySummary;
  try {
    summary = await applyPlan(
      topology,
      plan,
      { ...context, onEvent },
      {
        breakLock: options.breakLock === true,
        ...(options.imageArchive === undefined ? {} : { imageArchive: options.imageArchive }),
        ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
      },
    );
  } finally {
    progress?.end();
  }
  if (!app.json) for (const line of summaryLines(summary, app.style)) app.out.line(line);
  return CODES[summary.result];
}
