/** Showing a plan, asking, and applying it: the same for all commands that change hosts. */
import { RaftyardError } from '../../../shared/errors.js';
import { changeCount } from '../../../shared/plan/index.js';
import type { Plan } from '../../../shared/plan/types.js';
import type { Topology } from '../../../shared/topology/types.js';
import type { Interrupted } from '../../cluster/apply/journal.js';
import type { ApplySummary, ClusterSecrets, ProgressEvent, UseCaseContext } from '../../cluster/types.js';
import type { App } from '../app.js';
import { EXIT } from '../exit.js';
import { clean } from '../print/clean.js';
import { issueLines, planLines, planSummary } from '../print/plan.js';
import { ApplyProgress, summaryLines } from '../print/progress.js';
import { count } from '../print/style.js';
import { detailOf, stops } from './plan.js';

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

export const declined = (): RaftyardError => new RaftyardError('cancelled', 'nothing was changed');

const CODES: Record<ApplySummary['result'], number> = {
  done: EXIT.good,
  partial: EXIT.failed,
  failed: EXIT.failed,
  cancelled: EXIT.cancelled,
};

export interface Execution {
  /** Looks at the hosts by the context that it is given, and plans. */
  readonly plan: (context: UseCaseContext) => Promise<Plan>;
  /** Shows a plan that was just made, or refuses it by throwing; false: nothing of it is to be run. */
  readonly show: (plan: Plan) => boolean;
  /** What is asked: `Apply this plan`. */
  readonly verb: string;
  /** What declining comes to. */
  readonly refusal: (plan: Plan) => RaftyardError;
  /** Makes what the plan needs, once it is agreed to and before its first step. */
  readonly ready?: () => Promise<void>;
  readonly secrets?: ClusterSecrets | undefined;
}

/**
 * From the look at the hosts to the summary, with a question between unless it is answered beforehand. With `--yes` the
 * hosts are locked first, and one look serves. After a question they are locked and looked at again: what was not shown
 * is not run. Gives the exit code.
 *
 * @throws RaftyardError plan-outdated, lock-held, blocked, conflict; the refusal
 */
export async function carryOut(
  app: App,
  topology: Topology,
  context: UseCaseContext,
  options: ExecuteOptions,
  execution: Execution,
): Promise<number> {
  const { applyUnderLock, applyPlan, Journal } = await app.services.cluster();
  const interrupted = (): Interrupted | null => new Journal(context.journalDir, topology.id).interrupted();
  const run = new Run(app, interrupted, context, options.verbose === true);
  const given = {
    breakLock: options.breakLock === true,
    ...(options.imageArchive === undefined ? {} : { imageArchive: options.imageArchive }),
    ...(execution.secrets === undefined ? {} : { secrets: execution.secrets }),
  };
  const begin = async (plan: Plan): Promise<void> => {
    // What stops a plan is told by applyPlan, before it touches anything.
    if (!stops(plan)) await execution.ready?.();
    run.begin(plan);
  };
  if (options.yes === true)
    return await run.end(
      applyUnderLock(topology, run.context, {
        ...given,
        plan: execution.plan,
        begin: async (plan) => {
          if (!execution.show(plan)) return false;
          await begin(plan);
          return true;
        },
      }),
    );
  const plan = await execution.plan(context);
  if (!execution.show(plan)) return EXIT.good;
  // No use in asking about what cannot be run, or changes nothing.
  if (stops(plan) || changeCount(plan) === 0) {
    await begin(plan);
    return await run.end(applyPlan(topology, plan, run.context, given));
  }
  if (app.json) app.err.line(planSummary(plan));
  if (!(await app.confirm(`${execution.verb}?`))) throw execution.refusal(plan);
  return await run.end(
    applyUnderLock(topology, run.context, {
      ...given,
      plan: execution.plan,
      agreed: plan,
      begin: async (same) => {
        await begin(same);
        return true;
      },
    }),
  );
}

/** The screen of one run: progress for people, or one JSON event a line. */
class Run {
  #progress: ApplyProgress | undefined;
  readonly context: UseCaseContext;

  constructor(
    readonly app: App,
    readonly interrupted: () => Interrupted | null,
    context: UseCaseContext,
    readonly verbose: boolean,
  ) {
    const onEvent = (event: ProgressEvent): void => {
      if (app.json) app.event(event);
      else this.#progress?.on(event);
    };
    this.context = { ...context, onEvent };
  }

  begin(plan: Plan): void {
    const open = this.interrupted();
    if (open !== null)
      this.app.tell(
        `The run of ${clean(open.startedAt)} was cut short after ${count(open.done, 'step')}; what it did is kept.`,
      );
    const { json, err, errStyle } = this.app;
    if (!json) this.#progress = new ApplyProgress(err, errStyle, plan, this.verbose);
  }

  /** Waits for the summary and shows it; null: there was nothing to run. Gives the exit code. */
  async end(applying: Promise<ApplySummary | null>): Promise<number> {
    const summary = await applying.finally(() => this.#progress?.end());
    if (summary === null) return EXIT.good;
    if (!this.app.json) for (const line of summaryLines(summary, this.app.style)) this.app.out.line(line);
    return CODES[summary.result];
  }
}
