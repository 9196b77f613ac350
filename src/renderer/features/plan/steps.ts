/** The plan as the lanes show it. Pure. */
import type { Plan, Step, StepAction } from '../../../shared/plan/types.js';
import type { StepRun } from '../../stores/run.js';

export interface Lane {
  readonly host: string;
  readonly node: string | undefined;
  readonly steps: readonly Step[];
}

/** One lane a host, in the order of the plan. */
export function lanesOf(plan: Plan): Lane[] {
  const lanes = new Map<string, Step[]>();
  for (const step of plan.steps) lanes.set(step.host, [...(lanes.get(step.host) ?? []), step]);
  return [...lanes].map(([host, steps]) => ({
    host,
    node: steps.find((step) => step.node !== undefined)?.node,
    steps,
  }));
}

export type LaneState = 'planned' | 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

/** What a lane as a whole is doing. */
export function laneState(lane: Lane, runs: Readonly<Record<string, StepRun>>): LaneState {
  const states = lane.steps.map((step) => runs[step.id]?.state);
  if (states.every((state) => state === undefined)) return 'planned';
  if (states.includes('failed')) return 'failed';
  if (states.includes('cancelled')) return 'cancelled';
  if (states.includes('running')) return 'running';
  if (states.every((state) => state === 'done' || state === 'skipped')) return 'done';
  return states.some((state) => state === 'done') ? 'running' : 'waiting';
}

/** 0..1 over all steps of a run, a running step counted by what it says of itself. */
export function progressOf(steps: readonly Step[], runs: Readonly<Record<string, StepRun>>): number {
  if (steps.length === 0) return 0;
  const share = (step: Step): number => {
    const run = runs[step.id];
    if (run === undefined || run.state === 'waiting') return 0;
    return run.state === 'running' ? (run.progress ?? 0.3) : 1;
  };
  return steps.reduce((sum, step) => sum + share(step), 0) / steps.length;
}

/** What a step is about, for titles in the person's language. */
export function stepSubject(action: StepAction): string {
  switch (action.kind) {
    case 'directory':
    case 'file':
    case 'file-remove':
    case 'secret-file':
      return action.path;
    case 'firewall-open':
    case 'firewall-close':
      return `${action.firewall} (${action.rules.length})`;
    case 'firewall-disable':
    case 'firewall-enable':
      return action.firewall;
    case 'image-pull':
    case 'image-load':
      return 'from' in action ? (action.from ?? action.reference) : action.reference;
    case 'container-run':
    case 'container-replace':
      return action.container.name;
    case 'volume-create':
    case 'volume-remove':
    case 'container-start':
    case 'rejoin':
    case 'container-restart':
    case 'container-remove':
    case 'adopt':
      return action.name;
    case 'keyring':
      return action.op;
    case 'autopilot':
    case 'quorum':
      return action.datacenter;
    default:
      return '';
  }
}

/** Milliseconds as people read them: `340 ms`, `2.1 s`, `1 min 12 s`. */
export function duration(ms: number): string {
  if (ms < 950) return `${Math.round(ms)} ms`;
  if (ms < 59_500) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
