/** The commands, their options and their help. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { EXPORT_FORMATS } from '../../shared/export/index.js';
import type { App, CommonOptions } from './app.js';
import { resetAcl } from './commands/acl-reset.js';
import { type ApplyCommandOptions, apply } from './commands/apply.js';
import {
  type CaOptions,
  type CertificatesOptions,
  importOwnCa,
  writeCertificates,
} from './commands/certificates.js';
import { type DestroyCommandOptions, destroy } from './commands/destroy.js';
import type { ExecuteOptions } from './commands/execute.js';
import { type ExportCommandOptions, exportFiles } from './commands/export.js';
import { type FetchImageCommandOptions, fetchImageFile, ownArchitecture } from './commands/fetch-image.js';
import { type ImportCommandOptions, importHosts } from './commands/import.js';
import { minQuorum } from './commands/min-quorum.js';
import { type PinOptions, pin } from './commands/pin.js';
import { type PlanCommandOptions, plan } from './commands/plan.js';
import {
  type RangeOptions,
  type RangeTopologyCommandOptions,
  type RangeUpCommandOptions,
  rangeDown,
  rangeStatus,
  rangeTopology,
  rangeUp,
  whole,
} from './commands/range.js';
import { rotate } from './commands/rotate.js';
import { exportKit, type KitOptions, type RestoreOptions, restoreKit } from './commands/secrets.js';
import { status } from './commands/status.js';
import { validate } from './commands/validate.js';
import type { Io } from './io.js';
import { addLiveCommands } from './live-commands.js';
import type { VaultOptions } from './vault.js';

/** Runs the work of the command that was chosen. */
export type Perform = (options: CommonOptions, work: (app: App) => Promise<number>) => Promise<void>;

const JSON_OPTION = ['--json', 'print JSON for machines'] as const;
const JSON_LINES = ['--json', 'print JSON, one event a line, for machines'] as const;
const YES = ['-y, --yes', 'agree to everything that would be asked (needed without a terminal)'] as const;
const VERBOSE = ['-v, --verbose', 'show everything: all checks, whole commands, output of hosts'] as const;
const BREAK_LOCK = ['--break-lock', 'take over a lock that someone else left on the hosts'] as const;
const ARCHIVE = [
  '--image-archive <tar>',
  'load the image from this `docker save` archive instead of pulling it',
] as const;
const ADOPT = [
  '--adopt',
  'take over Consul containers of the same names that Raftyard did not make',
] as const;
const EXPOSE = ['--expose-api', 'open Consul’s API to the network although no ACLs guard it'] as const;
const FORCE = ['--force', 'write over files of the same names'] as const;

const whole0 = (value: string): number => {
  if (!/^\d{1,4}$/.test(value)) throw new InvalidArgumentError('It is the number of a file descriptor.');
  return Number(value);
};
/** Where secrets are kept, on every command that may need one. */
const vaultOptions = (command: Command): Command =>
  command
    .option('--vault <file>', 'file with the keys of clusters (default: in Raftyard’s own folder)')
    .option('--vault-passphrase-file <file>', 'file that holds its passphrase, readable by you only')
    .option('--vault-passphrase-fd <n>', 'file descriptor to read its passphrase from', whole0);
const kitOptions = (command: Command): Command =>
  command
    .option('--kit-passphrase-file <file>', 'file that holds the kit’s passphrase, readable by you only')
    .option('--kit-passphrase-fd <n>', 'file descriptor to read the kit’s passphrase from', whole0);

const NAME = () => new Option('--name <name>', 'name of the range').default('default');
const list = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value];

const EXIT_CODES = `
Exit codes: 0 good, 1 failed or partly failed, 64 wrong usage, 65 invalid topology, 130 cancelled.
`;

/** The whole command tree; parsing calls `perform`. Errors of parsing are thrown (exitOverride). */
export function buildProgram(io: Io, perform: Perform, version: string): Command {
  const program = new Command('raftyard')
    .description('Raises HashiCorp Consul clusters on real Docker hosts over SSH, from one topology file.')
    .version(version)
    .option(
      '--accept-new-host-keys',
      'trust the keys of hosts that are not known yet (changed keys stay refused)',
    )
    .option('--no-color', 'no colours')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .addHelpText('after', EXIT_CODES);
  const act = <O extends object>(options: O, work: (app: App) => Promise<number>): Promise<void> =>
    perform({ ...program.opts<CommonOptions>(), ...options }, work);
  addDocumentCommands(program, act);
  addImageCommands(program, act);
  addClusterCommands(program, act);
  addLiveCommands(program, act, vaultOptions, { json: JSON_OPTION, yes: YES });
  addSecretCommands(program, act);
  addRangeCommands(program, act);
  return program;
}

type Act = <O extends object>(options: O, work: (app: App) => Promise<number>) => Promise<void>;

