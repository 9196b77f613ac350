/** What a login shell writes of its own (a greeting in its profile) is told from what the command writes. */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';

/** Unique to one command; letters and digits only, the same in every shell. */
export function newMark(): string {
  return `raftyard${randomBytes(9).toString('hex')}`;
}

/** More than this before the mark is no greeting: nothing is held back any longer. */
const MOST_BYTES = 1024 * 1024;

/** Holds back what comes before the mark, and the mark itself; everything behind it passes. */
export class Preface {
  #held: Buffer | null = Buffer.alloc(0);

  constructor(readonly mark: string) {}

  pass(chunk: Buffer): Buffer {
    if (this.#held === null) return chunk;
    const all = Buffer.concat([this.#held, chunk]);
    const at = all.indexOf(this.mark, 0, 'latin1');
    if (at >= 0) {
      this.#held = null;
      return all.subarray(at + this.mark.length);
    }
    if (all.length > MOST_BYTES) {
      this.#held = null;
      return all;
    }
    this.#held = all;
    return Buffer.alloc(0);
  }

  /** Nothing is held back any longer. */
  get ended(): boolean {
    return this.#held === null;
  }

  /** What was held back where no mark ever came: the shell ran nothing, and says why here. */
  rest(): Buffer {
    const held = this.#held ?? Buffer.alloc(0);
    this.#held = null;
    return held;
  }
}

/** Reads a channel up to the mark; what follows is left in it. Ends as well when the channel does. */
export function skipPreface(channel: Duplex, mark: string): Promise<void> {
  const preface = new Preface(mark);
  return new Promise((resolve) => {
    const done = (): void => {
      channel.removeListener('readable', read);
      channel.removeListener('end', done);
      channel.removeListener('close', done);
      resolve();
    };
    const read = (): void => {
      for (
        let chunk = channel.read() as Buffer | null;
        chunk !== null;
        chunk = channel.read() as Buffer | null
      ) {
        const behind = preface.pass(chunk);
        if (!preface.ended) continue;
        if (behind.length > 0) channel.unshift(behind);
        done();
        return;
      }
    };
    channel.on('readable', read);
    channel.once('end', done);
    channel.once('close', done);
    read();
  });
}
