/** The process as input and output of the command line. */
import { createInterface } from 'node:readline';
import { RaftyardError } from '../../shared/errors.js';
import type { Io, Output } from './io.js';

const cancelled = (): RaftyardError => new RaftyardError('cancelled', 'cancelled');

function output(stream: NodeJS.WriteStream): Output {
  // A reader that went away (`| head`) is no error of ours.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(process.exitCode ?? 0);
  });
  return {
    write: (text) => {
      stream.write(text);
    },
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

function ask(question: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
    let answered = false;
    lines.once('SIGINT', () => {
      answered = true;
      lines.close();
      process.stderr.write('\n');
      reject(cancelled());
    });
    lines.once('close', () => {
      process.stdin.pause();
      if (!answered) resolve(null);
    });
    lines.question(question, (answer) => {
      answered = true;
      lines.close();
      resolve(answer);
    });
  });
}

export interface Typed {
  readonly line: string;
  readonly end?: 'enter' | 'cancel' | 'eof';
}

/** What typing does to a line that is not shown. */
export function typed(line: string, input: string): Typed {
  let now = line;
  for (const character of input) {
    if (character === '\r' || character === '\n') return { line: now, end: 'enter' };
    if (character === '\x03') return { line: now, end: 'cancel' };
    if (character === '\x04') return { line: now, end: now === '' ? 'eof' : 'enter' };
    if (character === '\x7f' || character === '\b') now = [...now].slice(0, -1).join('');
    else if (character === '\x15') now = '';
    else if (character >= ' ') now += character;
  }
  return { line: now };
}

function askHidden(question: string): Promise<string | null> {
  const { stdin, stderr } = process;
  return new Promise((resolve, reject) => {
    let line = '';
    stderr.write(question);
    stdin.setRawMode(true);
    stdin.setEncoding('utf8');
    const stop = (): void => {
      stdin.off('data', read);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    };
    const read = (chunk: Buffer | string): void => {
      const next = typed(line, chunk.toString());
      line = next.line;
      if (next.end === undefined) return;
      stop();
      if (next.end === 'cancel') reject(cancelled());
      else resolve(next.end === 'eof' ? null : line);
    };
    stdin.on('data', read);
    stdin.resume();
  });
}

/** The real thing. */
export function processIo(): Io {
  const stdout = output(process.stdout);
  const stderr = output(process.stderr);
  return {
    stdout,
    stderr,
    env: process.env,
    // Questions go to standard error, so that standard output holds nothing but the result.
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    ask,
    askHidden,
    onInterrupt: (listener) => {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
    abandon: (code) => process.exit(code),
  };
}