function addDocumentCommands(program: Command, act: Act): void {
  program
    .command('validate')
    .description('check a topology document; touches no host')
    .argument('<file>', 'topology document (.raftyard)')
    .option(...JSON_OPTION)
    .action((file: string, options: object) => act(options, (app) => validate(app, file)));
  program
    .command('export')
    .description('write start scripts, or files for other tools, for every host; touches no host')
    .argument('<file>', 'topology document')
    .requiredOption('--out <dir>', 'folder to write')
    .addOption(
      new Option('--format <format>', 'what to write')
        .choices([...EXPORT_FORMATS])
        .default(EXPORT_FORMATS[0]),
    )
    .addOption(
      new Option('--style <style>', 'bootstrap style instead of the document’s').choices([
        'classic',
        'robust',
      ]),
    )
    .option('--zip', 'also write DIR.zip')
    .option(...FORCE)
    .option(...JSON_OPTION)
    .action((file: string, options: ExportCommandOptions) =>
      act(options, (app) => exportFiles(app, file, options)),
    );
}

function addImageCommands(program: Command, act: Act): void {
  program
    .command('fetch-image')
    .description(
      'pull the image once, with this computer’s Docker, into a file for --image-archive; touches no host',
    )
    .argument('<file>', 'topology document')
    .requiredOption('--out <tar>', 'archive to write')
    .option('--architecture <name>', 'the hosts’, in Docker’s names: amd64, arm64 …', ownArchitecture())
    .option(...FORCE)
    .option(...JSON_OPTION)
    .action((file: string, options: FetchImageCommandOptions) =>
      act(options, (app) => fetchImageFile(app, file, options)),
    );
  program
    .command('pin')
    .description(
      'write the digest that the image stands for now into the document, so that every host is held to it; changes no host',
    )
    .argument('<file>', 'topology document')
    .option('--remove', 'take the digest out again; asks no host')
    .option(...JSON_OPTION)
    .action((file: string, options: PinOptions) => act(options, (app) => pin(app, file, options)));
}

function addClusterCommands(program: Command, act: Act): void {
  vaultOptions(program.command('plan'))
    .description('look at the hosts and show what apply would do; changes nothing')
    .argument('<file>', 'topology document')
    .option('--out <plan>', 'save the plan, for `raftyard apply PLAN`')
    .option('--detailed-exitcode', 'exit with 2 when there are changes')
    .option(...ADOPT)
    .option(...ARCHIVE)
    .option(...VERBOSE)
    .option(...JSON_OPTION)
    .action((file: string, options: PlanCommandOptions) => act(options, (app) => plan(app, file, options)));
  vaultOptions(program.command('apply'))
    .description('make the hosts what the document says')
    .argument('<file>', 'topology document, or a plan saved by `raftyard plan --out`')
    .option(...YES)
    .option(...ADOPT)
    .option(...EXPOSE)
    .option(...ARCHIVE)
    .option(...BREAK_LOCK)
    .option(...VERBOSE)
    .option(...JSON_LINES)
    .action((file: string, options: ApplyCommandOptions) => act(options, (app) => apply(app, file, options)));
  vaultOptions(program.command('status'))
    .description('show what Consul itself says; exit code 1 when the cluster is not healthy')
    .argument('<file>', 'topology document')
    .option(...JSON_OPTION)
    .action((file: string, options: VaultOptions) => act(options, (app) => status(app, file, options)));
  program
    .command('destroy')
    .description('remove from the hosts what Raftyard made there')
    .argument('<file>', 'topology document')
    .option('--keep-data', 'leave the data volumes')
    .option(...YES)
    .option(...BREAK_LOCK)
    .option(...VERBOSE)
    .option(...JSON_LINES)
    .action((file: string, options: DestroyCommandOptions) =>
      act(options, (app) => destroy(app, file, options)),
    );
  program
    .command('import')
    .description('write a topology document from Consul containers that already run; changes no host')
    .addOption(
      new Option('--host <[name=]user@address[:port]>', 'a host; once for each')
        .argParser(list)
        .makeOptionMandatory(),
    )
    .option('--identity <key>', 'private key file for all of them')
    .option('--out <file>', 'document to write (standard output by default)')
    .option(...FORCE)
    .option(...JSON_OPTION)
    .action((options: ImportCommandOptions) => act(options, (app) => importHosts(app, options)));
}

