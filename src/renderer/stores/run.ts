/** Checking, planning, applying: what main said about it. The plan itself stays in main. */
import { create } from 'zustand';
import { type ErrorEnvelope, RaftyardError, toEnvelope } from '../../shared/errors.js';
import type { PlanOptionsInput, PlanView } from '../../shared/ipc/index.js';
import type { HostCheck } from '../../shared/plan/checks.js';
import type { Facts } from '../../shared/plan/facts.js';
import type { PlanIssue, Step } from '../../shared/plan/types.js';
import type { ApplySummary, ProgressEvent, StepState } from '../../shared/run/types.js';
import { call, listen, newTask } from '../lib/ipc.js';
import { useDocument } from './document.js';

export interface StepRun {
  readonly state: StepState;
  /** 0..1 where it is known. */
  readonly progress?: number;
  readonly message?: string;
  readonly error?: ErrorEnvelope;
  readonly ms?: number;
  /** `performance.now()` when it began to run. */
  readonly startedAt?: number;
  readonly output: string;
}

export type RunPhase = 'idle' | 'checking' | 'planning' | 'applying';

export interface RunState {
  readonly phase: RunPhase;
  readonly task: string | null;
  readonly cancelling: boolean;
  /** The text that checks and plan were made of: another text makes them outdated. */
  readonly text: string | null;
  readonly checks: readonly HostCheck[] | null;
  readonly facts: Facts | null;
  readonly view: PlanView | null;
  readonly options: PlanOptionsInput;
  /** Keys of the plan's confirmations that the person has ticked. */
  readonly confirmed: readonly string[];
  /** By step id, of the run that goes on or the last one. */
  readonly steps: Readonly<Record<string, StepRun>>;
  readonly startedAt: number | null;
  readonly summary: ApplySummary | null;
  readonly error: ErrorEnvelope | null;
}

interface RunActions {
  check(): Promise<void>;
  plan(options?: PlanOptionsInput): Promise<void>;
  planDestroy(keepData: boolean): Promise<void>;
  apply(breakLock?: boolean): Promise<ApplySummary | null>;
  confirm(key: string, on: boolean): void;
  cancel(): Promise<void>;
  reset(): void;
}

/** Output kept for each step, in characters: enough to read, bounded for a step that talks for hours. */
const OUTPUT_LIMIT = 64 * 1024;

const idle: RunState = {
  phase: 'idle',
  task: null,
  cancelling: false,
  text: null,
  checks: null,
  facts: null,
  view: null,
  options: {},
  confirmed: [],
  steps: {},
  startedAt: null,
  summary: null,
  error: null,
};

export const useRun = create<RunState & RunActions>((set, get) => {
  /** One run at a time: a second waits for nobody and is refused by the buttons being off. */
  const during = async <T>(
    phase: RunPhase,
    work: (task: string, text: string) => Promise<T>,
  ): Promise<T | null> => {
    if (get().phase !== 'idle') return null;
    const task = newTask(phase);
    const { text } = useDocument.getState();
    set({ phase, task, cancelling: false, error: null });
    try {
      return await work(task, text);
    } catch (error) {
      const envelope = toEnvelope(error);
      set({ error: envelope });
      return null;
    } finally {
      set({ phase: 'idle', task: null, cancelling: false });
    }
  };
  return {
    ...idle,
    check: async () => {
      await during('checking', async (task, text) => {
        const { checks, facts } = await call('cluster:preflight', { task, text });
        set({ checks, facts, text });
      });
    },
    plan: async (options) => {
      const chosen = options ?? get().options;
      await during('planning', async (task, text) => {
        set({ summary: null, steps: {}, options: chosen, confirmed: [] });
        const view = await call('cluster:plan', { task, text, options: chosen });
        set({ view, checks: view.checks, text });
      });
    },
    planDestroy: async (keepData) => {
      await during('planning', async (task, text) => {
        set({ summary: null, steps: {}, confirmed: [] });
        const view = await call('cluster:plan-destroy', { task, text, keepData });
        set({ view, checks: view.checks, text });
      });
    },
    apply: async (breakLock) => {
      const { view } = get();
      if (view === null) return null;
      return await during('applying', async (task) => {
        const waiting = (step: Step): [string, StepRun] => [step.id, { state: 'waiting', output: '' }];
        set({
          summary: null,
          startedAt: performance.now(),
          steps: Object.fromEntries(view.plan.steps.map(waiting)),
        });
        const summary = await call('cluster:apply', {
          task,
          plan: view.plan.id,
          ...(breakLock === undefined ? {} : { breakLock }),
        });
        set({ summary });
        return summary;
      });
    },
    confirm: (key, on) =>
      set((state) => ({
        confirmed: on ? [...state.confirmed, key] : state.confirmed.filter((other) => other !== key),
      })),
    cancel: async () => {
      const { task } = get();
      if (task === null) return;
      set({ cancelling: true });
      await call('task:cancel', { task });
    },
    reset: () => {
      if (get().phase === 'idle') set(idle);
    },
  };
});

/** The state of a step after one more event. Pure. */
export function stepAfter(before: StepRun | undefined, event: ProgressEvent, now: number): StepRun | null {
  if (event.type === 'output') {
    const output = `${before?.output ?? ''}${event.text}`.slice(-OUTPUT_LIMIT);
    return { ...(before ?? { state: 'running' }), output };
  }
  if (event.type !== 'step') return null;
  const startedAt = event.state === 'running' ? (before?.startedAt ?? now) : before?.startedAt;
  return {
    state: event.state,
    output: before?.output ?? '',
    ...(event.progress === undefined ? {} : { progress: event.progress }),
    ...(event.message === undefined ? {} : { message: event.message }),
    ...(event.error === undefined ? {} : { error: event.error }),
    ...(event.ms === undefined ? {} : { ms: event.ms }),
    ...(startedAt === undefined ? {} : { startedAt }),
  };
}

export function listenToRuns(): void {
  listen('task:progress', ({ task, event }) => {
    const state = useRun.getState();
    if (task !== state.task || (event.type !== 'step' && event.type !== 'output')) return;
    const next = stepAfter(state.steps[event.step], event, performance.now());
    if (next !== null) useRun.setState({ steps: { ...state.steps, [event.step]: next } });
  });
}

export const issueKey = (issue: PlanIssue): string => `${issue.severity}/${issue.code}/${issue.host ?? ''}`;

/** Confirmations of the plan that are not ticked yet. */
export function unconfirmed(run: RunState): readonly PlanIssue[] {
  const issues = run.view?.plan.issues ?? [];
  return issues.filter((issue) => issue.severity === 'confirm' && !run.confirmed.includes(issueKey(issue)));
}

/** Whether there is a plan of the text as it is, with something to do, that nothing stops and that was not run. */
export function canApply(run: RunState, text: string): boolean {
  return (
    run.phase === 'idle' &&
    isCurrent(run, text) &&
    run.summary === null &&
    run.view?.applicable === true &&
    run.view.changes > 0
  );
}

/** Whether checks and plan are of the text as it is now. */
export const isCurrent = (run: RunState, text: string): boolean => run.text === text;

export const isCancelled = (error: unknown): boolean =>
  error instanceof RaftyardError && error.code === 'cancelled';
