/** One call of `raftyard`, from arguments to exit code. */
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { App, perform } from './app.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import { buildProgram } from './program.js';
import { type Services, services } from './services.js';

function version(): string {
  const found: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  return typeof found === 'object' && found !== null && 'version' in found ? String(found.version) : '';
}

/**
 * Runs the command line. Never throws.
 *
 * @param argv arguments after the program's name
 * @returns the exit code: 0 good, 1 failed, 2 changes (`plan --detailed-exitcode`), 64 usage, 65 invalid topology,
 * 130 cancelled
 */
export async function run(argv: readonly string[], io: Io, use: Services = services): Promise<number> {
  let code: number = EXIT.good;
  const json = argv.includes('--json');
  const program = buildProgram(
    io,
    async (options, work) => {
      code = await perform(new App(io, use, options), work);
    },
    version(),
  );
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return new App(io, use, { json }).fail(error);
    if (error.exitCode === 0) return EXIT.good;
    // Commander has told it on standard error; machines read standard output.
    if (json) {
      const envelope = { code: 'usage', message: error.message, retryable: false };
      new App(io, use, { json }).event({ type: 'error', error: envelope });
    }
    return EXIT.usage;
  }
}
