/** Running programs from the set-up scripts: plain Node, no dependencies. */
import { spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** An end that the person understands: one message, no stack. */
export class Stop extends Error {}

/**
 * Runs a program with its output on this terminal.
 * @returns {Promise<number>} its exit code (128 + signal number where a signal ended it)
 */
export function run(program, argv, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', (error) => reject(new Stop(`Cannot run ${program}: ${error.message}`)));
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/** Like run, but anything but 0 stops the script. */
export async function must(what, program, argv, options) {
  const code = await run(program, argv, options);
  if (code === 130) throw new Stop('Cancelled.');
  if (code !== 0) throw new Stop(`${what} failed (exit code ${code}); see above.`);
}

/** Whether a program is in PATH. */
export function has(program) {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { stdio: 'ignore' }).status === 0;
}

const colour = process.stdout.isTTY && !process.env.NO_COLOR;

export function heading(text) {
  console.log(colour ? `\n\x1b[1m== ${text}\x1b[0m` : `\n== ${text}`);
}

export function seconds(milliseconds) {
  const all = Math.round(milliseconds / 1000);
  return all < 60 ? `${all} s` : `${Math.floor(all / 60)} min ${all % 60} s`;
}

/** Runs a script's main function: a Stop is one line on standard error, anything else a bug. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = error.message === 'Cancelled.' ? 130 : 1;
  }
}
