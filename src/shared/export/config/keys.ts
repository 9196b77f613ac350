/** Agent options and the configuration keys that mean the same. */
import type { AgentOption } from '../../consul/index.js';

/**
 * How values become JSON: the last one counts, or all in a list, or all in a map of `key:value`. `switch` is a truth
 * value that stands alone on the command line.
 */
type Kind = 'text' | 'number' | 'switch' | 'list' | 'map';

interface Key {
  readonly path: readonly string[];
  readonly kind: Kind;
}

const sameName = (kind: Kind, names: string): [string, Key][] =>
  names.split(' ').map((name) => [name, { path: [name.replaceAll('-', '_')], kind }]);

const renamed = (kind: Kind, names: Readonly<Record<string, string>>): [string, Key][] =>
  Object.entries(names).map(([name, path]) => [name, { path: path.split('.'), kind }]);

/** Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file and its flags' page. */
const KEYS: ReadonlyMap<string, Key> = new Map([
  ...sameName('switch', 'server bootstrap ui disable-host-node-id disable-keyring-file log-json'),
  ...sameName('switch', 'enable-script-checks enable-local-script-checks non-voting-server read-replica'),
  ...sameName('switch', 'auto-reload-config'),
  ...renamed('switch', { rejoin: 'rejoin_after_leave', syslog: 'enable_syslog' }),
  ...sameName(
    'number',
    'bootstrap-expect protocol raft-protocol retry-max log-rotate-bytes log-rotate-max-files',
  ),
  ...renamed('number', {
    'retry-max-wan': 'retry_max_wan',
    'dns-port': 'ports.dns',
    'http-port': 'ports.http',
    'https-port': 'ports.https',
    'grpc-port': 'ports.grpc',
    'grpc-tls-port': 'ports.grpc_tls',
    'server-port': 'ports.server',
    'serf-lan-port': 'ports.serf_lan',
    'serf-wan-port': 'ports.serf_wan',
  }),
  ...sameName('text', 'datacenter data-dir domain alt-domain log-level log-file log-rotate-duration node-id'),
  ...sameName('text', 'pid-file retry-interval retry-interval-wan segment partition'),
  ...sameName('text', 'default-query-time max-query-time ui-dir ui-content-path'),
  ...renamed('text', {
    advertise: 'advertise_addr',
    'advertise-wan': 'advertise_addr_wan',
    bind: 'bind_addr',
    client: 'client_addr',
    dc: 'datacenter',
    node: 'node_name',
    'serf-lan-bind': 'serf_lan',
    'serf-wan-bind': 'serf_wan',
  }),
  ...sameName('list', 'retry-join retry-join-wan'),
  ...renamed('list', {
    join: 'start_join',
    'join-wan': 'start_join_wan',
    recursor: 'recursors',
    'primary-gateway': 'primary_gateways',
    'allow-write-http-from': 'http_config.allow_write_http_from',
    'serf-lan-allowed-cidrs': 'serf_lan_allowed_cidrs',
    'serf-wan-allowed-cidrs': 'serf_wan_allowed_cidrs',
  }),
  ...sameName('map', 'node-meta'),
]);

export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** As Go's strconv.ParseBool, which reads the command line. */
function truth(value: string | undefined): boolean | undefined {
  if (value === undefined || /^(1|t|T|TRUE|true|True)$/.test(value)) return true;
  return /^(0|f|F|FALSE|false|False)$/.test(value) ? false : undefined;
}

/** A value as JSON; undefined where it is none of that kind, which is Consul's to complain about. */
function single(kind: Kind, value: string | undefined): Json | undefined {
  if (kind === 'switch') return truth(value);
  if (value === undefined) return undefined;
  return kind !== 'number' ? value : /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** `key:value`, as -node-meta has it. */
function entry(value: string): [string, string] {
  const colon = value.indexOf(':');
  return colon < 0 ? [value, ''] : [value.slice(0, colon), value.slice(colon + 1)];
}

export interface Setting {
  readonly path: readonly string[];
  readonly value: Json;
}

export interface Settings {
  readonly settings: readonly Setting[];
  /** Options for which there is no key: they stay on the command line. */
  readonly rest: readonly AgentOption[];
}

/** Options as settings, in the order in which each key comes first. Of an option given twice, the last counts. */
export function settingsOf(options: readonly AgentOption[]): Settings {
  const settings = new Map<string, Setting>();
  const rest: AgentOption[] = [];
  for (const option of options) {
    const key = KEYS.get(option.name);
    const value = key === undefined ? undefined : single(key.kind, option.value);
    if (key === undefined || value === undefined) {
      rest.push(option);
      continue;
    }
    const name = key.path.join('.');
    settings.set(name, { path: key.path, value: combined(key.kind, settings.get(name)?.value, value) });
  }
  return { settings: [...settings.values()], rest };
}

function combined(kind: Kind, before: Json | undefined, value: Json): Json {
  if (kind === 'list') return [...(Array.isArray(before) ? (before as Json[]) : []), value];
  if (kind !== 'map' || typeof value !== 'string') return value;
  const entries = typeof before === 'object' && !Array.isArray(before) ? Object.entries(before) : [];
  // Not by assignment: a key may be `__proto__`.
  return Object.fromEntries([...entries, entry(value)]);
}
