/** Whether the Consul UI may change things: on the person's word, and for a while. */

/** Whoever allowed changes and went away leaves no open door. */
export const CHANGES_MS = 15 * 60_000;

export class Changes {
  #until: number | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** @param onEnd the time is over */
  constructor(readonly onEnd: () => void) {}

  /** Until when, in milliseconds of the clock; null: not now. A computer that slept through the end asks its clock. */
  get until(): number | null {
    return this.#until !== null && Date.now() < this.#until ? this.#until : null;
  }

  allow(): void {
    this.forbid();
    this.#until = Date.now() + CHANGES_MS;
    this.#timer = setTimeout(() => {
      this.forbid();
      this.onEnd();
    }, CHANGES_MS);
  }

  forbid(): void {
    clearTimeout(this.#timer);
    this.#until = null;
  }
}
