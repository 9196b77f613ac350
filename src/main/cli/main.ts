import { run } from './run.js';

/** Runs the command that this process was started with; the exit code is the process's. */
export async function main(): Promise<void> {
  process.exitCode = await run(process.argv.slice(2));
}
