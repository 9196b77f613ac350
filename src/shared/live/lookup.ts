/** Who answers for a name, and why another does not: Consul's own rules, held against what it answered. Pure. */
import type { LookupQuestion } from './lookup-name.js';
import { isMaintenanceCheck, maintenanceOf } from './maintenance.js';
import type { ServicePlace } from './ports.js';
import type { Hop } from './request-path.js';
import type { LiveCheck } from './types.js';

export const RECORD_TYPES = ['A', 'AAAA', 'SRV'] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  /** Seconds. */
  readonly ttl: number;
  /** As `dig` prints it: an address, a name, or `priority weight port target`. */
  readonly data: string;
}

/** What the agent's DNS answered. */
export interface DnsReply {
  readonly type: RecordType;
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED` … */
  readonly status: string;
  readonly answers: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
  readonly ms: number;
}

/** What of an agent's configuration decides its DNS answers. */
export interface DnsSettings {
  readonly domain: string;
  readonly address: string;
  readonly port: number;
  /** A check in warning takes an instance out as well. */
  readonly onlyPassing: boolean;
  /** Most addresses of an answer; 0: all. */
  readonly recordLimit: number;
  /** Most records for who asks by UDP without EDNS; 0: all. */
  readonly udpLimit: number;
  /** Any server answers, not the leader alone. */
  readonly allowStale: boolean;
}

/** An instance as it is registered. */
export interface RegisteredInstance extends ServicePlace {
  readonly node: string;
  readonly id: string;
  readonly tags: readonly string[];
  readonly nodeChecks: readonly LiveCheck[];
  readonly checks: readonly LiveCheck[];
}

/** Why an instance is not in an answer. */
export type Reason =
  | { readonly code: 'other-tag'; readonly tag: string; readonly has: string }
  | { readonly code: 'node-failing'; readonly output: string }
  | { readonly code: 'node-maintenance'; readonly reason: string }
  | { readonly code: 'service-maintenance'; readonly reason: string }
  | { readonly code: 'node-check-critical'; readonly check: string; readonly output: string }
  | { readonly code: 'check-critical'; readonly check: string; readonly output: string }
  /** DNS takes warnings out where `only_passing` is set; `?passing` of the HTTP API always does. */
  | {
      readonly code: 'check-warning';
      readonly check: string;
      readonly output: string;
      readonly by: 'only_passing' | '?passing';
    }
  | { readonly code: 'cut'; readonly limit: number }
  /** The token that DNS asks with may not read it. */
  | { readonly code: 'dns-denied' }
  | { readonly code: 'not-asked' }
  | { readonly code: 'changed' };

export interface ExplainedInstance extends ServicePlace {
  readonly node: string;
  readonly id: string;
  readonly tags: readonly string[];
  readonly inDns: boolean;
  /** In the answer of the HTTP API to `?passing`; null where that was not to be had. */
  readonly inHttp: boolean | null;
  /** Empty where it is in the answer. */
  readonly whyNotDns: readonly Reason[];
  readonly whyNotHttp: readonly Reason[];
}

export type LookupNote =
  | { readonly code: 'none-registered'; readonly service: string; readonly datacenter: string }
  | { readonly code: 'no-such-node'; readonly node: string; readonly datacenter: string }
  | { readonly code: 'node-any-health'; readonly node: string }
  | { readonly code: 'query-own-rules' }
  | { readonly code: 'udp-limit'; readonly limit: number; readonly records: number }
  | { readonly code: 'record-limit'; readonly limit: number };

/** Everything that a look-up found. */
export interface LookupResult {
  /** Whole, as DNS was asked. */
  readonly name: string;
  readonly question: LookupQuestion;
  /** The datacenter that is asked about. */
  readonly datacenter: string;
  readonly asked: { readonly node: string; readonly host: string; readonly datacenter: string };
  readonly settings: DnsSettings;
  readonly dns: {
    readonly replies: readonly DnsReply[];
    /** Why DNS could not be asked. */
    readonly problem?: string;
    readonly path: readonly Hop[];
  };
  readonly http: {
    /** With its query. */
    readonly url: string;
    /** Addresses, with the port where there is one. */
    readonly answers: readonly string[];
    readonly problem?: string;
    readonly path: readonly Hop[];
  };
  /** What a person would type on the host. */
  readonly commands: readonly string[];
  readonly instances: readonly ExplainedInstance[];
  readonly notes: readonly LookupNote[];
  /** ISO 8601 */
  readonly at: string;
}

const bare = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** The address that Consul writes into a name: `c6131e0b.addr.dc1.consul` (8 or 32 digits). */
function addressInName(name: string): string | undefined {
  const [, digits = ''] = /^([0-9a-f]{8}|[0-9a-f]{32})\.addr\./.exec(name) ?? [];
  if (digits.length === 8)
    return (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)).join('.');
  return undefined;
}

/** What an answer names: addresses and names, and with an SRV answer each with its port. */
interface Named {
  readonly addresses: ReadonlySet<string>;
  /** `address:port`, and `node/port` where the target is a node's name; null without an SRV answer. */
  readonly ports: ReadonlySet<string> | null;
}

function namedBy(replies: readonly DnsReply[]): Named {
  const addresses = new Set<string>();
  const ports = new Set<string>();
  let srv = false;
  for (const { type, status, answers, additional } of replies) {
    if (type === 'SRV') srv ||= status === 'NOERROR' && answers.length > 0;
    for (const { type: kind, data } of answers)
      if (kind === 'A' || kind === 'AAAA' || kind === 'CNAME') addresses.add(bare(data));
    for (const { type: kind, data } of answers) {
      if (kind !== 'SRV') continue;
      const [, , port = '', target = ''] = data.split(' ');
      const name = bare(target);
      const [, node = ''] = /^(.+)\.node\./.exec(name) ?? [];
      if (node !== '') ports.add(`${node}/${port}`);
      ports.add(`${addressInName(name) ?? name}:${port}`);
      for (const record of additional)
        if (bare(record.name) === name) ports.add(`${bare(record.data)}:${port}`);
    }
  }
  return { addresses, ports: srv ? ports : null };
}

/** The check that is gossip's word for a node. */
export const SERF = 'serfHealth';

function failing(instance: RegisteredInstance): Reason[] {
  const paused = maintenanceOf(instance.nodeChecks);
  const own = maintenanceOf(instance.checks);
  const critical = (checks: readonly LiveCheck[]): LiveCheck[] =>
    checks.filter(({ id, status }) => status === 'critical' && !isMaintenanceCheck(id));
  return [
    ...(paused === undefined ? [] : [{ code: 'node-maintenance' as const, reason: paused }]),
    ...(own === undefined ? [] : [{ code: 'service-maintenance' as const, reason: own }]),
    ...critical(instance.nodeChecks).map(
      ({ id, name, output }): Reason =>
        id === SERF ? { code: 'node-failing', output } : { code: 'node-check-critical', check: name, output },
    ),
    ...critical(instance.checks).map(
      ({ name, output }): Reason => ({ code: 'check-critical', check: name, output }),
    ),
  ];
}

const warnings = ({ nodeChecks, checks }: RegisteredInstance, by: 'only_passing' | '?passing'): Reason[] =>
  [...nodeChecks, ...checks]
    .filter(({ status }) => status === 'warning')
    .map(({ name, output }) => ({ code: 'check-warning', check: name, output, by }));

/** Tags are compared without regard to case, as Consul's DNS does. */
function otherTag({ tags }: RegisteredInstance, tag: string | null): Reason[] {
  if (tag === null || tags.some((has) => has.toLowerCase() === tag.toLowerCase())) return [];
  return [{ code: 'other-tag', tag, has: tags.join(', ') }];
}

export interface Evidence {
  readonly tag: string | null;
  readonly settings: Pick<DnsSettings, 'onlyPassing' | 'recordLimit'>;
  /** Empty where DNS could not be asked. */
  readonly replies: readonly DnsReply[];
  /** Instances in the HTTP answer, as `node/id`; null where there was none. */
  readonly passing: ReadonlySet<string> | null;
  /** ACLs are on: what DNS may tell is up to the anonymous token. */
  readonly acl: boolean;
}

export const instanceKey = ({ node, id }: Pick<RegisteredInstance, 'node' | 'id'>): string =>
  JSON.stringify([node, id]);

/**
 * For each registered instance, whether it is in the answers, and by which rule it is not: DNS leaves out what has a
 * critical check of its own or of its node, and with `only_passing` also what warns; the HTTP API with `?passing` both.
 */
export function explain(
  instances: readonly RegisteredInstance[],
  { tag, settings, replies, passing, acl }: Evidence,
): ExplainedInstance[] {
  const named = namedBy(replies);
  const answered = replies.some(({ answers }) => answers.length > 0);
  return instances.map((instance) => {
    const { node, id, address, port, ports, tags } = instance;
    const byAddress = named.addresses.has(bare(address));
    // Of several ports any may be what the answer names.
    const all = [port, ...(ports ?? []).map((entry) => entry.port)];
    const keys = all.flatMap((one) => [`${bare(address)}:${one}`, `${bare(node)}/${one}`]);
    const inDns = named.ports === null ? byAddress : keys.some((key) => named.ports?.has(key) === true);
    const out = [...otherTag(instance, tag), ...failing(instance)];
    const dns = [...out, ...(settings.onlyPassing ? warnings(instance, 'only_passing') : [])];
    const unruly = (): Reason =>
      replies.length === 0
        ? { code: 'not-asked' }
        : !answered && acl
          ? { code: 'dns-denied' }
          : settings.recordLimit > 0 && answered
            ? { code: 'cut', limit: settings.recordLimit }
            : { code: 'changed' };
    const inHttp = passing === null ? null : passing.has(instanceKey(instance));
    const http = [...out, ...warnings(instance, '?passing')];
    return {
      node,
      id,
      address,
      port,
      ...(ports === undefined ? {} : { ports }),
      tags,
      inDns,
      inHttp,
      whyNotDns: inDns ? [] : dns.length > 0 ? dns : [unruly()],
      whyNotHttp: inHttp !== false ? [] : http.length > 0 ? http : [{ code: 'changed' }],
    };
  });
}

/** What is to be known of the limits that answers are cut to. */
export function limitNotes(settings: DnsSettings, replies: readonly DnsReply[]): LookupNote[] {
  const records = Math.max(0, ...replies.map(({ answers }) => answers.length));
  const { udpLimit, recordLimit } = settings;
  return [
    ...(recordLimit > 0 ? [{ code: 'record-limit' as const, limit: recordLimit }] : []),
    ...(udpLimit > 0 && records > udpLimit ? [{ code: 'udp-limit' as const, limit: udpLimit, records }] : []),
  ];
}

/** What a person types on the host to ask the same. */
export function lookupCommands(
  name: string,
  question: LookupQuestion,
  { address, port }: Pick<DnsSettings, 'address' | 'port'>,
  url: string,
  acl: boolean,
): string[] {
  const at = `dig @${address}${port === 53 ? '' : ` -p ${port}`} ${name}`;
  // A variable's name, so that a token is in no history of commands.
  const token = acl ? ' -H "X-Consul-Token: $CONSUL_HTTP_TOKEN"' : '';
  return [at, ...(question.kind === 'node' ? [] : [`${at} SRV`]), `curl${token} '${url}'`];
}
