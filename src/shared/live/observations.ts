/** What was seen, by whom and when; each reducer takes one answer in. Times are milliseconds since the epoch. */
import type { NodeCoordinate } from './coordinates.js';
import type { ServicePlace } from './ports.js';
import type { CheckStatus, ContainerState, LiveSecurity, LiveStatus } from './types.js';

export interface MemberSeen {
  readonly name: string;
  readonly address: string;
  readonly status: LiveStatus;
  readonly server: boolean;
  readonly version: string;
}

export interface RaftServerSeen {
  readonly node: string;
  readonly id: string;
  readonly address: string;
  readonly voter: boolean;
  readonly leader: boolean;
  readonly protocol: string;
}

export interface RaftSeen {
  /** Raft index of the configuration: a higher one is newer. */
  readonly index: number;
  readonly servers: readonly RaftServerSeen[];
}

export interface RaftStats {
  readonly lastContactMs?: number;
  readonly lastIndex?: number;
  readonly appliedIndex?: number;
}

/** One server's own view. */
export interface ServerView {
  readonly node: string;
  /** null: not asked yet. */
  readonly answering: boolean | null;
  readonly answeredAt: number | null;
  /** Why it does not answer. */
  readonly silence: string | null;
  /** `address:port`; empty when it knows no leader. */
  readonly leader: string;
  /** When it began to say so. */
  readonly leaderSince: number;
  readonly members: readonly (MemberSeen & { readonly since: number })[] | null;
  /** null: this Consul cannot tell; undefined: not asked yet. */
  readonly raft: RaftSeen | null | undefined;
  readonly stats: RaftStats | null;
  readonly security: LiveSecurity | null;
  /** It answers, and keeps members or Raft back: ACLs are on, and we ask without a token. */
  readonly locked: boolean;
}

export interface CheckSeen {
  readonly node: string;
  readonly id: string;
  readonly name: string;
  readonly status: CheckStatus;
  readonly output: string;
  /** Empty for a check of the node itself. */
  readonly serviceId: string;
  readonly service: string;
}

export interface InstanceSeen extends ServicePlace {
  readonly service: string;
  readonly node: string;
  readonly id: string;
  readonly tags: readonly string[];
}

export interface DatacenterSeen {
  readonly name: string;
  readonly servers: readonly ServerView[];
  readonly readingFrom: string | null;
  readonly checks: readonly CheckSeen[];
  readonly instances: readonly InstanceSeen[];
  /** There are more services than are read. */
  readonly servicesTruncated: boolean;
  /** null: this Consul has none. */
  readonly coordinates: readonly NodeCoordinate[] | null;
}

export interface WanSeen {
  readonly datacenter: string;
  readonly coordinates: readonly NodeCoordinate[];
}

/** WAN gossip as a server of one datacenter sees it. */
export interface WanView {
  readonly from: string;
  readonly members: readonly { readonly datacenter: string; readonly alive: boolean }[];
}

export interface HostSeen {
  readonly name: string;
  /** Why the connection cannot be made; null while it can, or is not tried yet. */
  readonly problem: string | null;
  readonly dockerProblem: string | null;
}

export interface ClusterSeen {
  readonly startedAt: number;
  readonly datacenters: readonly DatacenterSeen[];
  /** By node name; absent: not known. */
  readonly containers: Readonly<Record<string, ContainerState | null>>;
  readonly hosts: readonly HostSeen[];
  readonly wan: readonly WanSeen[];
  readonly wanViews: readonly WanView[];
}

/** What a node is by the document. */
export interface PlannedNode {
  readonly name: string;
  readonly role: 'server' | 'client';
  readonly address: string;
  readonly host: string;
}

export interface PlannedCluster {
  readonly name: string;
  readonly datacenters: readonly { readonly name: string; readonly nodes: readonly PlannedNode[] }[];
}

/** Nothing is known yet. */
export function nothingSeen(planned: PlannedCluster, now: number): ClusterSeen {
  const hosts = new Set(planned.datacenters.flatMap(({ nodes }) => nodes.map((node) => node.host)));
  return {
    startedAt: now,
    datacenters: planned.datacenters.map(({ name, nodes }) => ({
      name,
      servers: nodes
        .filter((node) => node.role === 'server')
        .map((node) => ({
          node: node.name,
          answering: null,
          answeredAt: null,
          silence: null,
          leader: '',
          leaderSince: now,
          members: null,
          raft: undefined,
          stats: null,
          security: null,
          locked: false,
        })),
      readingFrom: null,
      checks: [],
      instances: [],
      servicesTruncated: false,
      coordinates: null,
    })),
    containers: {},
    hosts: [...hosts].map((name) => ({ name, problem: null, dockerProblem: null })),
    wan: [],
    wanViews: [],
  };
}

export function sawLeader(view: ServerView, leader: string, now: number): ServerView {
  return {
    ...view,
    answering: true,
    answeredAt: now,
    silence: null,
    leader,
    leaderSince: leader === view.leader ? view.leaderSince : now,
  };
}

export function sawSilence(view: ServerView, reason: string): ServerView {
  return { ...view, answering: false, silence: reason };
}

/** Keeps the time since which each member is as it is: of two gossip views, the one that changed last knows more. */
export function sawMembers(view: ServerView, members: readonly MemberSeen[], now: number): ServerView {
  const before = new Map((view.members ?? []).map((member) => [member.name, member]));
  return {
    ...view,
    members: members.map((member) => {
      const old = before.get(member.name);
      return { ...member, since: old?.status === member.status ? old.since : now };
    }),
  };
}

/** @param change gives the new state of the named datacenter. */
export function inDatacenter(
  seen: ClusterSeen,
  name: string,
  change: (datacenter: DatacenterSeen) => DatacenterSeen,
): ClusterSeen {
  return {
    ...seen,
    datacenters: seen.datacenters.map((entry) => (entry.name === name ? change(entry) : entry)),
  };
}

export function inServer(
  seen: ClusterSeen,
  datacenter: string,
  node: string,
  change: (view: ServerView) => ServerView,
): ClusterSeen {
  return inDatacenter(seen, datacenter, (entry) => ({
    ...entry,
    servers: entry.servers.map((view) => (view.node === node ? change(view) : view)),
  }));
}
