/**
 * What Consul can since when, and until when: the rows of the one table. Queries are in capabilities.ts; the page
 * docs/consul-versions.md is made from it (`npm run consul-versions`).
 *
 * Sources: Consul's change log, https://github.com/hashicorp/consul/blob/main/CHANGELOG.md; its notes on single versions,
 * https://developer.hashicorp.com/consul/docs/upgrade/version-specific; its source; and what real agents answered, against
 * which tests/unit/consul/capabilities.test.ts holds the rows.
 */
import { CHECK_SINCE, META_SINCE } from '../topology/services.js';

export type CapabilityKind = 'flag' | 'key' | 'port' | 'endpoint' | 'command' | 'right';

export interface Capability {
  readonly kind: CapabilityKind;
  /** Flags without dashes, keys with dots between blocks, ports as digits. */
  readonly name: string;
  /** First version that has it; absent: 0.5.2 has it already. */
  readonly since?: string;
  /** First version that no longer has it, and does not start with it or answers 404. */
  readonly until?: string;
  /** Still taken, with a warning in the log, and what is to stand there instead. */
  readonly deprecated?: { readonly since: string; readonly instead: string };
  /** From that version on no other value is taken. */
  readonly only?: { readonly since: string; readonly values: readonly string[] };
  /** What is taken where the version is not known; absent: as the newest version has it. */
  readonly unknown?: boolean;
  /** For the page. */
  readonly note?: string;
}

const rows = (kind: CapabilityKind, since: string | undefined, names: string): Capability[] =>
  names.split(' ').map((name) => ({ kind, name, ...(since === undefined ? {} : { since }) }));

/** Options of the agent. https://developer.hashicorp.com/consul/commands/agent */
const FLAGS: readonly Capability[] = [
  ...rows(
    'flag',
    undefined,
    'advertise advertise-wan bind bootstrap bootstrap-expect client config-dir config-file data-dir domain encrypt ' +
      'http-port log-level node pid-file protocol recursor rejoin retry-interval retry-interval-wan retry-join ' +
      'retry-join-wan retry-max retry-max-wan server syslog ui-dir',
  ),
  ...['atlas', 'atlas-endpoint', 'atlas-join', 'atlas-token', 'dc'].map(
    (name): Capability => ({ kind: 'flag', name, until: '1.0.0' }),
  ),
  { kind: 'flag', name: 'join', deprecated: { since: '1.15.0', instead: 'retry-join' } },
  { kind: 'flag', name: 'join-wan', deprecated: { since: '1.15.0', instead: 'retry-join-wan' } },
  ...rows('flag', '0.6.0', 'dev ui'),
  ...rows('flag', '0.7.3', 'node-id node-meta'),
  ...rows('flag', '0.8.0', 'datacenter dns-port serf-lan-bind serf-wan-bind'),
  {
    kind: 'flag',
    name: 'non-voting-server',
    since: '0.8.0',
    deprecated: { since: '1.9.0', instead: 'read-replica' },
  },
  { kind: 'flag', name: 'raft-protocol', since: '0.8.0', only: { since: '1.9.0', values: ['3'] } },
  ...rows('flag', '0.8.1', 'disable-host-node-id'),
  ...rows('flag', '0.8.2', 'disable-keyring-file'),
  ...rows('flag', '0.9.0', 'enable-script-checks'),
  ...rows('flag', '1.0.0', 'hcl config-format'),
  ...rows('flag', '1.0.4', 'enable-local-script-checks'),
  ...rows('flag', '1.2.0', 'server-port allow-write-http-from'),
  ...rows('flag', '1.3.0', 'grpc-port https-port serf-lan-port serf-wan-port'),
  ...rows('flag', '1.4.0', 'log-file log-rotate-bytes log-rotate-duration'),
  ...rows('flag', '1.5.2', 'alt-domain'),
  ...rows('flag', '1.5.3', 'log-rotate-max-files'),
  ...rows('flag', '1.7.0', 'log-json'),
  ...rows('flag', '1.8.0', 'primary-gateway'),
  ...rows('flag', '1.9.0', 'read-replica'),
  ...rows('flag', '1.12.0', 'auto-reload-config'),
  ...rows('flag', '1.14.0', 'grpc-tls-port'),
];

const moved = (since: string, names: Readonly<Record<string, string>>): Capability[] =>
  Object.entries(names).map(([name, instead]) => ({ kind: 'key', name, deprecated: { since, instead } }));

