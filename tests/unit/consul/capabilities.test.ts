/** The table of capabilities, held against what real agents answered and said (recorded/versions.json). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CAPABILITIES,
  type Capability,
  currentKey,
  has,
  knowsFlag,
  listensOn,
  portsOf,
  takesOption,
} from '../../../src/shared/consul/index.js';
import { parseVersion } from '../../../src/shared/consul/version.js';

interface Recorded {
  /** Fields of `/v1/agent/self`’s DebugConfig, of those that a row is held against. */
  readonly debug: readonly string[];
  readonly grpcTlsPort: number | null;
  /** Of a secured cluster, with the management token. */
  readonly status: Readonly<Record<string, number>>;
  /** A configuration that an agent was started with; what it said, and how it ended. */
  readonly faults?: Readonly<
    Record<
      string,
      {
        readonly exit: number | string;
        readonly says: string;
        readonly deprecated: readonly (readonly [string, string])[];
      }
    >
  >;
}

const recorded = Object.entries(
  JSON.parse(readFileSync(join(import.meta.dirname, 'recorded/versions.json'), 'utf8')) as Record<
    string,
    Recorded
  >,
);

describe.each(recorded)('the table and Consul %s', (version, { debug, grpcTlsPort, status, faults }) => {
  it.each([
    ['flag', 'auto-reload-config', 'AutoReloadConfig'],
    ['key', 'auto_reload_config', 'AutoReloadConfig'],
    ['flag', 'read-replica', 'ReadReplica'],
    ['key', 'ui_config', 'UIConfig'],
    ['key', 'tls', 'TLS'],
    ['key', 'auto_encrypt', 'AutoEncryptTLS'],
    ['key', 'acl.tokens.initial_management', 'ACLInitialManagementToken'],
    ['key', 'server_rejoin_age_max', 'ServerRejoinAgeMax'],
    ['key', 'raft_prevote_disabled', 'RaftPreVoteDisabled'],
    ['key', 'ports.grpc_tls', 'GRPCTLSPort'],
    ['flag', 'grpc-tls-port', 'GRPCTLSPort'],
    ['flag', 'primary-gateway', 'PrimaryGateways'],
    ['key', 'disable_update_check', 'DisableUpdateCheck'],
  ] as const)('agree on the %s %s', (kind, name, field) => {
    expect(has(version, kind, name)).toBe(debug.includes(field));
  });

  it('agree on keys whose place another took', () => {
    expect(currentKey(version, 'ui') === 'ui').toBe(debug.includes('EnableUI'));
    expect(currentKey(version, 'start_join') === 'start_join').toBe(debug.includes('StartJoinAddrsLAN'));
    expect(currentKey(version, 'ca_file') === 'ca_file').toBe(debug.includes('CAFile'));
    expect(currentKey(version, 'non_voting_server') === 'non_voting_server').toBe(
      debug.includes('NonVotingServer'),
    );
  });

  it('agree on port 8503 of a server', () => {
    const listens = listensOn({ family: { family: 'hashicorp', version }, role: 'server' });
    expect(listens.some(({ port }) => port === 8503)).toBe(grpcTlsPort === 8503);
  });

  it('agree on endpoints', () => {
    const rows = CAPABILITIES.filter(({ kind, name }) => kind === 'endpoint' && name in status);
    expect(rows.length).toBeGreaterThan(4);
    for (const { name } of rows)
      expect(`${name} ${has(version, 'endpoint', name)}`).toBe(`${name} ${status[name] !== 404}`);
  });

  it.runIf(faults !== undefined)('agree on what keeps an agent from starting', () => {
    const ran = (fault: string): boolean => faults?.[fault]?.exit === 'still running';
    expect(has(version, 'key', 'tls')).toBe(ran('tls-block'));
    expect(takesOption({ version }, '-raft-protocol=2')).toBe(ran('raft-protocol-2'));
    expect(takesOption({ version }, '-raft-protocol=3')).toBe(true);
    // What is written where nobody knows the version: every agent starts with it.
    expect(ran('flat-tls-keys')).toBe(true);
    expect(has(undefined, 'key', 'tls')).toBe(false);
  });

  it.runIf(faults !== undefined)('agree on what is deprecated', () => {
    for (const { deprecated } of Object.values(faults ?? {}))
      for (const [key, instead] of deprecated)
        if (!key.startsWith('acl_')) expect(currentKey(version, key), key).toBe(instead);
  });
});

describe('the table of capabilities', () => {
  const idOf = ({ kind, name }: Capability): string => `${kind} ${name}`;

  it('has each thing once, and versions that are versions, in order', () => {
    expect(new Set(CAPABILITIES.map(idOf)).size).toBe(CAPABILITIES.length);
    for (const row of CAPABILITIES) {
      for (const version of [row.since, row.until, row.deprecated?.since, row.only?.since])
        if (version !== undefined) expect(parseVersion(version)?.patch, idOf(row)).toBeDefined();
      if (row.since !== undefined) {
        expect(has(row.since, row.kind, row.name), idOf(row)).toBe(true);
        expect(has('0.0.1', row.kind, row.name), idOf(row)).toBe(false);
      }
      if (row.until !== undefined) expect(has(row.until, row.kind, row.name), idOf(row)).toBe(false);
    }
  });

  it('says so where it is asked for what it does not hold', () => {
    expect(() => has('1.22.0', 'key', 'nothing')).toThrow('not in the table');
  });

  it.each([
    ['1.11.11', false],
    ['1.12.0', true],
    ['1.10', false],
  ])('auto-reload-config in %s: %s', (version, known) => {
    expect(knowsFlag(version, '-auto-reload-config')).toBe(known);
  });

  it.each([
    ['1.8.19', '-read-replica', false],
    ['1.9.0', '-read-replica', true],
    ['1.8.7', '-raft-protocol=2', true],
    ['1.9', '-raft-protocol=2', false],
    ['1.9', '--raft-protocol=3', true],
    ['1.21.4', '-raft-protocol', true],
  ])('Consul %s and %s: %s', (version, option, taken) => {
    expect(takesOption({ version }, option)).toBe(taken);
  });

  it('knows which ports an agent has in which version', () => {
    const ports = (version: string | undefined, role: 'server' | 'client' = 'server'): number[] =>
      listensOn({
        family: { family: 'hashicorp', ...(version === undefined ? {} : { version }) },
        role,
        httpsPort: 8501,
      }).map(({ port }) => port);
    expect(ports('1.13.9')).toEqual([8300, 8301, 8302, 8500, 8501, 8600]);
    expect(ports('1.14.0')).toEqual([8300, 8301, 8302, 8500, 8501, 8503, 8600]);
    expect(ports('1.22.0', 'client')).toEqual([8301, 8500, 8600]);
    expect(ports(undefined)).toContain(8503);
    expect(portsOf({ family: 'hashicorp', version: '0.7.5' }).map(({ port }) => port)).toContain(8400);
  });
});
