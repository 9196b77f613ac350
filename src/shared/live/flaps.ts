/** How often checks of services changed their state, and when: kept beside the pictures, which stay as small as they are. */
import type { CheckStatus, LiveSnapshot } from './types.js';

export interface CheckChange {
  /** ISO 8601 */
  readonly at: string;
  readonly from: CheckStatus;
  readonly to: CheckStatus;
}

/** Changes by {@link checkKey}, newest first. */
export type CheckHistory = ReadonlyMap<string, readonly CheckChange[]>;

export const NO_HISTORY: CheckHistory = new Map();

/** For this long a change is remembered. */
export const REMEMBERED_MS = 3_600_000;
/** A check that changes more often than this in an hour flaps, however often. */
const MOST_CHANGES = 120;
/** Checks of which something is remembered; those that changed longest ago are forgotten first. */
const MOST_CHECKS = 1000;

export const checkKey = (datacenter: string, node: string, instance: string, check: string): string =>
  JSON.stringify([datacenter, node, instance, check]);

function statesOf(snapshot: LiveSnapshot): Map<string, CheckStatus> {
  const states = new Map<string, CheckStatus>();
  for (const { datacenter, instances } of snapshot.services)
    for (const { node, id, checks } of instances)
      for (const check of checks) states.set(checkKey(datacenter, node, id, check.id), check.status);
  return states;
}

/**
 * The history with what changed between two pictures. Pure; the same history where nothing did. What is seen for the first
 * time, or was not seen for a while, has not changed.
 */
export function rememberChanges(
  history: CheckHistory,
  before: LiveSnapshot | null,
  after: LiveSnapshot,
): CheckHistory {
  if (before === null || before.cluster !== after.cluster || before.services === after.services)
    return history;
  const old = statesOf(before);
  const changed = [...statesOf(after)].flatMap(([key, to]) => {
    const from = old.get(key);
    return from === undefined || from === to ? [] : [{ key, change: { at: after.asOf, from, to } }];
  });
  if (changed.length === 0) return history;
  const next = new Map(history);
  for (const { key, change } of changed) {
    const kept = changesWithin(next.get(key) ?? [], Date.parse(after.asOf));
    // Taken out first: the map's order is that of the last changes.
    next.delete(key);
    next.set(key, [change, ...kept].slice(0, MOST_CHANGES));
  }
  for (const key of next.keys()) {
    if (next.size <= MOST_CHECKS) break;
    next.delete(key);
  }
  return next;
}

/** Those of the last hour. @param now milliseconds since the epoch */
export function changesWithin(
  changes: readonly CheckChange[],
  now: number,
  ms = REMEMBERED_MS,
): readonly CheckChange[] {
  return changes.filter(({ at }) => now - Date.parse(at) <= ms);
}
