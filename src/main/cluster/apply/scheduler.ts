/** Runs the steps of a plan: each when what it needs is done, hosts in parallel, cancellable at any point. */
import { RaftyardError, toEnvelope } from '../../../shared/errors.js';
import type { Step } from '../../../shared/plan/types.js';
import type { ProgressEvent, StepState } from '../types.js';

/** What running one step came to: `skipped` when a check showed that nothing was left to do. */
export type StepResult = 'done' | 'skipped';

export interface StepOutcome {
  readonly step: Step;
  readonly state: StepState;
  readonly error?: RaftyardError;
}

export interface SchedulerOptions {
  readonly signal: AbortSignal;
  readonly emit: (event: ProgressEvent) => void;
  readonly run: (step: Step) => Promise<StepResult>;
}

const ENDED: ReadonlySet<StepState> = new Set<StepState>(['done', 'skipped', 'failed', 'cancelled']);

function asError(error: unknown, host: string): RaftyardError {
  if (error instanceof RaftyardError) return error;
  const envelope = toEnvelope(error, host);
  return new RaftyardError(envelope.code, envelope.message, { host, cause: error });
}

/**
 * Runs all steps in the order of their `needs` and `startAfter`. A failed step stops only what needs it; on abort, running
 * steps end by their own signal and waiting ones become `cancelled`. Never throws for a failing step.
 */
export async function runSteps(steps: readonly Step[], options: SchedulerOptions): Promise<StepOutcome[]> {
  const states = new Map<string, StepState>(steps.map((step) => [step.id, 'waiting']));
  const outcomes = new Map<string, StepOutcome>();
  const running = new Map<string, Promise<void>>();

  const end = (step: Step, state: StepState, ms: number, error?: RaftyardError): void => {
    states.set(step.id, state);
    outcomes.set(step.id, { step, state, ...(error === undefined ? {} : { error }) });
    options.emit({
      type: 'step',
      step: step.id,
      host: step.host,
      title: step.title,
      state,
      ms,
      ...(error === undefined ? {} : { error: error.toEnvelope() }),
    });
  };

  const start = async (step: Step): Promise<void> => {
    const began = performance.now();
    options.emit({ type: 'step', step: step.id, host: step.host, title: step.title, state: 'running' });
    try {
      const result = await options.run(step);
      end(step, result, Math.round(performance.now() - began));
    } catch (error) {
      const failure = asError(error, step.host);
      const state = failure.code === 'cancelled' || options.signal.aborted ? 'cancelled' : 'failed';
      end(step, state, Math.round(performance.now() - began), failure);
    } finally {
      running.delete(step.id);
    }
  };

  const sweep = (): void => {
    for (const step of steps) {
      if (states.get(step.id) !== 'waiting') continue;
      if (options.signal.aborted) {
        end(step, 'cancelled', 0);
        continue;
      }
      const needs = step.needs.map((id) => states.get(id));
      const broken = step.needs.find((id) => states.get(id) === 'failed' || states.get(id) === 'cancelled');
      if (broken !== undefined) {
        const cause = outcomes.get(broken);
        end(
          step,
          'cancelled',
          0,
          new RaftyardError('blocked', `not started, because “${cause?.step.title ?? broken}” failed`, {
            host: step.host,
          }),
        );
        continue;
      }
      const ready = needs.every((state) => state === 'done' || state === 'skipped');
      const after = (step.startAfter ?? []).every((id) => ENDED.has(states.get(id) ?? 'done'));
      if (!ready || !after) continue;
      states.set(step.id, 'running');
      running.set(step.id, start(step));
    }
  };

  for (;;) {
    const before = outcomes.size;
    sweep();
    if (running.size > 0) await Promise.race(running.values());
    else if (outcomes.size === before) break;
  }
  return steps.map((step) => outcomes.get(step.id) ?? { step, state: 'waiting' });
}
