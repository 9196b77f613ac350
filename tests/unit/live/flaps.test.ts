import { describe, expect, it } from 'vitest';
import {
  type CheckHistory,
  type CheckStatus,
  changesWithin,
  checkKey,
  type LiveSnapshot,
  NO_HISTORY,
  rememberChanges,
} from '../../../src/shared/live/index.js';
import { healthy, snapshotOf } from './fixture.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

/** A picture with so many services, all of whose checks are in one state. */
function picture(status: CheckStatus, seconds: number, count = 1): LiveSnapshot {
  return {
    ...snapshotOf(healthy()),
    asOf: at(seconds),
    services: Array.from({ length: count }, (_, i) => ({
      datacenter: 'dc1',
      name: `web${i}`,
      instances: [
        {
          node: 'node1',
          id: `web${i}`,
          address: '10.0.0.1',
          port: 80,
          tags: [],
          checks: [{ id: 'c', name: 'c', status, output: '' }],
        },
      ],
    })),
  };
}

const KEY = checkKey('dc1', 'node1', 'web0', 'c');

describe('the history of checks', () => {
  it('has each change with its time, newest first, and nothing for what is seen first', () => {
    let history: CheckHistory = NO_HISTORY;
    history = rememberChanges(history, null, picture('critical', 0));
    expect(history.size).toBe(0);
    history = rememberChanges(history, picture('critical', 0), picture('passing', 1));
    history = rememberChanges(history, picture('passing', 1), picture('warning', 2));
    expect(history.get(KEY)).toEqual([
      { at: at(2), from: 'passing', to: 'warning' },
      { at: at(1), from: 'critical', to: 'passing' },
    ]);
    expect(rememberChanges(history, picture('warning', 2), picture('warning', 3))).toBe(history);
  });

  it('forgets after an hour, and another cluster at once', () => {
    const history = rememberChanges(NO_HISTORY, picture('critical', 0), picture('passing', 1));
    const later = rememberChanges(history, picture('passing', 4000), picture('critical', 4001));
    expect(later.get(KEY)).toEqual([{ at: at(4001), from: 'passing', to: 'critical' }]);
    expect(changesWithin(history.get(KEY) ?? [], START + 3_700_000)).toEqual([]);
    const other = { ...picture('critical', 2), cluster: 'another' };
    expect(rememberChanges(history, picture('passing', 1), other)).toBe(history);
  });

  it('stays bounded, however often checks change and however many there are', () => {
    let history: CheckHistory = NO_HISTORY;
    const states = ['passing', 'critical'] as const;
    for (let i = 1; i <= 500; i++)
      history = rememberChanges(
        history,
        picture(states[(i - 1) % 2] ?? 'passing', i - 1),
        picture(states[i % 2] ?? 'passing', i),
      );
    expect(history.get(KEY)).toHaveLength(120);
    history = rememberChanges(history, picture('passing', 600, 3000), picture('critical', 601, 3000));
    expect(history.size).toBe(1000);
  });
});
