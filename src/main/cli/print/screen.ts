/** Lines that stay, and below them a few that are drawn again and again. */
import type { Output } from '../io.js';
import { clean } from './clean.js';

/** Continuation lines are indented, so that no text can look like a line of ours. */
const indented = (text: string): string => text.replaceAll('\n', '\n    ');

export class Screen {
  #live: readonly string[] = [];
  #drawn = 0;
  #paused = 0;

  constructor(
    readonly output: Output,
    /** Whether lines are drawn in place. */
    readonly live: boolean,
  ) {}

  line(text = ''): void {
    this.#erase();
    this.output.write(`${indented(text)}\n`);
    this.#draw();
  }

  /** A line with text of unknown origin. */
  foreign(text: string): void {
    this.line(clean(text));
  }

  /** Replaces the lines at the bottom; they must not be wider than the terminal. */
  setLive(lines: readonly string[]): void {
    if (!this.live) return;
    this.#erase();
    this.#live = lines;
    this.#draw();
  }

  /** Takes the lines at the bottom away while someone is asked. */
  async aside<T>(work: () => Promise<T>): Promise<T> {
    this.#erase();
    this.#paused += 1;
    try {
      return await work();
    } finally {
      this.#paused -= 1;
      this.#draw();
    }
  }

  #erase(): void {
    if (this.#drawn > 0) this.output.write(`\x1b[${this.#drawn}A\r\x1b[0J`);
    this.#drawn = 0;
  }

  #draw(): void {
    if (this.#paused > 0 || this.#live.length === 0) return;
    this.output.write(`${this.#live.join('\n')}\n`);
    this.#drawn = this.#live.length;
  }
}
