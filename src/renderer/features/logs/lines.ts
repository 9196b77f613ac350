/** Log lines as the view needs them. Pure. */
import type { LogLine } from '../../../shared/ipc/index.js';

export interface NumberedLine extends LogLine {
  readonly number: number;
}

/** Kept in the window: hours of a quiet agent, minutes of one in trouble. */
export const MAX_LINES = 20_000;

export function appendLines(before: readonly NumberedLine[], more: readonly LogLine[]): NumberedLine[] {
  let number = before.at(-1)?.number ?? 0;
  const added = more.map((line) => {
    number += 1;
    return { ...line, number };
  });
  return [...before, ...added].slice(-MAX_LINES);
}

/** Lines that hold all words, in any case. */
export function matching(lines: readonly NumberedLine[], words: string): readonly NumberedLine[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (wanted.length === 0) return lines;
  return lines.filter((line) => {
    const text = line.text.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

export type Level = 'error' | 'warn' | 'info' | 'debug' | 'other';

/** The level as Consul writes it: `[WARN]` or `[ERR]`, bracketed, after the time. */
export function levelOf(text: string): Level {
  const found = /\[(TRACE|DEBUG|INFO|WARN|ERR|ERROR|FATAL)\]/.exec(text)?.[1];
  if (found === undefined) return /^==> |error/i.test(text) && /error/i.test(text) ? 'error' : 'other';
  if (found === 'WARN') return 'warn';
  if (found === 'INFO') return 'info';
  return found === 'DEBUG' || found === 'TRACE' ? 'debug' : 'error';
}
