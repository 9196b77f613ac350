/** Events of the cluster and milestones of runs as one timeline, newest first. Pure. */
import type { LiveEvent } from '../../../../shared/live/index.js';
import type { Milestone } from './milestones.js';

export type Entry = { readonly id: string; readonly at: string } & (
  | { readonly event: LiveEvent; readonly milestone?: undefined }
  | { readonly event?: undefined; readonly milestone: Milestone }
);

/** Both given newest first; what is equally old keeps its order. */
export function entriesOf(events: readonly LiveEvent[], milestones: readonly Milestone[]): Entry[] {
  // Counted from the oldest, so that an entry keeps its name when newer ones come.
  const entries: Entry[] = [
    ...events.map((event, i) => ({ id: `event-${events.length - i}`, at: event.at, event })),
    ...milestones.map((milestone, i) => ({
      id: `run-${milestones.length - i}`,
      at: milestone.at,
      milestone,
    })),
  ];
  return entries.sort((a, b) => b.at.localeCompare(a.at));
}
