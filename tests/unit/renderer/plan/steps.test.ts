import { describe, expect, it } from 'vitest';
import { duration, laneState, lanesOf, progressOf } from '../../../../src/renderer/features/plan/steps.js';
import type { StepRun } from '../../../../src/renderer/stores/run.js';
import type { Plan, Step } from '../../../../src/shared/plan/types.js';

const step = (id: string, host: string, node?: string): Step => ({
  id,
  host,
  ...(node === undefined ? {} : { node }),
  title: id,
  before: '',
  after: '',
  risk: 'none',
  commands: [],
  needsRoot: false,
  needs: [],
  action: { kind: 'image-pull', reference: 'x' },
});
const plan = {
  steps: [step('a1', 'a'), step('b1', 'b', 'node2'), step('a2', 'a', 'node1')],
} as unknown as Plan;
const runs = (states: Record<string, StepRun['state']>): Record<string, StepRun> =>
  Object.fromEntries(Object.entries(states).map(([id, state]) => [id, { state, output: '' }]));

describe('lanes of a plan', () => {
  it('one for each host, in the order of the plan', () => {
    const lanes = lanesOf(plan);
    expect(lanes.map((lane) => [lane.host, lane.node, lane.steps.map((s) => s.id)])).toEqual([
      ['a', 'node1', ['a1', 'a2']],
      ['b', 'node2', ['b1']],
    ]);
  });

  it('say how they go: a failure first, done only when all is', () => {
    const lane = lanesOf(plan)[0];
    if (lane === undefined) throw new Error('no lane');
    expect(laneState(lane, {})).toBe('planned');
    expect(laneState(lane, runs({ a1: 'waiting', a2: 'waiting' }))).toBe('waiting');
    expect(laneState(lane, runs({ a1: 'done', a2: 'waiting' }))).toBe('running');
    expect(laneState(lane, runs({ a1: 'done', a2: 'skipped' }))).toBe('done');
    expect(laneState(lane, runs({ a1: 'failed', a2: 'running' }))).toBe('failed');
    expect(laneState(lane, runs({ a1: 'done', a2: 'cancelled' }))).toBe('cancelled');
  });

  it('count a running step by what it says of itself', () => {
    expect(progressOf(plan.steps, {})).toBe(0);
    expect(progressOf(plan.steps, { a1: { state: 'running', progress: 0.5, output: '' } })).toBeCloseTo(
      1 / 6,
    );
    expect(progressOf(plan.steps, runs({ a1: 'done', a2: 'failed', b1: 'skipped' }))).toBe(1);
  });

  it('show times as people read them', () => {
    expect([4, 949, 950, 2140, 59_499, 72_000].map(duration)).toEqual([
      '4 ms',
      '949 ms',
      '0.9 s',
      '2.1 s',
      '59.5 s',
      '1 min 12 s',
    ]);
  });
});
