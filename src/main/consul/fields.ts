/**
 * Where a field stands in what an agent says of itself (`/v1/agent/self`), from one version to another. A field that a
 * version is known to have and that is not there, or is something else, is no answer: nothing is taken for it.
 */
import { z } from 'zod';
import { reaches } from '../../shared/consul/index.js';

interface Row {
  /** First version that has it there. */
  readonly since: string;
  /** First version that has it there no more. */
  readonly until?: string;
  /** Keys, with dots between. */
  readonly at: string;
}

export interface Field<T> {
  readonly form: z.ZodType<T>;
  /** Oldest first. */
  readonly rows: readonly Row[];
}

const text = z.string();
const flag = z.boolean();
const number = z.number();
/** Go writes an empty list as `null`. */
const words = z
  .array(text)
  .nullable()
  .transform((value) => value ?? []);
/** Numbers of Consul's statistics are text. */
const index = z
  .string()
  .regex(/^\d+$/)
  .transform((value) => Number(value));
const truth = z.enum(['true', 'false']).transform((value) => value === 'true');

/** Before 1.0 the agent told its configuration as it had read it, since then what it runs with. */
const DEBUG_SINCE = '1.0.0';
/** Since 0.7 it tells its statistics as well. */
const STATS_SINCE = '0.7.0';
const EVER = '0.0';

const ever = (at: string): Row[] => [{ since: EVER, at }];
const stats = (at: string): Row[] => [{ since: STATS_SINCE, at: `Stats.${at}` }];
const debug = (name: string): Row[] => [{ since: DEBUG_SINCE, at: `DebugConfig.${name}` }];
/** @param since the version with which it moved below `block` */
const moved = (name: string, since: string, block: string): Row[] => [
  { since: DEBUG_SINCE, until: since, at: `DebugConfig.${name}` },
  { since, at: `DebugConfig.${block}.${name}` },
];
/** Up to 0.9 as the configuration had it. */
const renamed = (before: string, name: string): Row[] => [
  { since: EVER, until: DEBUG_SINCE, at: `Config.${before}` },
  ...debug(name),
];

const field = <T>(form: z.ZodType<T>, rows: readonly Row[]): Field<T> => ({ form, rows });

/**
 * The fields that Raftyard reads. Sources: agent/config/runtime.go and its TestRuntimeConfig_Sanitize.golden, and
 * agent/agent_endpoint.go, of Consul's releases; the answers of real agents in tests/fixtures/consul-answers.
 */
export const SELF = {
  datacenter: field(text, ever('Config.Datacenter')),
  nodeName: field(text, ever('Config.NodeName')),
  server: field(flag, ever('Config.Server')),

  lastContact: field(text, stats('raft.last_contact')),
  lastIndex: field(index, stats('raft.last_log_index')),
  appliedIndex: field(index, stats('raft.applied_index')),

  gossipEncrypted: field(truth, stats('serf_lan.encrypted')),
  encryptVerifyOutgoing: field(flag, moved('EncryptVerifyOutgoing', '1.12.0', 'StaticRuntimeConfig')),
  encryptVerifyIncoming: field(flag, moved('EncryptVerifyIncoming', '1.12.0', 'StaticRuntimeConfig')),

  caFile: field(text, moved('CAFile', '1.12.0', 'TLS.InternalRPC')),
  verifyOutgoing: field(flag, moved('VerifyOutgoing', '1.12.0', 'TLS.InternalRPC')),
  verifyServerHostname: field(flag, moved('VerifyServerHostname', '1.12.0', 'TLS.InternalRPC')),
  verifyIncoming: field(flag, moved('VerifyIncoming', '1.12.0', 'TLS.InternalRPC')),
  /** Of RPC alone, while VerifyIncoming stood for HTTPS too. */
  verifyIncomingRpc: field(flag, [
    { since: DEBUG_SINCE, until: '1.12.0', at: 'DebugConfig.VerifyIncomingRPC' },
  ]),

  /** ACLs as Raftyard sets them up, which came with 1.4; what was before is another system. */
  aclsEnabled: field(flag, [
    { since: '1.4.0', until: '1.11.0', at: 'DebugConfig.ACLsEnabled' },
    { since: '1.11.0', at: 'DebugConfig.ACLResolverSettings.ACLsEnabled' },
  ]),
  aclDefaultPolicy: field(text, [
    { since: '1.4.0', until: '1.11.0', at: 'DebugConfig.ACLDefaultPolicy' },
    { since: '1.11.0', at: 'DebugConfig.ACLResolverSettings.ACLDefaultPolicy' },
  ]),

  dnsDomain: field(text, renamed('Domain', 'DNSDomain')),
  dnsPort: field(number, renamed('Ports.DNS', 'DNSPort')),
  dnsAddresses: field(words, debug('DNSAddrs')),
  dnsOnlyPassing: field(flag, renamed('DNSConfig.OnlyPassing', 'DNSOnlyPassing')),
  dnsAllowStale: field(flag.nullable(), renamed('DNSConfig.AllowStale', 'DNSAllowStale')),
  dnsRecordLimit: field(number, [{ since: '1.0.7', at: 'DebugConfig.DNSARecordLimit' }]),
  dnsUdpLimit: field(number, [
    { since: '0.7.0', until: DEBUG_SINCE, at: 'Config.DNSConfig.UDPAnswerLimit' },
    ...debug('DNSUDPAnswerLimit'),
  ]),
} as const;

/** `1.8.7+dfsg1:` or `0.5.2:9a9cc934` → the version before the colon. */
export function versionOf(build: string): string {
  return build.split(':')[0] ?? '';
}

const NUMBERS = /^v?(\d+\.\d+(?:\.\d+)?)/;

/** What such an answer has in every version. */
export const selfBase = z.looseObject({
  Config: z.looseObject({ Version: text }),
  Member: z.object({ Name: text, Addr: text, Tags: z.record(text, text) }),
});

function valueAt(answer: unknown, at: string): unknown {
  return at.split('.').reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, answer);
}

/** Reads a field of one answer; null where the agent's version has none. */
export type ReadField = <T>(field: Field<T>) => T | null;

/**
 * Reads fields by the version that the agent names. What is not as that version has it becomes an issue of the whole
 * answer, by the field's place. Of an agent whose version is none, a field is taken from the newest place that has it.
 */
export function fieldReader(
  answer: z.output<typeof selfBase>,
  wrong: (at: string, what: string) => void,
): ReadField {
  const known = NUMBERS.exec(answer.Config.Version)?.[1];
  const rowsOf = (rows: readonly Row[]): readonly Row[] =>
    known === undefined
      ? [...rows].reverse()
      : rows.filter(
          ({ since, until }) =>
            reaches(known, since) === true && (until === undefined || reaches(known, until) === false),
        );
  return ({ form, rows }) => {
    const places = rowsOf(rows);
    const [first] = places;
    if (first === undefined) return null;
    const { at } = places.find((place) => valueAt(answer, place.at) !== undefined) ?? first;
    const value = valueAt(answer, at);
    // The newest versions have none.
    if (known === undefined && value === undefined && first.until !== undefined) return null;
    const parsed = form.safeParse(value);
    if (parsed.success) return parsed.data;
    const found = value === undefined ? 'it is not there' : (parsed.error.issues[0]?.message ?? '');
    wrong(at, known === undefined ? found : `${found}, and Consul ${known} is known to say it there`);
    return null;
  };
}
