import { describe, expect, it } from 'vitest';
import { onlyNews } from '../../../src/main/cluster/apply/index.js';
import type { ProgressEvent } from '../../../src/main/cluster/types.js';

const running = (step: string, message?: string, progress?: number): ProgressEvent => ({
  type: 'step',
  step,
  host: 'docker01',
  title: step,
  state: 'running',
  ...(message === undefined ? {} : { message }),
  ...(progress === undefined ? {} : { progress }),
});

describe('progress', () => {
  it('is told when it changes: what a step said last is not said again, by whichever step is between', () => {
    const told: ProgressEvent[] = [];
    const emit = onlyNews((event) => told.push(event));
    const all = [
      running('a'),
      running('a', '0 of 3 servers see a leader'),
      running('b', 'pulling', 0.1),
      running('a', '0 of 3 servers see a leader'),
      running('b', 'pulling', 0.1),
      running('b', 'pulling', 0.2),
      running('a', '3 of 3 servers see a leader'),
      running('a', '0 of 3 servers see a leader'),
    ];
    for (const event of all) emit(event);
    expect(told).toEqual([all[0], all[1], all[2], all[5], all[6], all[7]]);
  });

  it('leaves out neither the end of a step nor output that is the same twice', () => {
    const told: ProgressEvent[] = [];
    const emit = onlyNews((event) => told.push(event));
    const output: ProgressEvent = { type: 'output', step: 'a', host: 'docker01', text: '.' };
    const done: ProgressEvent = {
      type: 'step',
      step: 'a',
      host: 'docker01',
      title: 'a',
      state: 'done',
      ms: 1,
    };
    for (const event of [output, output, done, done]) emit(event);
    expect(told).toEqual([output, output, done, done]);
  });
});
