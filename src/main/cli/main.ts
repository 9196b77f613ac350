/** Entry of `bin/raftyard.js`. */
import { EXIT } from './exit.js';
import { run } from './run.js';
import { processIo } from './terminal.js';

/** Runs the command line of this process and sets its exit code. */
export async function main(): Promise<void> {
  process.on('uncaughtException', (error) => {
    const text = process.env['RAFTYARD_DEBUG'] === '1' ? (error.stack ?? error.message) : error.message;
    process.stderr.write(`error: ${text} — internal error; RAFTYARD_DEBUG=1 shows where\n`);
    process.exit(EXIT.failed);
  });
  process.exitCode = await run(process.argv.slice(2), processIo());
  // Nothing should be open any more; should something be, it does not keep the person waiting.
  setTimeout(() => process.exit(), 3000).unref();
}
