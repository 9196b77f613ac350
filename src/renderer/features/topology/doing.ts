/** What a run does to each node at this moment, for its card. Pure. */
import type { Plan, StepKind } from '../../../shared/plan/types.js';
import type { StepRun } from '../../stores/run.js';

export interface Doing {
  readonly host: string;
  /** undefined: it concerns the host as a whole. */
  readonly node: string | undefined;
  readonly kind: StepKind;
  readonly state: 'running' | 'failed';
  /** 0..100 where it is known. */
  readonly percent: number | null;
}

/**
 * Steps that run now; once the run has ended, those that failed. The last entry of a host is the one to show.
 *
 * @param steps by step id
 */
export function doingOf(plan: Plan | null, steps: Readonly<Record<string, StepRun>>): Doing[] {
  if (plan === null) return [];
  const found = plan.steps.flatMap((step): Doing[] => {
    const run = steps[step.id];
    if (run === undefined || (run.state !== 'running' && run.state !== 'failed')) return [];
    return [
      {
        host: step.host,
        node: step.node,
        kind: step.action.kind,
        state: run.state,
        percent:
          run.state === 'running' && run.progress !== undefined ? Math.round(run.progress * 100) : null,
      },
    ];
  });
  // What runs is shown before what failed earlier on the same host.
  return [
    ...found.filter((entry) => entry.state === 'failed'),
    ...found.filter((entry) => entry.state === 'running'),
  ];
}
