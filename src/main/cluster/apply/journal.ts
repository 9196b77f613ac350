/** The journal of applies on this computer: one JSON line an event, so that a killed apply can be told of and gone on with. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgressEvent } from '../types.js';

export interface Interrupted {
  readonly plan: string;
  readonly startedAt: string;
  readonly done: number;
}

function another(open: Interrupted | null): Interrupted | null {
  return open === null ? null : { ...open, done: open.done + 1 };
}

export class Journal {
  readonly #path: string;

  constructor(directory: string, clusterId: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#path = join(directory, `${clusterId}.jsonl`);
  }

  /** Output of commands stays out: it may hold anything. */
  write(event: ProgressEvent): void {
    if (event.type === 'output') return;
    if (event.type === 'step' && event.progress !== undefined) return;
    appendFileSync(this.#path, `${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`, {
      mode: 0o600,
    });
  }

  /** The last apply, when it did not come to its summary. */
  interrupted(): Interrupted | null {
    let lines: string[];
    try {
      lines = readFileSync(this.#path, 'utf8').trimEnd().split('\n');
    } catch {
      return null;
    }
    let open: Interrupted | null = null;
    for (const line of lines) {
      // A kill may cut the last line short; what cannot be read says nothing.
      let event: { type?: unknown; plan?: unknown; at?: unknown; state?: unknown };
      try {
        event = JSON.parse(line) as typeof event;
      } catch {
        continue;
      }
      if (event.type === 'plan') open = { plan: String(event.plan), startedAt: String(event.at), done: 0 };
      else if (event.type === 'summary') open = null;
      else if (event.type === 'step' && event.state === 'done') open = another(open);
    }
    return open;
  }
}
