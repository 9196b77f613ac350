/** Blocking queries by the rules of https://developer.hashicorp.com/consul/api-docs/features/blocking */
import type { Indexed, Wait } from '../../consul/client.js';
import { Poller } from './poller.js';

/** Below what a way through a container's own curl waits. */
const WAIT_MS = 25_000;
/** A busy cluster answers at once, again and again. */
const LEAST_MS = 100;
/** Where the way to the agent carries no index. */
const WITHOUT_INDEX_MS = 2000;
const ABSENT_MS = 60_000;
const LONGEST_BACKOFF_MS = 5000;

/** The index to ask with next: none when it went backwards (a restored or new cluster), so that all is read anew. */
export function nextIndex(asked: number | undefined, answered: number): number | undefined {
  return asked !== undefined && answered < asked ? undefined : Math.max(1, answered);
}

/**
 * Follows one blocking endpoint.
 * @param ask null: this Consul has no such endpoint.
 * @param onValue is given every answer that may be new.
 */
export function follow<T>(
  ask: (wait: Wait | undefined, signal: AbortSignal) => Promise<Indexed<T> | null>,
  onValue: (value: T | null, signal: AbortSignal) => Promise<void> | void,
): Poller {
  let index: number | undefined;
  return new Poller(
    async (signal) => {
      let answer: Indexed<T> | null;
      const asked = index;
      try {
        answer = await ask(asked === undefined ? undefined : { index: asked, waitMs: WAIT_MS }, signal);
      } catch (error) {
        // What went on meanwhile is not known.
        index = undefined;
        throw error;
      }
      if (signal.aborted) return 0;
      if (answer === null) {
        await onValue(null, signal);
        return ABSENT_MS;
      }
      if (answer.index === null) {
        index = undefined;
        await onValue(answer.value, signal);
        return WITHOUT_INDEX_MS;
      }
      // Until the answer is taken in, it is to be read again.
      index = undefined;
      // The same index: the waiting time ran out.
      if (answer.index !== asked) await onValue(answer.value, signal);
      index = nextIndex(asked, answer.index);
      return index === undefined ? 0 : LEAST_MS;
    },
    { longestBackoffMs: LONGEST_BACKOFF_MS },
  );
}
