/** The terminal: what is printed, how it is coloured, and how the person is asked. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { EXIT, Exit } from './exit.js';

export interface Terminal {
  /** A person sits there and can answer. */
  readonly interactive: boolean;
  readonly colour: boolean;
  out(line: string): void;
  err(line: string): void;
  ask(question: string): Promise<string>;
  /** Without echo. */
  askSecret(question: string): Promise<string>;
}

/** What hosts say never reaches the terminal with control characters or escape sequences in it. */
export function clean(text: string): string {
  return text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
const CODES: Record<Style, number> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

export function paint(terminal: Terminal, style: Style, text: string): string {
  return terminal.colour ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
}

async function prompt(question: string, hidden: boolean): Promise<string> {
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (hidden) process.stderr.write(question);
  const reader = createInterface({
    input: process.stdin,
    output: hidden ? muted : process.stderr,
    terminal: true,
  });
  try {
    return await reader.question(hidden ? '' : question);
  } finally {
    reader.close();
    if (hidden) process.stderr.write('\n');
  }
}

export function processTerminal(noColour: boolean): Terminal {
  const tty = process.stdout.isTTY === true;
  return {
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    colour: tty && !noColour && (process.env['NO_COLOR'] ?? '') === '',
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    ask: (question) => prompt(question, false),
    askSecret: (question) => prompt(question, true),
  };
}

/** `--yes`, or a person who types y; without a terminal it is a usage error. */
export async function confirmed(terminal: Terminal, yes: boolean, question: string): Promise<void> {
  if (yes) return;
  if (!terminal.interactive) {
    terminal.err('error: nobody can be asked here — give --yes to go on without a question');
    throw new Exit(EXIT.usage);
  }
  const answer = await terminal.ask(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) {
    terminal.err('Nothing was changed.');
    throw new Exit(EXIT.cancelled);
  }
}
