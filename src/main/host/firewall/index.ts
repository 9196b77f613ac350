/** The firewall of a host: what it is, and the changes that Raftyard makes to it. */
import { RaftyardError } from '../../../shared/errors.js';
import type { FirewallFacts } from '../../../shared/plan/facts.js';
import {
  closeCommands,
  disableCommands,
  enableCommands,
  type FirewallTarget,
  isManaged,
  type ManagedFirewall,
  type OpenableFirewall,
  openCommands,
} from '../../../shared/shell/firewall.js';
import { BUS_STOPPED, type BusVerb, busScript } from '../../../shared/shell/firewalld-bus.js';
import type { ExecResult, HostConnection } from '../types.js';
import { awaitDockerChains, forgetUnlessBroken, saveDockerChains } from './docker-chains.js';
import { closePacketFilter, openPacketFilter } from './packet-filter.js';
import { FIREWALL_SCRIPT, parseFirewall } from './read.js';

export { dockerChainsBroken, repairDockerChains } from './docker-chains.js';
export { parseFirewall } from './read.js';

export interface FirewallOptions {
  readonly signal?: AbortSignal;
}

/** How rules are to be given, as the plan says it. */
export type RuleTarget = Omit<FirewallTarget, 'offline'>;

/** firewalld's programs are slow on small machines: each call starts Python. */
const TIMEOUT_MS = 60_000;

function refused(
  connection: HostConnection,
  program: string,
  result: ExecResult,
  byHand: readonly string[],
): RaftyardError {
  const reason = (result.stderr.trim() || result.stdout.trim())
    .split('\n')
    .slice(0, 3)
    .join('; ')
    .slice(0, 400);
  return new RaftyardError('command-failed', `${program} failed with exit code ${result.code}: ${reason}`, {
    host: connection.host.name,
    hint: `By hand, as root: ${byHand.join(' ').slice(0, 300)}`,
  });
}

async function run(
  connection: HostConnection,
  commands: readonly (readonly string[])[],
  options: FirewallOptions,
): Promise<void> {
  for (const argv of commands) {
    const result = await connection.exec(argv, { root: true, timeoutMs: TIMEOUT_MS, ...signalOf(options) });
    if (result.code !== 0) throw refused(connection, argv[0] ?? '', result, argv);
  }
}

const signalOf = (options: FirewallOptions): { signal?: AbortSignal } =>
  options.signal === undefined ? {} : { signal: options.signal };

/**
 * Reads the firewall's kind, state and rules.
 *
 * @param options.root false where the login user cannot be root: the rules then stay unknown (empty).
 */
export async function readFirewall(
  connection: HostConnection,
  options: FirewallOptions & { readonly root?: boolean } = {},
): Promise<FirewallFacts> {
  const result = await connection.script(FIREWALL_SCRIPT, [connection.host.advertise], {
    root: options.root ?? true,
    timeoutMs: TIMEOUT_MS,
    ...signalOf(options),
  });
  if (result.code !== 0) {
    throw new RaftyardError(
      'command-failed',
      `cannot read the firewall: ${result.stderr.trim().slice(0, 200)}`,
      {
        host: connection.host.name,
      },
    );
  }
  return parseFirewall(result.stdout);
}

/** Whether firewalld runs now: one that does not takes rules by its offline command. */
async function firewalldStopped(connection: HostConnection, options: FirewallOptions): Promise<boolean> {
  const state = await connection.exec(['firewall-cmd', '--state'], {
    root: true,
    timeoutMs: TIMEOUT_MS,
    ...signalOf(options),
  });
  return state.code !== 0;
}

/**
 * Gives rules to firewalld over D-Bus, all in one script.
 *
 * @returns false where it does not run, and nothing was changed.
 */
async function changedOverBus(
  connection: HostConnection,
  verb: BusVerb,
  rules: readonly string[],
  zone: string,
  options: FirewallOptions,
): Promise<boolean> {
  const result = await connection.script(busScript(verb, rules, zone), [], {
    root: true,
    timeoutMs: TIMEOUT_MS,
    ...signalOf(options),
  });
  if (result.code === BUS_STOPPED) return false;
  if (result.code === 0) return true;
  const commands = verb === 'add' ? openCommands : closeCommands;
  throw refused(connection, 'busctl', result, commands('firewalld', rules, { zone })[0] ?? []);
}

async function change(
  connection: HostConnection,
  verb: BusVerb,
  kind: ManagedFirewall,
  rules: readonly string[],
  { zone, bus }: RuleTarget,
  options: FirewallOptions,
): Promise<void> {
  const at = zone === undefined ? {} : { zone };
  const commands = verb === 'add' ? openCommands : closeCommands;
  if (kind !== 'firewalld') return run(connection, commands(kind, rules, at), options);
  const overBus = bus === true && zone !== undefined;
  if (overBus && (await changedOverBus(connection, verb, rules, zone, options))) return;
  const offline = overBus || (await firewalldStopped(connection, options));
  await run(connection, commands(kind, rules, { ...at, offline }), options);
}

/**
 * Adds rules (see `firewallRules`) to the running firewall and to its permanent configuration, without a reload.
 *
 * @throws RaftyardError command-failed, sudo-denied.
 */
export async function openFirewall(
  connection: HostConnection,
  kind: OpenableFirewall,
  rules: readonly string[],
  target: RuleTarget = {},
  options: FirewallOptions = {},
): Promise<void> {
  if (rules.length === 0) return;
  if (!isManaged(kind)) return openPacketFilter(connection, kind, rules, target.keptIn ?? {}, options);
  await change(connection, 'add', kind, rules, target, options);
}

/**
 * Takes rules away from the running firewall and from its permanent configuration; absent ones do no harm.
 *
 * @throws RaftyardError command-failed, sudo-denied.
 */
export async function closeFirewall(
  connection: HostConnection,
  kind: OpenableFirewall,
  rules: readonly string[],
  target: RuleTarget = {},
  options: FirewallOptions = {},
): Promise<void> {
  if (rules.length === 0) return;
  if (!isManaged(kind)) return closePacketFilter(connection, kind, rules, target.keptIn ?? {}, options);
  await change(connection, 'remove', kind, rules, target, options);
}

/**
 * Stops the firewall and keeps it from starting at boot. Docker's chains are written down first, so that
 * {@link repairDockerChains} can put them back without touching a container.
 */
export async function disableFirewall(
  connection: HostConnection,
  kind: ManagedFirewall,
  options: FirewallOptions = {},
): Promise<void> {
  if (kind === 'firewalld') await saveDockerChains(connection, options);
  await run(connection, disableCommands(kind), options);
  if (kind === 'firewalld') await forgetUnlessBroken(connection, options);
}

/** Starts the firewall (and waits until Docker has put its rules back), lets it start at boot, or both. */
export async function enableFirewall(
  connection: HostConnection,
  kind: ManagedFirewall,
  what: { readonly start: boolean; readonly boot: boolean },
  options: FirewallOptions = {},
): Promise<void> {
  if (kind === 'firewalld' && what.start) await saveDockerChains(connection, options);
  await run(connection, enableCommands(kind, what), options);
  if (kind !== 'firewalld' || !what.start) return;
  await awaitDockerChains(connection, options);
  await forgetUnlessBroken(connection, options);
}
