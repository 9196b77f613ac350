/** What a run reached, for the timeline: began, ports open, containers up, quorum, ended. */
import { create } from 'zustand';
import type { StepKind } from '../../../../shared/plan/types.js';
import type { en } from '../../../i18n/en/index.js';
import { useDocument } from '../../../stores/document.js';
import { type RunState, useRun } from '../../../stores/run.js';
import type { Tone } from '../../../ui/parts/Dot.js';

type Keys = keyof (typeof en)['findings']['milestone'];
/** Without the endings of the plural. */
export type MilestoneKey = Keys extends infer K
  ? K extends `${infer Stem}_one` | `${infer Stem}_other`
    ? Stem
    : K
  : never;

export interface Milestone {
  /** ISO 8601 */
  readonly at: string;
  readonly key: MilestoneKey;
  readonly tone: Tone;
  readonly values: Readonly<Record<string, string | number>>;
}

type Seen = Pick<RunState, 'phase' | 'view' | 'steps' | 'summary'>;

const FIREWALL: ReadonlySet<StepKind> = new Set<StepKind>(['firewall-open']);
const CONTAINERS: ReadonlySet<StepKind> = new Set<StepKind>([
  'container-run',
  'container-start',
  'container-replace',
  'container-restart',
]);

/** How many steps of these kinds were carried out; null while some are still to come, or where there are none. */
function finished({ view, steps }: Seen, kinds: ReadonlySet<StepKind>): number | null {
  const mine = view?.plan.steps.filter((step) => kinds.has(step.action.kind)) ?? [];
  if (mine.length === 0 || mine.some((step) => !/^(done|skipped)$/.test(steps[step.id]?.state ?? '')))
    return null;
  const done = mine.filter((step) => steps[step.id]?.state === 'done').length;
  return done === 0 ? null : done;
}

function ended({ summary, view }: Seen): Omit<Milestone, 'at'>[] {
  if (summary === null) return [];
  const { result } = summary;
  const reached = Object.entries(summary.quorumMs ?? {}).map(([datacenter, ms]): Omit<Milestone, 'at'> => {
    const leader = summary.leader?.[datacenter];
    const values = { datacenter, seconds: (ms / 1000).toFixed(1) };
    return leader === undefined
      ? { key: 'quorum-plain', tone: 'good', values }
      : { key: 'quorum', tone: 'good', values: { ...values, leader } };
  });
  const tone: Tone = { done: 'good', partial: 'warn', failed: 'bad', cancelled: 'muted' }[result] as Tone;
  const key = result === 'done' && view?.plan.kind === 'destroy' ? 'destroyed' : result;
  return [...reached, { key, tone, values: {} }];
}

/** What was reached between two states of a run, in order. Pure. */
export function reached(before: Seen, after: Seen): Omit<Milestone, 'at'>[] {
  const found: Omit<Milestone, 'at'>[] = [];
  if (after.phase === 'applying' && before.phase !== 'applying')
    found.push(
      after.view?.plan.kind === 'destroy'
        ? { key: 'destroy-started', tone: 'accent', values: {} }
        : { key: 'apply-started', tone: 'accent', values: { count: after.view?.changes ?? 0 } },
    );
  if (after.steps !== before.steps)
    for (const [key, kinds] of [
      ['firewall', FIREWALL],
      ['containers', CONTAINERS],
    ] as const) {
      const count = finished(after, kinds);
      if (count !== null && finished(before, kinds) === null)
        found.push({ key, tone: 'muted', values: { count } });
    }
  if (after.summary !== before.summary) found.push(...ended(after));
  return found;
}

const MOST = 200;

/** Newest first, of the open document. */
export const useMilestones = create<{ readonly list: readonly Milestone[] }>(() => ({ list: [] }));

// Runs are watched from the start: the drawer itself is not on the screen while one goes on.
useRun.subscribe((state, before) => {
  const at = new Date().toISOString();
  const found = reached(before, state).map((milestone) => ({ ...milestone, at }));
  if (found.length > 0)
    useMilestones.setState(({ list }) => ({ list: [...found.reverse(), ...list].slice(0, MOST) }));
});
useDocument.subscribe((state, before) => {
  if (state.key !== before.key) useMilestones.setState({ list: [] });
});
