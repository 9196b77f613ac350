/** The command line: arguments in, an exit code out. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { toEnvelope } from '../../shared/errors.js';
import { readTopology } from '../../shared/topology/index.js';
import { status } from '../cluster/index.js';
import { EXIT, Exit } from './exit.js';
import { exportCommand } from './exporting.js';
import { importCommand } from './importing.js';
import { applyCommand, destroyCommand, planCommand } from './planning.js';
import { printStatus } from './print.js';
import { rangeDownCommand, rangeStatusCommand, rangeTopologyCommand, rangeUpCommand } from './ranging.js';
import { type GlobalOptions, load, printFindings, readText, withContext } from './session.js';
import { clean, paint, processTerminal, type Terminal } from './terminal.js';

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

const collect = (value: string, all: string[]): string[] => [...all, value];

async function validateCommand(
  terminal: Terminal,
  file: string,
  options: { json?: boolean },
): Promise<number> {
  const { topology, findings } = readTopology(await readText(file));
  const valid = topology !== undefined;
  if (options.json === true) terminal.out(JSON.stringify({ file, valid, findings }));
  else {
    printFindings(terminal, file, findings);
    const warnings = findings.filter((finding) => finding.severity === 'warning').length;
    if (valid)
      terminal.out(
        `${file} is valid${warnings === 0 ? '' : `, with ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`}.`,
      );
  }
  return valid ? EXIT.good : EXIT.invalid;
}

async function statusCommand(terminal: Terminal, file: string, options: GlobalOptions): Promise<number> {
  const { topology } = await load(terminal, file, true);
  const now = await withContext(terminal, topology.hosts, options, (context) => status(topology, context));
  if (options.json === true) terminal.out(JSON.stringify(now));
  else printStatus(terminal, now);
  return now.healthy ? EXIT.good : EXIT.failed;
}

/** @param done takes the exit code of the command that ran. */
function build(terminal: Terminal, done: (code: number) => void): Command {
  const program = new Command('raftyard')
    .description('Raise, check and take down HashiCorp Consul clusters on Docker hosts, over SSH.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
    .option('--no-color', 'plain output')
    .showHelpAfterError('(see --help)');
  const hostKeys = (command: Command): Command =>
    command.option('--accept-new-host-keys', 'trust keys of hosts not seen before, without asking');
  const sub = (name: string, text: string): Command => program.command(name).description(text).exitOverride();

  sub('validate <file>', 'check a topology document')
    .option('--json', 'for machines')
    .action(async (file: string, options) => done(await validateCommand(terminal, file, options)));
  hostKeys(sub('plan <file>', 'show what apply would do'))
    .option('--json', 'the plan as JSON')
    .option('--out <plan>', 'write the plan to a file, for apply')
    .option('--adopt', 'take over running containers of the same names as they are')
    .option('--image-archive <tar>', 'load images from this `docker save` file instead of pulling')
    .option('--detailed-exitcode', 'exit with 2 when there are changes')
    .action(async (file: string, options) => done(await planCommand(terminal, file, options)));
  hostKeys(sub('apply <file>', 'bring the hosts to what the document (or a plan file) says'))
    .option('--yes', 'do not ask')
    .option('--json', 'one event a line')
    .option('--adopt', 'take over running containers of the same names as they are')
    .option('--image-archive <tar>', 'load images from this `docker save` file instead of pulling')
    .option('--break-lock', 'take a lock that someone else left')
    .action(async (file: string, options) => done(await applyCommand(terminal, file, options)));
  hostKeys(sub('status <file>', 'the cluster as Consul itself sees it; exit 1 when unhealthy'))
    .option('--json', 'for machines')
    .action(async (file: string, options) => done(await statusCommand(terminal, file, options)));
  hostKeys(sub('destroy <file>', 'take away what Raftyard made, and put back what was there before'))
    .option('--yes', 'do not ask')
    .option('--json', 'one event a line')
    .option('--keep-data', 'leave the data volumes')
    .option('--break-lock', 'take a lock that someone else left')
    .action(async (file: string, options) => done(await destroyCommand(terminal, file, options)));
  hostKeys(sub('import', 'a document from Consul containers that already run'))
    .option('--host <user@host[:port]>', 'a host to look at; repeat for each', collect, [])
    .option('--identity <file>', 'private key for these hosts')
    .option('--out <file>', 'write the document there')
    .action(async (options) => done(await importCommand(terminal, options)));
  sub('export <file>', 'start scripts for each host, to run by hand')
    .addOption(new Option('--format <format>').choices(['scripts']).default('scripts'))
    .addOption(
      new Option('--style <style>', 'bootstrap style; the document’s by default').choices([
        'classic',
        'robust',
      ]),
    )
    .requiredOption('--out <dir>', 'folder to write')
    .option('--zip', 'also a zip beside it')
    .option('--force', 'into a folder that is not empty')
    .action(async (file: string, options) => done(await exportCommand(terminal, file, options)));
  rangeCommands(sub('range', 'practice hosts on this computer'), terminal, done);
  return program;
}

function rangeCommands(range: Command, terminal: Terminal, done: (code: number) => void): void {
  const sub = (name: string, text: string): Command =>
    range
      .command(name)
      .description(text)
      .exitOverride()
      .option('--name <name>', 'name of the range', 'default');
  sub('up', 'raise them; installs and starts what is missing')
    .option('--hosts <n>', 'how many, 1 to 16', wholeNumber)
    .option('--yes', 'do not ask')
    .option('--json', 'for machines')
    .action(async (options) => done(await rangeUpCommand(terminal, options)));
  sub('status', 'what is up')
    .option('--json', 'for machines')
    .action(async (options) => done(await rangeStatusCommand(terminal, options)));
  sub('down', 'remove them and all that is on them').action(async (options) =>
    done(await rangeDownCommand(terminal, options)),
  );
  sub('topology', 'a ready document for the hosts that are up')
    .option('--out <file>', 'write it there')
    .option('--image <reference>', 'Consul image')
    .addOption(new Option('--bootstrap <style>').choices(['robust', 'classic']))
    .addOption(new Option('--user <user>', 'login user').choices(['root', 'op', 'pw', 'nodocker']))
    .action(async (options) => done(await rangeTopologyCommand(terminal, options)));
}

function printError(terminal: Terminal, error: unknown): number {
  const envelope = toEnvelope(error);
  const host = envelope.host === undefined ? '' : ` (${envelope.host})`;
  const hint = envelope.hint === undefined ? '' : ` — ${envelope.hint}`;
  terminal.err(clean(`${paint(terminal, 'red', 'error:')} ${envelope.message}${host}${hint}`));
  if (process.env['RAFTYARD_DEBUG'] === '1' && error instanceof Error) terminal.err(error.stack ?? '');
  if (envelope.code === 'usage') return EXIT.usage;
  if (envelope.code === 'invalid-topology') return EXIT.invalid;
  return envelope.code === 'cancelled' ? EXIT.cancelled : EXIT.failed;
}

/** Runs one command. Never throws: what goes wrong is printed and becomes the exit code. */
export async function run(
  argv: readonly string[],
  terminal: Terminal = processTerminal(argv.includes('--no-color')),
): Promise<number> {
  let code: number = EXIT.good;
  try {
    const program = build(terminal, (result) => {
      code = result;
    });
    if (argv.length === 0) {
      terminal.err(program.helpInformation());
      return EXIT.usage;
    }
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.usage;
    return printError(terminal, error);
  }
}
