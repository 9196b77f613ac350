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
import type { KeptIn } from '../../../shared/shell/packet-filter.js';
import type { HostConnection } from '../types.js';
import { awaitDockerChains, forgetUnlessBroken, saveDockerChains } from './docker-chains.js';
import { closePacketFilter, openPacketFilter } from './packet-filter.js';
import { FIREWALL_SCRIPT, parseFirewall } from './read.js';

export { dockerChainsBroken, repairDockerChains } from './docker-chains.js';
export { parseFirewall } from './read.js';

export interface FirewallOptions {
  readonly signal?: AbortSignal;
}

export interface FirewallRuleOptions extends FirewallOptions {
  /** firewalld zone; its default zone when absent. */
  readonly zone?: string;
  /** iptables, nftables: the files that are loaded at boot. */
  readonly keptIn?: KeptIn;
}

/** firewalld's programs are slow on small machines: each call starts Python and talks over D-Bus. */
const TIMEOUT_MS = 60_000;

async function run(
  connection: HostConnection,
  commands: readonly (readonly string[])[],
  options: FirewallOptions,
): Promise<void> {
  for (const argv of commands) {
    const result = await connection.exec(argv, { root: true, timeoutMs: TIMEOUT_MS, ...signalOf(options) });
    if (result.code === 0) continue;
    const reason = (result.stderr.trim() || result.stdout.trim())
      .split('\n')
      .slice(0, 3)
      .join('; ')
      .slice(0, 400);
    throw new RaftyardError(
      'command-failed',
      `${argv[0] ?? ''} failed with exit code ${result.code}: ${reason}`,
      {
        host: connection.host.name,
        hint: `By hand, as root: ${argv.join(' ').slice(0, 300)}`,
      },
    );
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

/** How the rules are to be given: a firewalld that does not run takes them by its offline command. */
async function target(
  connection: HostConnection,
  kind: ManagedFirewall,
  options: FirewallRuleOptions,
): Promise<FirewallTarget> {
  const zone = options.zone === undefined ? {} : { zone: options.zone };
  if (kind !== 'firewalld') return zone;
  const state = await connection.exec(['firewall-cmd', '--state'], {
    root: true,
    timeoutMs: TIMEOUT_MS,
    ...signalOf(options),
  });
  return { ...zone, offline: state.code !== 0 };
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
  options: FirewallRuleOptions = {},
): Promise<void> {
  if (rules.length === 0) return;
  if (!isManaged(kind))
    return openPacketFilter(connection, kind, rules, options.keptIn ?? {}, signalOf(options));
  await run(connection, openCommands(kind, rules, await target(connection, kind, options)), options);
}

/** Takes rules away from the running firewall and from its permanent configuration; absent ones do no harm. */
export async function closeFirewall(
  connection: HostConnection,
  kind: OpenableFirewall,
  rules: readonly string[],
  options: FirewallRuleOptions = {},
): Promise<void> {
  if (rules.length === 0) return;
  if (!isManaged(kind))
    return closePacketFilter(connection, kind, rules, options.keptIn ?? {}, signalOf(options));
  await run(connection, closeCommands(kind, rules, await target(connection, kind, options)), options);
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
