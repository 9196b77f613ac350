import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_BACKOFF_MS = 150;

/** A little earlier or later, so that questions to many servers do not come in one beat. */
export function jitter(ms: number): number {
  return ms * (0.9 + Math.random() * 0.2);
}

/** Doubles with each failure in a row, up to `longest`. */
export function backoffMs(failures: number, longest: number): number {
  return Math.min(longest, FIRST_BACKOFF_MS * 2 ** Math.min(20, Math.max(0, failures - 1)));
}

export interface PollerOptions {
  /** Longest pause after failures. */
  readonly longestBackoffMs: number;
  /** A question failed; not called for questions that were cut off on purpose. */
  readonly onFailure?: (error: unknown) => void;
}

/** Asks again and again until its signal aborts: one question at a time, pauses with jitter, longer ones after failures. */
export class Poller {
  #wake: (() => void) | undefined;
  #again = false;

  /** @param ask resolves with the milliseconds until it wants to be asked again; may throw. */
  constructor(
    readonly ask: (signal: AbortSignal) => Promise<number>,
    readonly options: PollerOptions,
  ) {}

  /** Ends the pause; while a question is under way, the next follows at once. */
  kick(): void {
    if (this.#wake === undefined) this.#again = true;
    else this.#wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      this.#again = false;
      let pause: number;
      try {
        pause = await this.ask(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        this.options.onFailure?.(error);
        pause = backoffMs(failures, this.options.longestBackoffMs);
      }
      if (!this.#again) await this.#pause(jitter(pause), signal);
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    const end = (): void => woken.abort();
    signal.addEventListener('abort', end, { once: true });
    try {
      if (!signal.aborted) await sleep(ms, undefined, { signal: woken.signal });
    } catch {
      // Woken, or at the end: the loop looks.
    } finally {
      this.#wake = undefined;
      signal.removeEventListener('abort', end);
    }
  }
}
