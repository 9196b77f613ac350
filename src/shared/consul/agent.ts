/** The command of a Consul agent's container. */
import type { ApiExposure, BootstrapStyle, Role } from '../topology/types.js';
import { flagName, knowsFlag, takesValue } from './capabilities.js';
import type { ImageFamily } from './image.js';

/** What Consul calls a datacenter that has not been named. */
export const DEFAULT_DATACENTER = 'dc1';

export interface AgentQuestion {
  readonly family: ImageFamily;
  readonly style: BootstrapStyle;
  readonly role: Role;
  readonly datacenter: string;
  readonly advertise: string;
  /** Where servers of other datacenters reach it, if that is another address. */
  readonly advertiseWan?: string;
  /** Number of servers of the datacenter. */
  readonly servers: number;
  /** Classic style: this is the server with the bootstrap flag. */
  readonly bootstrap: boolean;
  /** Addresses to join on the LAN, never the agent's own: joining oneself counts as success (consul #2868). */
  readonly join: readonly string[];
  /** Addresses of servers of other datacenters, to join over WAN gossip; of use to servers only. */
  readonly wanJoin?: readonly string[];
  readonly api: ApiExposure;
  /** Configuration directories besides the image's own. */
  readonly configDirs: readonly string[];
  /** Extra agent options, at the end: Consul takes the last of an option given twice. */
  readonly options: readonly string[];
}

/** Consul wants an IPv6 address to join with its port, in brackets. */
export function joinAddress(address: string, port = 8301): string {
  return address.includes(':') ? `[${address}]:${port}` : address;
}

/** After how long an agent tries again to join: what its command line says, or else Consul's default. */
export const RETRY_INTERVAL_SECONDS: Readonly<Record<AgentQuestion['style'], number>> = {
  robust: 1,
  classic: 30,
};

/** WAN federation. Source: https://developer.hashicorp.com/consul/docs/east-west/wan-federation/create */
function wanArguments({ style, role, advertiseWan, wanJoin = [] }: AgentQuestion): string[] {
  if (role === 'client' || wanJoin.length === 0) return [];
  return [
    ...(advertiseWan === undefined ? [] : ['-advertise-wan', advertiseWan]),
    ...wanJoin.flatMap((address) => ['-retry-join-wan', joinAddress(address, 8302)]),
    ...(style === 'robust' ? ['-retry-interval-wan', '5s'] : []),
  ];
}

function bootstrapArguments({ style, role, servers, bootstrap }: AgentQuestion): string[] {
  if (role === 'client') return [];
  if (style === 'robust') return ['-bootstrap-expect', String(servers)];
  if (!bootstrap) return [];
  return servers === 1 ? ['-bootstrap'] : ['-bootstrap-expect', String(servers)];
}

function clientArguments({ family, api }: AgentQuestion): string[] {
  if (api === 'exposed') return family.listensEverywhere ? [] : ['-client', '0.0.0.0'];
  return family.listensEverywhere ? ['-client', '127.0.0.1'] : [];
}

/**
 * Whether the agent of an image takes an option, as far as its version is known: one that it does not know keeps it from
 * starting, and so does a value that it does not know (`-raft-protocol=2` from 1.9 on).
 */
export function takesOption({ version }: Pick<ImageFamily, 'version'>, option: string): boolean {
  if (version === undefined) return true;
  const [{ name, value } = { name: '' }] = parseAgentCommand([option]);
  return knowsFlag(version, option) && takesValue(version, 'flag', name, value);
}

/**
 * Arguments after the image, in the order of the tutorial, then what it does not show.
 *
 * Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file and, for 0.5.2, the options
 * that {@link knowsFlag} lists.
 */
export function agentArguments(question: AgentQuestion): string[] {
  const { family, style, role, datacenter, advertise, join, configDirs, options } = question;
  return [
    ...family.commandPrefix,
    ...(role === 'server' ? ['-server'] : []),
    '-advertise',
    advertise,
    // The default bind address 0.0.0.0 takes IPv4 only.
    ...(advertise.includes(':') ? ['-bind', '::'] : []),
    ...bootstrapArguments(question),
    ...join.flatMap((address) => ['-retry-join', joinAddress(address)]),
    ...(style === 'robust' && join.length > 0
      ? ['-retry-interval', `${RETRY_INTERVAL_SECONDS.robust}s`]
      : []),
    ...wanArguments(question),
    ...(datacenter === DEFAULT_DATACENTER ? [] : [family.datacenterFlag, datacenter]),
    ...clientArguments(question),
    ...(role === 'server' && !family.hasUi ? ['-ui'] : []),
    ...(family.needsDataDir ? [`-data-dir=${family.dataDir}`] : []),
    ...configDirs.map((directory) => `-config-dir=${directory}`),
    ...options.filter((option) => takesOption(family, option)),
  ];
}

const BOOTSTRAPPING: ReadonlySet<string> = new Set([
  'bootstrap',
  'bootstrap-expect',
  'retry-join',
  'retry-interval',
  'retry-join-wan',
  'retry-interval-wan',
]);

/** Options that stand alone; any other takes the next argument when it has no `=`. */
const SWITCHES: ReadonlySet<string> = new Set(
  (
    'server bootstrap ui dev syslog rejoin non-voting-server read-replica disable-host-node-id ' +
    'disable-keyring-file enable-script-checks enable-local-script-checks log-json auto-reload-config ' +
    'atlas-join'
  ).split(' '),
);

export interface AgentOption {
  /** Without dashes; empty for an argument that is no option. */
  readonly name: string;
  /** Absent for a switch without a value. */
  readonly value?: string;
}

/** Reads a container's command as options, in order: `-a=b`, `--a=b` and `-a b` alike. */
export function parseAgentCommand(command: readonly string[]): AgentOption[] {
  const options: AgentOption[] = [];
  for (let index = 0; index < command.length; index += 1) {
    const argument = command[index] ?? '';
    if (!/^--?[^-]/.test(argument)) {
      options.push({ name: '', value: argument });
      continue;
    }
    const name = flagName(argument);
    const equals = argument.indexOf('=');
    if (equals >= 0) {
      options.push({ name, value: argument.slice(equals + 1) });
      continue;
    }
    const next = command[index + 1];
    if (SWITCHES.has(name) || next === undefined) {
      options.push({ name });
    } else {
      options.push({ name, value: next });
      index += 1;
    }
  }
  return options;
}

/**
 * Whether two commands differ, and only in what matters while a cluster bootstraps (`-bootstrap`, `-bootstrap-expect`,
 * `-retry-join`, `-retry-interval`, and the same of WAN gossip): Consul ignores the expected count after the first bootstrap (consul #2550), and a
 * member finds the others again from its own data.
 */
export function bootstrapOnlyDifference(a: readonly string[], b: readonly string[]): boolean {
  const same = (x: readonly AgentOption[], y: readonly AgentOption[]): boolean =>
    JSON.stringify(x) === JSON.stringify(y);
  const [left, right] = [parseAgentCommand(a), parseAgentCommand(b)];
  if (same(left, right)) return false;
  const rest = (options: readonly AgentOption[]): AgentOption[] =>
    options.filter(({ name }) => !BOOTSTRAPPING.has(name));
  return same(rest(left), rest(right));
}