/** Keys of configuration files. https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file */
const KEYS: readonly Capability[] = [
  { kind: 'key', name: 'disable_update_check' },
  ...rows('key', '0.7.0', 'performance translate_wan_addrs'),
  { kind: 'key', name: 'services.checks.name', since: '1.0.0' },
  { kind: 'key', name: 'services.meta', since: META_SINCE },
  ...Object.entries(CHECK_SINCE).map(
    ([kind, since]): Capability => ({ kind: 'key', name: `services.checks.${kind}`, since }),
  ),
  ...rows('key', '1.4.0', 'acl'),
  ...rows('key', '1.5.0', 'auto_encrypt'),
  // https://github.com/hashicorp/consul/pull/6654, which went into 1.6 as well.
  { kind: 'key', name: 'autopilot.min_quorum', since: '1.6.2', note: 'the API’s MinQuorum' },
  ...rows('key', '1.9.0', 'ui_config read_replica'),
  ...moved('1.9.0', {
    ui: 'ui_config.enabled',
    ui_dir: 'ui_config.dir',
    ui_content_path: 'ui_config.content_path',
    non_voting_server: 'read_replica',
  }),
  { kind: 'key', name: 'raft_protocol', since: '0.8.0', only: { since: '1.9.0', values: ['3'] } },
  ...rows('key', '1.11.0', 'acl.tokens.initial_management acl.tokens.agent_recovery'),
  {
    kind: 'key',
    name: 'tls',
    since: '1.12.0',
    // The keys before it are read by every version that was tried, with a warning from 1.12 on.
    unknown: false,
    note: 'older agents do not start with it',
  },
  ...moved('1.12.0', {
    ca_file: 'tls.defaults.ca_file',
    cert_file: 'tls.defaults.cert_file',
    key_file: 'tls.defaults.key_file',
    verify_outgoing: 'tls.defaults.verify_outgoing',
    verify_incoming_rpc: 'tls.internal_rpc.verify_incoming',
    verify_server_hostname: 'tls.internal_rpc.verify_server_hostname',
  }),
  ...rows('key', '1.12.0', 'auto_reload_config'),
  { kind: 'key', name: 'ports.grpc_tls', since: '1.14.0' },
  ...moved('1.15.0', { start_join: 'retry_join', start_join_wan: 'retry_join_wan' }),
  {
    kind: 'key',
    name: 'server_rejoin_age_max',
    since: '1.15.3',
    // An agent does not start with a key that it does not know.
    unknown: false,
  },
  ...rows('key', '1.17.0', 'acl.tokens.dns'),
  ...rows('key', '1.21.0', 'raft_prevote_disabled'),
];

/** Ports that an agent listens on without being told to. https://developer.hashicorp.com/consul/docs/install/ports */
const PORTS: readonly Capability[] = [
  ...rows('port', undefined, '8300 8301 8302 8500 8600'),
  { kind: 'port', name: '8400', until: '0.8.0', note: 'RPC of the command line' },
  { kind: 'port', name: '8501', note: 'only when it is told to' },
  { kind: 'port', name: '8502', since: '1.3.0', note: 'only when it is told to' },
  {
    kind: 'port',
    name: '8503',
    since: '1.14.0',
    note: 'servers, on the address for clients, with TLS or without; not with a -grpc-port of an agent with a certificate, which has to name it',
  },
];

/** https://developer.hashicorp.com/consul/api-docs */
const ENDPOINTS: readonly Capability[] = [
  { kind: 'endpoint', name: 'GET /v1/operator/raft/configuration', since: '0.7.0' },
  { kind: 'endpoint', name: 'GET /v1/operator/autopilot/health', since: '0.8.0' },
  { kind: 'endpoint', name: 'GET /v1/operator/autopilot/configuration', since: '0.8.0' },
  { kind: 'endpoint', name: 'GET /v1/acl/tokens', since: '1.4.0' },
  { kind: 'endpoint', name: 'GET /v1/operator/autopilot/state', since: '1.9.0' },
  { kind: 'endpoint', name: 'POST /v1/operator/raft/transfer-leader', since: '1.15.0' },
  { kind: 'endpoint', name: 'GET /v1/operator/usage', since: '1.15.0' },
];

const COMMANDS: readonly Capability[] = [
  { kind: 'command', name: 'consul validate', since: '0.8.0', note: 'before it: consul configtest' },
];

const RIGHTS: readonly Capability[] = [
  {
    kind: 'right',
    name: 'client agents: operator:read',
    since: '2.1.0',
    note: 'feature gates; https://developer.hashicorp.com/consul/docs/manage/feature-gates',
    // A right too few breaks a client of 2.1; one too many lets a client of an older one read what its servers are.
    unknown: false,
  },
];

export const CAPABILITIES: readonly Capability[] = [
  ...FLAGS,
  ...KEYS,
  ...PORTS,
  ...ENDPOINTS,
  ...COMMANDS,
  ...RIGHTS,
];
