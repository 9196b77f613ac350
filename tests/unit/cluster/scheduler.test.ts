import { describe, expect, it } from 'vitest';
import { runSteps } from '../../../src/main/cluster/apply/scheduler.js';
import { RaftyardError } from '../../../src/shared/errors.js';
import type { Step } from '../../../src/shared/plan/types.js';

function step(id: string, needs: string[] = [], startAfter: string[] = []): Step {
  return {
    id,
    host: 'h',
    title: id,
    before: '',
    after: '',
    risk: 'none',
    commands: [],
    needsRoot: false,
    needs,
    startAfter,
    action: { kind: 'adopt', id: '', name: '' },
  };
}

const states = (outcomes: { step: Step; state: string }[]): Record<string, string> =>
  Object.fromEntries(outcomes.map((outcome) => [outcome.step.id, outcome.state]));

describe('runSteps', () => {
  it('runs independent steps together and dependent ones in order', async () => {
    const log: string[] = [];
    let open = 0;
    let most = 0;
    const outcomes = await runSteps([step('a'), step('b'), step('c', ['a', 'b'])], {
      signal: new AbortController().signal,
      emit: () => undefined,
      run: async ({ id }) => {
        open += 1;
        most = Math.max(most, open);
        await new Promise((resolve) => setTimeout(resolve, 5));
        log.push(id);
        open -= 1;
        return 'done';
      },
    });
    expect(most).toBe(2);
    expect(log.at(-1)).toBe('c');
    expect(states(outcomes)).toEqual({ a: 'done', b: 'done', c: 'done' });
  });

  it('stops only what needs a failed step, and lets what merely comes after it go on', async () => {
    const outcomes = await runSteps(
      [step('bad'), step('child', ['bad']), step('later', [], ['bad']), step('free')],
      {
        signal: new AbortController().signal,
        emit: () => undefined,
        run: async ({ id }) => {
          if (id === 'bad') throw new RaftyardError('command-failed', 'no');
          return 'done';
        },
      },
    );
    expect(states(outcomes)).toEqual({ bad: 'failed', child: 'cancelled', later: 'done', free: 'done' });
    expect(outcomes[1]?.error?.message).toContain('bad');
  });

  it('cancels what waits when aborted', async () => {
    const controller = new AbortController();
    const outcomes = await runSteps([step('a'), step('b', ['a'])], {
      signal: controller.signal,
      emit: () => undefined,
      run: async () => {
        controller.abort();
        return 'done';
      },
    });
    expect(states(outcomes)).toEqual({ a: 'done', b: 'cancelled' });
  });

  it('ends even when steps need each other', async () => {
    const outcomes = await runSteps([step('a', ['b']), step('b', ['a'])], {
      signal: new AbortController().signal,
      emit: () => undefined,
      run: async () => 'done',
    });
    expect(states(outcomes)).toEqual({ a: 'waiting', b: 'waiting' });
  });
});
