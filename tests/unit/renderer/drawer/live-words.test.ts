import { describe, expect, it } from 'vitest';
import {
  eventLine,
  isGrave,
  problemKey,
} from '../../../../src/renderer/features/topology/drawer/live-words.js';
import { findings as en } from '../../../../src/renderer/i18n/en/findings.js';
import { findings as zh } from '../../../../src/renderer/i18n/zh/findings.js';
import type { LiveEvent, LiveEventKind, LiveProblem } from '../../../../src/shared/live/index.js';

const event = (kind: LiveEventKind, more: Partial<LiveEvent> = {}): LiveEvent => ({
  at: '2026-01-01T12:00:00Z',
  datacenter: 'dc1',
  kind,
  ...more,
});

describe('events in words', () => {
  it('say what a failure leaves', () => {
    const failed = (votersAlive: number, voters: number) =>
      eventLine(event('node-failed', { votersAlive, voters })).key;
    expect(failed(4, 5)).toBe('node-failed-safe');
    expect(failed(2, 3)).toBe('node-failed-risk');
    expect(failed(1, 3)).toBe('node-failed-stopped');
    expect(failed(0, 1)).toBe('node-failed-stopped');
    expect(eventLine(event('node-failed')).key).toBe('node-failed');
  });

  it('call a departure grave only where it is', () => {
    const left = (votersAlive: number) => eventLine(event('node-left', { votersAlive, voters: 3 }));
    expect(left(3)).toEqual({ key: 'node-left', tone: 'muted' });
    expect(left(2)).toEqual({ key: 'node-left-risk', tone: 'warn' });
    expect(left(1)).toEqual({ key: 'node-left-stopped', tone: 'bad' });
    expect(eventLine(event('node-alive', { votersAlive: 1, voters: 1 })).key).toBe('node-alive-voters');
  });

  it('name the service of a check where it has one', () => {
    expect(eventLine(event('check-critical', { service: 'web' })).key).toBe('service-critical');
    expect(eventLine(event('check-passing')).key).toBe('check-passing');
  });

  it('have the same places to fill in both languages', () => {
    const places = (text: string): string[] => (text.match(/\{\{\w+\}\}|<b>/g) ?? []).sort();
    for (const part of ['event', 'problem', 'milestone', 'drawer'] as const)
      for (const [key, text] of Object.entries(en[part]))
        expect(places((zh[part] as Record<string, string>)[key] ?? ''), `${part}.${key}`).toEqual(
          places(text),
        );
  });
});

describe('live problems in words', () => {
  const problem = (code: LiveProblem['code'], more: Partial<LiveProblem> = {}): LiveProblem => ({
    code,
    datacenter: 'dc1',
    ...more,
  });

  it('tell the states of a container apart', () => {
    expect(problemKey(problem('container-not-running', { detail: 'exited' }))).toBe('container-exited');
    expect(problemKey(problem('container-not-running', { detail: 'paused' }))).toBe('container-paused');
    expect(problemKey(problem('check-critical', { service: 'web' }))).toBe('service-critical');
    expect(problemKey(problem('quorum-lost'))).toBe('quorum-lost');
  });

  it('are grave where something is stopped', () => {
    expect(isGrave(problem('no-leader'))).toBe(true);
    expect(isGrave(problem('quorum-at-risk'))).toBe(false);
  });
});
