/** How far away a host is, and how far its clock is off: read off the first lines of the script that looks at it. */
import { clockOffset } from './parse.js';

export interface ClockFacts {
  /** Round trip of a small command, in milliseconds. */
  readonly latencyMs: number;
  /** Host clock minus ours, by the middle of the round trip. */
  readonly clockOffsetMs: number;
}

const NAME = 'clock=';

/** Each question is answered by one line `clock=…`, in their order; the quicker of the answers is the truer one. */
export class ClockWatch {
  #sent: { readonly at: number; readonly by: number }[] = [];
  #came = '';
  #answers = 0;
  #best: ClockFacts | undefined;

  /** Zeros where no answer came. */
  get best(): ClockFacts {
    return this.#best ?? { latencyMs: 0, clockOffsetMs: 0 };
  }

  /** The command is sent, or sent anew, and with it the first question. */
  begin(): void {
    this.#sent = [];
    this.#came = '';
    this.#answers = 0;
    this.asked();
  }

  /** One more question is on its way. */
  asked(): void {
    this.#sent.push({ at: Date.now(), by: performance.now() });
  }

  /** Output as it comes; what follows the answers is not looked at. */
  came(text: string): void {
    const now = performance.now();
    this.#came += text;
    for (;;) {
      const sent = this.#sent[this.#answers];
      const end = this.#came.indexOf('\n');
      if (sent === undefined || end < 0) return;
      const line = this.#came.slice(0, end);
      this.#came = this.#came.slice(end + 1);
      this.#answers += 1;
      const took = now - sent.by;
      const offset = line.startsWith(NAME)
        ? clockOffset(line.slice(NAME.length), sent.at, sent.at + took)
        : null;
      const latencyMs = Math.round(took * 10) / 10;
      if (this.#best !== undefined && this.#best.latencyMs <= latencyMs) continue;
      this.#best = { latencyMs, clockOffsetMs: offset ?? 0 };
    }
  }
}
