/** Which events are to be said. Pure. */
import type { LiveEvent, LiveEventKind } from '../../../shared/live/index.js';

/** What the canvas shows of an event; the rest is in the drawer's list. */
const SHOWN: ReadonlySet<LiveEventKind> = new Set<LiveEventKind>([
  'leader-elected',
  'leader-lost',
  'leader-moved',
  'node-failed',
  'node-left',
  'node-alive',
  'node-joined',
  'stale',
  'fresh',
  'wan-cut',
  'wan-back',
]);
/** More would be talking without an end: the newest are said. */
const MOST = 4;

/**
 * Events to be said, oldest first.
 *
 * @param events newest first
 * @param seen the newest event that was there before; undefined: there was none
 */
export function newSince(events: readonly LiveEvent[], seen: LiveEvent | undefined): LiveEvent[] {
  const at = seen === undefined ? events.length : events.indexOf(seen);
  const fresh = at < 0 ? events : events.slice(0, at);
  return fresh
    .filter((event) => SHOWN.has(event.kind))
    .slice(0, MOST)
    .reverse();
}
