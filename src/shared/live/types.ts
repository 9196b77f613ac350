/** What the live view shows: a picture of the cluster as Consul tells it, and what changed between two pictures. */

import type { ServicePlace } from './ports.js';
export type LiveStatus = 'alive' | 'failed' | 'left' | 'leaving' | 'unreachable' | 'missing' | 'none';
export type ContainerState = 'running' | 'exited' | 'missing' | 'restarting' | 'paused';
export type CheckStatus = 'passing' | 'warning' | 'critical';

export interface LiveCheck {
  readonly id: string;
  readonly name: string;
  readonly status: CheckStatus;
  /** Cut to a few hundred characters. */
  readonly output: string;
}

/** What protects an agent's own traffic. */
export interface LiveSecurity {
  /** Its gossip is encrypted. */
  readonly gossip: boolean;
  /** Its RPC goes out as TLS. */
  readonly tls: boolean;
  /** ISO 8601: the end of the certificate that its HTTPS port presents. */
  readonly certificateEnds?: string;
  /** Within the time in which an apply makes a new one. */
  readonly endsSoon?: boolean;
}

export interface LiveNode {
  readonly name: string;
  readonly role: 'server' | 'client';
  readonly address: string;
  /**
   * Consul's member status. Where Consul does not know the node: `unreachable` when it does not answer us either, else
   * `missing`; `none` while nothing is known yet.
   */
  readonly status: LiveStatus;
  /** null where this Consul cannot tell (before 0.7) or was not asked yet. */
  readonly voter: boolean | null;
  readonly leader: boolean;
  /** Empty where it cannot be known. */
  readonly version: string;
  /** null where Docker on its host cannot be asked. */
  readonly container: ContainerState | null;
  /** false: a member that the document does not have. */
  readonly inTopology: boolean;
  /** Whether the agent's API answers us; null for nodes that are not asked. */
  readonly reachable: boolean | null;
  readonly checks: { readonly passing: number; readonly warning: number; readonly critical: number };
  /** It is in maintenance, and why; empty where nobody said why. Such a check is not among those that are counted. */
  readonly maintenance?: string;
  /** Checks of the node itself (`serfHealth` among them); those of services are with their instances. */
  readonly nodeChecks: readonly LiveCheck[];
  /** Servers only, where the agent tells. */
  readonly raft?: {
    /** Since the leader was last heard; 0 on the leader itself. */
    readonly lastContactMs?: number;
    readonly lastIndex?: number;
    readonly appliedIndex?: number;
  };
  /** Servers only, where the agent tells. */
  readonly security?: LiveSecurity;
}

export interface LiveQuorum {
  readonly voters: number;
  readonly alive: number;
  /** More than half of the voters. */
  readonly needed: number;
  /** Voters that can be lost with writes still possible; 0 also when there are too few already. */
  readonly tolerates: number;
}

export interface LiveRaftServer {
  readonly node: string;
  readonly id: string;
  readonly address: string;
  readonly voter: boolean;
  readonly leader: boolean;
  /** Raft protocol version; empty where it is not told. */
  readonly protocol: string;
}

export interface LiveRtt {
  readonly a: string;
  readonly b: string;
  /** Estimated from Consul's network coordinates. */
  readonly ms: number;
}

export interface LiveDatacenter {
  readonly name: string;
  /** Node name (an address where it has none); null when there is no leader. */
  readonly leader: string | null;
  /** The last one there was, for 'moved from … to …'. */
  readonly lastLeader: string | null;
  /** ISO 8601: when a server of this datacenter last answered, while none does. */
  readonly staleSince: string | null;
  readonly nodes: readonly LiveNode[];
  /** Empty where this Consul has no coordinates (before 0.6). */
  readonly rtt: readonly LiveRtt[];
  /** null where voters cannot be known. */
  readonly quorum: LiveQuorum | null;
  /** null where the Raft configuration cannot be asked (before 0.7). */
  readonly raft: readonly LiveRaftServer[] | null;
}

export interface LiveServiceInstance extends ServicePlace {
  readonly node: string;
  readonly id: string;
  readonly tags: readonly string[];
  readonly checks: readonly LiveCheck[];
  /** It is in maintenance, and why; empty where nobody said why. */
  readonly maintenance?: string;
}

export interface LiveService {
  readonly datacenter: string;
  readonly name: string;
  readonly instances: readonly LiveServiceInstance[];
}

export interface LiveWanLink {
  readonly a: string;
  readonly b: string;
  /** `cut`: from one side or the other, no server of the opposite one is alive in WAN gossip; null: not known. */
  readonly state: 'connected' | 'cut' | null;
  /** Median of the servers' estimated round-trip times; null where it cannot be known. */
  readonly ms: number | null;
}

export type LiveProblemCode =
  | 'stale'
  | 'no-leader'
  | 'leader-disputed'
  | 'quorum-at-risk'
  | 'quorum-lost'
  | 'node-failed'
  | 'node-left'
  | 'node-missing'
  | 'node-unreachable'
  | 'not-a-voter'
  | 'not-in-topology'
  | 'container-not-running'
  | 'check-critical'
  | 'node-maintenance'
  | 'service-maintenance'
  | 'host-unreachable'
  | 'docker-unavailable'
  | 'services-truncated'
  | 'wan-cut'
  | 'certificate-ends'
  | 'token-needed';

export interface LiveProblem {
  readonly code: LiveProblemCode;
  readonly datacenter: string;
  readonly node?: string;
  readonly host?: string;
  readonly service?: string;
  /** Name of a check, state of a container, another datacenter, reason of a maintenance, or the words of an error: not translated. */
  readonly detail?: string;
}

export interface LiveSnapshot {
  readonly cluster: string;
  /** ISO 8601 */
  readonly asOf: string;
  /** ISO 8601: set while no datacenter's servers answer; what is shown is as old as this. */
  readonly staleSince: string | null;
  /** Datacenter → node whose agent is read from. */
  readonly readingFrom: Readonly<Record<string, string>>;
  readonly datacenters: readonly LiveDatacenter[];
  readonly wan: readonly LiveWanLink[];
  readonly services: readonly LiveService[];
  readonly problems: readonly LiveProblem[];
}

export type LiveEventKind =
  | 'leader-elected'
  | 'leader-lost'
  | 'leader-moved'
  | 'node-failed'
  | 'node-left'
  | 'node-alive'
  | 'node-joined'
  | 'voter-added'
  | 'voter-removed'
  | 'check-critical'
  | 'check-passing'
  | 'maintenance-on'
  | 'maintenance-off'
  | 'container-stopped'
  | 'container-started'
  | 'stale'
  | 'fresh'
  | 'wan-cut'
  | 'wan-back';

/** One change, as data: the words are the window's. */
export interface LiveEvent {
  /** ISO 8601 */
  readonly at: string;
  readonly kind: LiveEventKind;
  readonly datacenter: string;
  readonly node?: string;
  /** Leader before and after; state before and after; `to`: the other datacenter of a WAN link. */
  readonly from?: string;
  readonly to?: string;
  readonly votersAlive?: number;
  readonly voters?: number;
  readonly service?: string;
  readonly check?: string;
  /** Of a maintenance; empty where nobody said why. */
  readonly reason?: string;
}
