/** Docker's log stream as lines. */
import { StringDecoder } from 'node:string_decoder';
import type { LogLine } from '../../../shared/ipc/types.js';

/** A line that is longer is cut: nobody reads it, and the window would draw it. */
const LONGEST = 16 * 1024;
const HEADER = 8;

/** Terminal codes of colours and cursors, then other control characters but the tab. */
function plain(text: string): string {
  return text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, '');
}

/** `2026-11-23T05:00:00.123456789Z text`, as `timestamps` gives it. */
const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s;

class Half {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(
    readonly stream: LogLine['stream'],
    readonly onLine: (line: LogLine) => void,
  ) {}

  take(bytes: Buffer): void {
    const parts = (this.#rest + this.#decoder.write(bytes)).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#line(part);
    if (this.#rest.length > 2 * LONGEST) this.#rest = this.#rest.slice(0, 2 * LONGEST);
  }

  end(): void {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
  }

  #line(whole: string): void {
    const [, at = '', text = whole] = STAMPED.exec(whole) ?? [];
    this.onLine({ stream: this.stream, at, text: plain(text).slice(0, LONGEST) });
  }
}

/**
 * Takes the bytes of a log apart: frames of eight bytes of header and a payload, or, for a container with a terminal, plain
 * output (https://docs.docker.com/reference/api/engine/version/v1.47/#tag/Container/operation/ContainerAttach).
 */
export class LogSplitter {
  readonly #out: Half;
  readonly #err: Half;
  #rest: Buffer = Buffer.alloc(0);

  constructor(
    readonly terminal: boolean,
    onLine: (line: LogLine) => void,
  ) {
    this.#out = new Half('stdout', onLine);
    this.#err = new Half('stderr', onLine);
  }

  take(bytes: Buffer): void {
    if (this.terminal) {
      this.#out.take(bytes);
      return;
    }
    let rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (rest.length >= HEADER) {
      const size = rest.readUInt32BE(4);
      if (rest.length < HEADER + size) break;
      const half = rest[0] === 2 ? this.#err : this.#out;
      half.take(rest.subarray(HEADER, HEADER + size));
      rest = rest.subarray(HEADER + size);
    }
    this.#rest = rest;
  }

  /** The stream is over: what has no line end is a line too. */
  end(): void {
    this.#out.end();
    this.#err.end();
  }
}
