import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { RaftyardError } from '../../shared/errors.js';

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Default 10 minutes. */
  readonly timeoutMs?: number;
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  readonly code: number;
  /** Standard output and standard error as they came; the last 64 KiB. */
  readonly output: string;
}

const KEEP = 64 * 1024;

/** Runs a program on this computer, without a shell. A non-zero exit is a result. */
export function run(program: string, argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted) {
      reject(new RaftyardError('cancelled', 'Cancelled.'));
      return;
    }
    const child = spawn(program, argv, {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a group of its own: a cancelled mmdebstrap or apt-get ends with all its children
    });
    let output = '';
    let rest = '';
    const stop = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGTERM');
      } catch {
        // already gone
      }
    };
    const timer = setTimeout(stop, options.timeoutMs ?? 10 * 60_000);
    options.signal?.addEventListener('abort', stop, { once: true });
    const take = (chunk: Buffer) => {
      const text = chunk.toString('utf8');
      output = (output + text).slice(-KEEP);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') options.onLine?.(line.trim());
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const done = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', stop);
    };
    child.on('error', (error) => {
      done();
      reject(
        new RaftyardError('command-failed', `Cannot run ${program}: ${error.message}`, { cause: error }),
      );
    });
    child.on('close', (code) => {
      done();
      if (options.signal?.aborted) reject(new RaftyardError('cancelled', 'Cancelled.'));
      else resolve({ code: code ?? 1, output });
    });
  });
}

/** Like {@link run}, but a non-zero exit throws with the last lines. @throws RaftyardError command-failed */
export async function runOrThrow(
  what: string,
  program: string,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, output } = await run(program, argv, options);
  if (code !== 0) {
    const last = output.trim().split('\n').slice(-6).join('\n');
    throw new RaftyardError('command-failed', `${what} failed (${program} ended with ${code}):\n${last}`);
  }
  return output;
}

/** Path of a program, looked for in PATH and in the system directories that a user's PATH may lack. */
export async function which(program: string): Promise<string | null> {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((part) => part !== '');
  for (const directory of [...path, '/usr/local/sbin', '/usr/sbin', '/sbin']) {
    const file = join(directory, program);
    try {
      await access(file, constants.X_OK);
      return file;
    } catch {
      // not here
    }
  }
  return null;
}
