/** What every command has at hand: the terminal, the document, connections that ask on the terminal. */
import { readFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { RaftyardError } from '../../shared/errors.js';
import { readTopology } from '../../shared/topology/index.js';
import type { Finding, Host, Topology } from '../../shared/topology/types.js';
import type { UseCaseContext } from '../cluster/index.js';
import type { ProgressEvent } from '../cluster/types.js';
import { createConnector } from '../host/index.js';
import { raftyardHome } from '../store/paths.js';
import { EXIT, Exit } from './exit.js';
import { clean, paint, type Terminal } from './terminal.js';

export interface GlobalOptions {
  readonly acceptNewHostKeys?: boolean;
  readonly json?: boolean;
}

export function printFindings(terminal: Terminal, file: string, findings: readonly Finding[]): void {
  for (const finding of findings) {
    const place = finding.line === undefined ? file : `${file}:${finding.line}:${finding.column ?? 1}`;
    const word = paint(terminal, finding.severity === 'error' ? 'red' : 'yellow', finding.severity);
    terminal.err(clean(`${place}: ${word} ${finding.code}: ${finding.message}`));
  }
}

export interface Loaded {
  readonly topology: Topology;
  readonly text: string;
  readonly findings: readonly Finding[];
}

const MAX_FILE = 4 * 1024 * 1024;

export async function readText(file: string): Promise<string> {
  try {
    const data = await readFile(file);
    if (data.length > MAX_FILE)
      throw new RaftyardError(
        'invalid-topology',
        `${file} is larger than any topology (${data.length} bytes)`,
      );
    return data.toString('utf8');
  } catch (error) {
    if (error instanceof RaftyardError) throw error;
    throw new RaftyardError(
      'io',
      `${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
      {
        hint: 'Check the path.',
      },
    );
  }
}

/** Reads and validates; an invalid document ends with 65 after all its findings were printed. */
export async function load(terminal: Terminal, file: string, quiet = false): Promise<Loaded> {
  const text = await readText(file);
  const { topology, findings } = readTopology(text);
  if (topology === undefined) {
    printFindings(terminal, file, findings);
    throw new Exit(EXIT.invalid);
  }
  if (!quiet) printFindings(terminal, file, findings);
  return { topology, text, findings };
}

/** Runs something with connections that are always closed, and Ctrl-C that cancels cleanly. */
export async function withContext<T>(
  terminal: Terminal,
  hosts: readonly Host[],
  options: GlobalOptions,
  use: (context: UseCaseContext) => Promise<T>,
  onEvent?: (event: ProgressEvent) => void,
): Promise<T> {
  const controller = new AbortController();
  let asked = 0;
  const interrupt = (): void => {
    asked += 1;
    if (asked > 1) process.exit(EXIT.cancelled);
    terminal.err('Cancelling: running steps end, nothing new starts. Ctrl-C again stops at once.');
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // Questions of several hosts come one after another, never over each other.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(question: () => Promise<R>): Promise<R> => {
    const answer = turn.then(question);
    turn = answer.catch(() => undefined);
    return answer;
  };
  const connector = createConnector({
    hosts,
    prompts: {
      hostKey: async (question) => {
        if (options.acceptNewHostKeys === true) return true;
        if (!terminal.interactive) return false;
        return await inTurn(async () => {
          terminal.err(
            clean(
              `${question.host} (${question.address} port ${question.port}) shows a ${question.keyType} key not seen before:`,
            ),
          );
          terminal.err(`  ${question.fingerprint}`);
          const answer = await terminal.ask('Is it the right host? Type yes to trust this key: ');
          return answer.trim().toLowerCase() === 'yes';
        });
      },
      secret: async (question) =>
        terminal.interactive ? await inTurn(() => terminal.askSecret(clean(`${question.prompt}: `))) : null,
    },
  });
  try {
    return await use({
      connector,
      signal: controller.signal,
      journalDir: join(raftyardHome(), 'journal'),
      holder: `${userInfo().username}@${hostname()}`,
      ...(onEvent === undefined ? {} : { onEvent }),
    });
  } finally {
    await connector.close();
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
  }
}
