/** Commands on a cluster that runs, which need no plan. */
import type { Command } from 'commander';
import type { App } from './app.js';
import { type LookupCommandOptions, lookup } from './commands/lookup.js';
import { type MaintenanceOptions, maintenance } from './commands/maintenance.js';

type Act = <O extends object>(options: O, work: (app: App) => Promise<number>) => Promise<void>;

/** @param vaultOptions adds the options of where secrets are kept */
export function addLiveCommands(
  program: Command,
  act: Act,
  vaultOptions: (command: Command) => Command,
  { json, yes }: { readonly json: readonly [string, string]; readonly yes: readonly [string, string] },
): void {
  vaultOptions(program.command('lookup'))
    .description('show who answers for a name, by DNS and by HTTP, and why others do not; changes nothing')
    .argument('<file>', 'topology document')
    .argument(
      '<name>',
      'web, v1.web.service.east.consul, _web._tcp.service.consul, node2.node.consul, nearest.query.consul',
    )
    .option('--node <node>', 'node whose agent is asked (default: a server that is well)')
    .option('--datacenter <name>', 'look in this one where the name says none')
    .option(...json)
    .action((file: string, name: string, options: LookupCommandOptions) =>
      act(options, (app) => lookup(app, file, name, options)),
    );
  vaultOptions(program.command('maintenance'))
    .description('leave a node, or one of its services, out of DNS and health answers for a while')
    .argument('<file>', 'topology document')
    .requiredOption('--node <node>', 'the node')
    .option('--service <id>', 'only this service of it')
    .option('--on', 'put it into maintenance')
    .option('--off', 'take it out again')
    .option('--reason <text>', 'why, for whoever wonders')
    .option(...yes)
    .option(...json)
    .action((file: string, options: MaintenanceOptions) =>
      act(options, (app) => maintenance(app, file, options)),
    );
}
