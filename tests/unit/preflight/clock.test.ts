import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClockWatch } from '../../../src/main/cluster/preflight/clock.js';

const START = 1_700_000_000_000;
const line = (ms: number): string => `clock=${ms}000000\n`;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the clock of a host', () => {
  it('is told by the quicker of two answers, each measured from its own question', () => {
    const watch = new ClockWatch();
    watch.begin();
    vi.advanceTimersByTime(300);
    watch.asked();
    // The first answer comes after the second question was sent: it took 300 ms all the same.
    watch.came(line(START + 250 + 2000));
    expect(watch.best).toEqual({ latencyMs: 300, clockOffsetMs: 2100 });
    vi.advanceTimersByTime(20);
    watch.came(line(START + 310 + 2000).slice(0, 9));
    vi.advanceTimersByTime(0);
    watch.came(`${line(START + 310 + 2000).slice(9)}kernel=6.1\n`);
    expect(watch.best).toEqual({ latencyMs: 20, clockOffsetMs: 2000 });
    watch.came(line(START));
    expect(watch.best.clockOffsetMs).toBe(2000);
  });

  it('keeps the first answer where the second is slower, and forgets both where the command is sent anew', () => {
    const watch = new ClockWatch();
    watch.begin();
    vi.advanceTimersByTime(10);
    watch.came(line(START + 5));
    watch.asked();
    vi.advanceTimersByTime(100);
    watch.came(line(START + 110));
    expect(watch.best).toEqual({ latencyMs: 10, clockOffsetMs: 0 });
    vi.advanceTimersByTime(60_000);
    watch.begin();
    vi.advanceTimersByTime(4);
    watch.came(line(START + 60_112));
    expect(watch.best).toEqual({ latencyMs: 4, clockOffsetMs: 0 });
  });

  it('is not off where the host says something else, or nothing', () => {
    const watch = new ClockWatch();
    expect(watch.best).toEqual({ latencyMs: 0, clockOffsetMs: 0 });
    watch.begin();
    vi.advanceTimersByTime(7);
    watch.came('date: not found\n');
    expect(watch.best).toEqual({ latencyMs: 7, clockOffsetMs: 0 });
  });
});