function addSecretCommands(program: Command, act: Act): void {
  vaultOptions(program.command('rotate'))
    .description('change the gossip key of a secured cluster, without a restart')
    .argument('<file>', 'topology document')
    .option(...YES)
    .option(...BREAK_LOCK)
    .option(...VERBOSE)
    .option(...JSON_LINES)
    .action((file: string, options: ExecuteOptions & VaultOptions) =>
      act(options, (app) => rotate(app, file, options)),
    );
  vaultOptions(program.command('acl-reset'))
    .description('make new tokens where the management token is lost')
    .argument('<file>', 'topology document')
    .option(...YES)
    .option(...BREAK_LOCK)
    .option(...VERBOSE)
    .option(...JSON_LINES)
    .action((file: string, options: ExecuteOptions & VaultOptions) =>
      act(options, (app) => resetAcl(app, file, options)),
    );
  vaultOptions(program.command('min-quorum'))
    .description('let autopilot keep as many servers as the document has, from now on')
    .argument('<file>', 'topology document')
    .option(...YES)
    .option(...BREAK_LOCK)
    .option(...VERBOSE)
    .option(...JSON_LINES)
    .action((file: string, options: ExecuteOptions & VaultOptions) =>
      act(options, (app) => minQuorum(app, file, options)),
    );
  const secrets = program.command('secrets').description('the keys that Raftyard made for clusters');
  kitOptions(vaultOptions(secrets.command('kit')))
    .description('write a cluster’s keys into a recovery kit')
    .argument('<file>', 'topology document')
    .requiredOption('--out <kit>', 'file to write')
    .option(...JSON_OPTION)
    .action((file: string, options: KitOptions) => act(options, (app) => exportKit(app, file, options)));
  kitOptions(vaultOptions(secrets.command('restore')))
    .description('put the keys of a recovery kit into the vault')
    .argument('<kit>', 'recovery kit')
    .option('--force', 'put them in the place of others')
    .option(...JSON_OPTION)
    .action((kit: string, options: RestoreOptions) => act(options, (app) => restoreKit(app, kit, options)));
  vaultOptions(secrets.command('ca'))
    .description(
      'let the cluster’s certificates come from a CA of your own, before TLS is applied for the first time',
    )
    .argument('<file>', 'topology document')
    .requiredOption('--cert <pem>', 'the CA’s certificate')
    .requiredOption('--key <pem>', 'its key, without a passphrase')
    .option(...JSON_OPTION)
    .action((file: string, options: CaOptions) => act(options, (app) => importOwnCa(app, file, options)));
  vaultOptions(secrets.command('certificates'))
    .description('write each host’s certificates into a folder, for exported scripts and playbooks')
    .argument('<file>', 'topology document')
    .requiredOption('--out <folder>', 'folder to write')
    .option('--force', 'write over files that are there')
    .option(...JSON_OPTION)
    .action((file: string, options: CertificatesOptions) =>
      act(options, (app) => writeCertificates(app, file, options)),
    );
}

function addRangeCommands(program: Command, act: Act): void {
  const range = program
    .command('range')
    .description('practice hosts: throw-away containers on this computer');
  range
    .command('up')
    .description('start practice hosts; installs and builds what is missing')
    .addOption(NAME())
    .option('--hosts <n>', 'how many, 1 to 16 (default: 3)', whole('--hosts', 1, 16))
    .option(
      '--consul <file...>',
      'Consul for the hosts: a consul program for Linux, or an archive of docker save; the first is what topologies use',
    )
    .option('--consul-image <reference...>', 'Consul for the hosts, pulled from a registry')
    .option(...YES)
    .option(...JSON_LINES)
    .action((options: RangeUpCommandOptions) => act(options, (app) => rangeUp(app, options)));
  range
    .command('status')
    .description('show the hosts and how to log in; exit code 1 when they are not up')
    .addOption(NAME())
    .option(...JSON_OPTION)
    .action((options: RangeOptions) => act(options, (app) => rangeStatus(app, options)));
  range
    .command('down')
    .description('remove the hosts and everything on them')
    .addOption(NAME())
    .option(...JSON_LINES)
    .action((options: RangeOptions) => act(options, (app) => rangeDown(app, options)));
  const choice = (flags: string, about: string, ...values: string[]): Option =>
    new Option(flags, about).choices(values);
  range
    .command('topology')
    .description('write a topology document for the hosts that are up')
    .addOption(NAME())
    .option('--out <file>', 'document to write (standard output by default)')
    .option('--image <reference>', 'image instead of the range’s first')
    .addOption(choice('--bootstrap <style>', 'bootstrap style', 'robust', 'classic'))
    .addOption(choice('--api <exposure>', 'who reaches Consul’s HTTP API', 'loopback', 'exposed'))
    .addOption(choice('--firewall <mode>', 'what happens to the firewall', 'open', 'disable', 'leave'))
    .addOption(choice('--data <mode>', 'kind of data volume', 'volume', 'anonymous'))
    .addOption(choice('--user <user>', 'login user', 'root', 'op', 'nodocker', 'pw'))
    .option('--servers <n>', 'how many servers (default: 3)', whole('--servers', 1, 16))
    .option('--clients <n>', 'how many clients (default: none)', whole('--clients', 0, 15))
    .option(...FORCE)
    .option(...JSON_OPTION)
    .action((options: RangeTopologyCommandOptions) => act(options, (app) => rangeTopology(app, options)));
}
