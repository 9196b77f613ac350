/** Live problems and events as keys of sentences and their values. Pure. */
import type { LiveEvent, LiveProblem } from '../../../../shared/live/index.js';
import type { en } from '../../../i18n/en/index.js';
import type { Tone } from '../../../ui/parts/Dot.js';

export type ProblemKey = keyof (typeof en)['findings']['problem'];
export type EventKey = keyof (typeof en)['findings']['event'];

/** Problems that stop something now; the others are warnings. */
const GRAVE: ReadonlySet<string> = new Set([
  'no-leader',
  'quorum-lost',
  'node-failed',
  'container-not-running',
  'check-critical',
  'host-unreachable',
  'docker-unavailable',
  'wan-cut',
]);

export const isGrave = (problem: LiveProblem): boolean => GRAVE.has(problem.code);

export function problemKey({ code, service, detail }: LiveProblem): ProblemKey {
  if (code === 'node-maintenance' || code === 'service-maintenance')
    return detail === undefined || detail === '' ? code : `${code}-why`;
  if (code === 'check-critical') return service === undefined ? 'check-critical' : 'service-critical';
  if (code !== 'container-not-running') return code;
  switch (detail) {
    case 'missing':
    case 'restarting':
    case 'paused':
      return `container-${detail}`;
    default:
      return 'container-exited';
  }
}

export interface EventLine {
  readonly key: EventKey;
  readonly tone: Tone;
}

/** What is left of the voters after an event: null where the event does not tell. */
function writes({ voters, votersAlive }: LiveEvent): 'safe' | 'risk' | 'stopped' | null {
  if (voters === undefined || votersAlive === undefined || voters === 0) return null;
  const needed = Math.floor(voters / 2) + 1;
  if (votersAlive < needed) return 'stopped';
  // A cluster of one has nothing to spare, and never had.
  return votersAlive === needed && voters > 1 ? 'risk' : 'safe';
}

export function eventLine(event: LiveEvent): EventLine {
  const { kind, service } = event;
  const left = writes(event);
  switch (kind) {
    case 'node-failed':
      return { key: left === null ? kind : `node-failed-${left}`, tone: 'bad' };
    case 'node-left':
      return left === null || left === 'safe'
        ? { key: kind, tone: 'muted' }
        : { key: `node-left-${left}`, tone: left === 'stopped' ? 'bad' : 'warn' };
    case 'node-alive':
      return { key: left === null ? kind : 'node-alive-voters', tone: 'good' };
    case 'voter-added':
      return { key: left === null ? 'voter-added-plain' : kind, tone: 'good' };
    case 'voter-removed':
      return { key: left === null ? 'voter-removed-plain' : kind, tone: 'muted' };
    case 'check-critical':
      return { key: service === undefined ? kind : 'service-critical', tone: 'bad' };
    case 'check-passing':
      return { key: service === undefined ? kind : 'service-passing', tone: 'good' };
    case 'maintenance-on':
      return {
        key: `${service === undefined ? 'node' : 'service'}-maintenance${event.reason === '' ? '' : '-why'}`,
        tone: 'warn',
      };
    case 'maintenance-off':
      return { key: service === undefined ? 'node-maintained' : 'service-maintained', tone: 'good' };
    case 'leader-lost':
      return { key: kind, tone: 'bad' };
    case 'leader-moved':
    case 'leader-elected':
    case 'stale':
      return { key: kind, tone: 'warn' };
    case 'container-stopped':
    case 'wan-cut':
      return { key: kind, tone: 'bad' };
    case 'node-joined':
    case 'container-started':
    case 'fresh':
    case 'wan-back':
      return { key: kind, tone: 'good' };
  }
}
