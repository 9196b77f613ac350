/** What a host lacks for its names to be asked of Consul, or has of ours that is to go. Pure. */
import { resolverFile } from '../desired/index.js';
import type { DesiredDns, DesiredNode } from '../desired/types.js';
import { sha256Hex } from '../digest.js';
import type { EngineDns, EngineFile } from '../shell/engine-file.js';
import { DOCKER_OPTS_PATH } from '../shell/engine-file.js';
import { firewallRules, hasRule, isOpenable } from '../shell/firewall.js';
import { fileOf, isPacketFilter } from '../shell/packet-filter.js';
import type { DnsFacts, DnsRecord, EngineFileFacts } from './dns-facts.js';
import type { ReachableFacts } from './facts.js';

export interface EngineNeed extends EngineDns {
  readonly file: EngineFile;
  readonly now: EngineFileFacts;
  readonly ours: EngineDns;
}

export interface DnsNeed {
  /** The engine is to be told; absent where it is as it should be, or is not ours to tell. */
  readonly engine?: EngineNeed;
  /** What we told it is to be taken back. */
  readonly engineUndo?: NonNullable<DnsRecord['engine']>;
  /** systemd-resolved: the file that it lacks. */
  readonly resolver?: { readonly path: string; readonly content: string };
  readonly resolverUndo?: NonNullable<DnsRecord['resolver']>;
  readonly rules: { readonly open: readonly string[]; readonly close: readonly string[] };
  /** Where DNS is asked for a proof; absent where nothing changes. */
  readonly check?: { readonly address: string; readonly port: number };
  /** Recorded before anything is done. */
  readonly record?: DnsRecord;
  /** Recorded when what is to go is gone, where that is something else. */
  readonly after?: DnsRecord | null;
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((entry, index) => entry === b[index]);

/** The file that tells this engine its resolvers. */
export function engineFile(facts: DnsFacts, recorded: DnsRecord | undefined): EngineFile {
  if (recorded?.engine !== undefined) return recorded.engine.file;
  const { dockerOpts: opts, daemonJson } = facts;
  if (opts === undefined) return 'daemon-json';
  const told = opts.dns.length + opts.search.length > 0;
  return told || opts.state === 'bad' || (opts.used && daemonJson.state === 'absent')
    ? 'docker-opts'
    : 'daemon-json';
}

export const factsOf = (facts: DnsFacts, file: EngineFile): EngineFileFacts =>
  file === 'daemon-json'
    ? facts.daemonJson
    : (facts.dockerOpts ?? {
        path: DOCKER_OPTS_PATH,
        state: 'absent',
        used: false,
        mode: 0o644,
        dns: [],
        search: [],
      });

/** Entries of others: what is there without what we put there. */
function others(facts: DnsFacts, recorded: DnsRecord | undefined): EngineDns {
  const { dns, search } = factsOf(facts, engineFile(facts, recorded));
  const ours = recorded?.engine;
  return {
    dns: dns.filter((entry) => ours?.dns.includes(entry) !== true),
    search: search.filter((entry) => ours?.search.includes(entry) !== true),
  };
}

/** Resolvers for all other names: the document's, those of the first apply, the engine's own, the host's. */
export function upstreamOf(wanted: readonly string[], { dns, workdir }: ReachableFacts): readonly string[] {
  if (wanted.length > 0) return wanted;
  const recorded = workdir.state?.dns;
  if ((recorded?.upstream.length ?? 0) > 0) return recorded?.upstream ?? [];
  if (dns === undefined) return [];
  const engine = others(dns, recorded).dns.filter((entry) => entry !== dns.bridge?.address);
  return engine.length > 0 ? engine : dns.resolvers;
}

/** Where Consul's DNS answers on a host; undefined where Docker has no bridge there. */
export function endpointOf(
  { at, port }: DesiredDns,
  facts: DnsFacts,
): { readonly address: string; readonly port: number } | undefined {
  if (at === 'loopback') return { address: '127.0.0.1', port };
  return facts.bridge === undefined ? undefined : { address: facts.bridge.address, port };
}

function wantedRules(node: DesiredNode, facts: ReachableFacts, dns: DnsFacts): readonly string[] {
  const { kind, active, chains } = facts.firewall;
  if (node.dns?.containers !== true || node.firewall.mode !== 'open' || !active || !isOpenable(kind))
    return [];
  if (kind === 'firewalld' && dns.bridgeTrusted) return [];
  const ports = (['tcp', 'udp'] as const).map((protocol) => ({
    port: 53,
    protocol,
    from: 'cluster' as const,
  }));
  return firewallRules(kind, ports, dns.subnets, `raftyard-${node.clusterId.slice(0, 8)}`, chains);
}

/** Rules from the networks of containers: those that lack, and those of ours that are of no use any more. */
function rulesOf(node: DesiredNode, facts: ReachableFacts, dns: DnsFacts) {
  const { kind, keptIn, permanent, runtime } = facts.firewall;
  const recorded = facts.workdir.state?.dns?.rules ?? [];
  const wanted = wantedRules(node, facts, dns);
  const kept = (rule: string): boolean =>
    (isPacketFilter(kind) && fileOf(kind, rule, keptIn ?? {}) === undefined) ||
    hasRule(kind, permanent, rule);
  const open = wanted.filter((rule) => !kept(rule) || !hasRule(kind, runtime, rule));
  const close = recorded.filter((rule) => !wanted.includes(rule));
  const ours = wanted.filter((rule) => recorded.includes(rule) || open.includes(rule));
  return { open, close, ours };
}

interface EngineWish {
  readonly need?: EngineNeed;
  readonly record?: NonNullable<DnsRecord['engine']>;
  readonly search: readonly string[];
}

/** The lists that the engine is to have: Consul first, then what others wrote, then the rest. */
function engineWish(wanted: DesiredDns, facts: ReachableFacts, dns: DnsFacts): EngineWish {
  const recorded = facts.workdir.state?.dns;
  const { bridge } = dns;
  if (!wanted.containers || bridge === undefined) return { search: [] };
  const file = engineFile(dns, recorded);
  const now = factsOf(dns, file);
  if (now.state === 'bad') return { search: [] };
  const base = others(dns, recorded);
  // A list of ours takes the place of the host's own domains, which its containers had until now.
  const inherited = base.search.length > 0 ? [] : (recorded?.search ?? dns.search);
  const lists = {
    dns: [...new Set([bridge.address, ...base.dns, ...upstreamOf(wanted.upstream, facts)])],
    search: [...new Set([...base.search, ...inherited, ...wanted.search])],
  };
  const ours = {
    dns: lists.dns.filter((entry) => !base.dns.includes(entry)),
    search: lists.search.filter((entry) => !base.search.includes(entry)),
  };
  const good = same(now.dns, lists.dns) && same(now.search, lists.search) && !dns.pending;
  return {
    search: inherited,
    record: { file, path: now.path, existed: recorded?.engine?.existed ?? now.state !== 'absent', ...ours },
    ...(good
      ? {}
      : {
          need: {
            file,
            now,
            ...lists,
            ours: {
              dns: [...new Set([...ours.dns, ...(recorded?.engine?.dns ?? [])])],
              search: [...new Set([...ours.search, ...(recorded?.engine?.search ?? [])])],
            },
          },
        }),
  };
}

interface ResolverWish {
  readonly need?: NonNullable<DnsNeed['resolver']>;
  readonly record?: NonNullable<DnsRecord['resolver']>;
}

function resolverWish(wanted: DesiredDns, dns: DnsFacts): ResolverWish {
  const at = endpointOf(wanted, dns);
  if (!wanted.hosts || dns.resolved === undefined || at === undefined) return {};
  const content = resolverFile(at.address, at.port);
  const sha256 = sha256Hex(content);
  const path = wanted.resolverPath;
  return {
    record: { path, sha256 },
    ...(dns.resolved.sha256 === sha256 ? {} : { need: { path, content } }),
  };
}

const nothing = ({ rules, engine, resolver }: DnsRecord): boolean =>
  rules.length === 0 && engine === undefined && resolver === undefined;

/** undefined where there is nothing to look at: the document asks for nothing, and nothing is recorded. */
export function dnsNeed(node: DesiredNode, facts: ReachableFacts): DnsNeed | undefined {
  const { dns } = facts;
  const recorded = facts.workdir.state?.clusterId === node.clusterId ? facts.workdir.state.dns : undefined;
  const wanted = node.dns;
  if (dns === undefined || (wanted === undefined && recorded === undefined)) return undefined;
  const engine: EngineWish = wanted === undefined ? { search: [] } : engineWish(wanted, facts, dns);
  const resolver: ResolverWish = wanted === undefined ? {} : resolverWish(wanted, dns);
  const rules = rulesOf(node, facts, dns);
  const engineUndo =
    recorded?.engine !== undefined && wanted?.containers !== true ? recorded.engine : undefined;
  const resolverUndo =
    recorded?.resolver !== undefined && wanted?.hosts !== true ? recorded.resolver : undefined;
  const upstream = wanted === undefined || wanted.upstream.length > 0 ? [] : upstreamOf([], facts);
  const after: DnsRecord = {
    upstream,
    search: engine.search,
    rules: rules.ours,
    ...(engine.record === undefined ? {} : { engine: engine.record }),
    ...(resolver.record === undefined ? {} : { resolver: resolver.record }),
  };
  const record: DnsRecord = {
    ...after,
    rules: [...rules.ours, ...rules.close],
    ...(engineUndo === undefined ? {} : { engine: engineUndo }),
    ...(resolverUndo === undefined ? {} : { resolver: resolverUndo }),
  };
  const going = engineUndo !== undefined || resolverUndo !== undefined || rules.close.length > 0;
  const at = wanted === undefined ? undefined : endpointOf(wanted, dns);
  return {
    rules,
    ...(engine.need === undefined ? {} : { engine: engine.need }),
    ...(engineUndo === undefined ? {} : { engineUndo }),
    ...(resolver.need === undefined ? {} : { resolver: resolver.need }),
    ...(resolverUndo === undefined ? {} : { resolverUndo }),
    ...(at === undefined || (engine.need === undefined && resolver.need === undefined) ? {} : { check: at }),
    ...(nothing(record) ? {} : { record }),
    ...(going ? { after: nothing(after) ? null : after } : {}),
  };
}

/** Whether anything on the host changes. */
export const dnsChanges = (need: DnsNeed | undefined): boolean =>
  need !== undefined &&
  (need.engine !== undefined ||
    need.engineUndo !== undefined ||
    need.resolver !== undefined ||
    need.resolverUndo !== undefined ||
    need.rules.open.length + need.rules.close.length > 0);
