/** What a run tells while it goes, and what a cluster is like: the same for command line and window. */
import type { ErrorEnvelope } from '../errors.js';
import type { LiveSecurity } from '../live/index.js';

export type StepState = 'waiting' | 'running' | 'done' | 'skipped' | 'failed' | 'cancelled';

export type ProgressEvent =
  | { readonly type: 'plan'; readonly plan: string; readonly steps: number }
  | {
      readonly type: 'step';
      readonly step: string;
      readonly host: string;
      readonly title: string;
      readonly state: StepState;
      /** 0..1 where it can be known. */
      readonly progress?: number;
      /** Short words on what goes on, e.g. `12.4 of 38.0 MB`. */
      readonly message?: string;
      readonly error?: ErrorEnvelope;
      /** Duration, on done, skipped and failed. */
      readonly ms?: number;
    }
  | { readonly type: 'output'; readonly step: string; readonly host: string; readonly text: string }
  | { readonly type: 'summary'; readonly summary: ApplySummary };

export interface ApplySummary {
  readonly result: 'done' | 'partial' | 'failed' | 'cancelled';
  /** Steps that changed a host. */
  readonly changed: number;
  readonly skipped: number;
  readonly failed: readonly { readonly step: string; readonly host: string; readonly error: ErrorEnvelope }[];
  /** What is where at the end, one sentence a host. */
  readonly hosts: Readonly<Record<string, string>>;
  /** From the first container create to a leader agreed by all servers, by datacenter. */
  readonly quorumMs?: Readonly<Record<string, number>>;
  /** Leader's node name by datacenter. */
  readonly leader?: Readonly<Record<string, string>>;
}

export interface NodeStatus {
  readonly name: string;
  readonly role: 'server' | 'client';
  readonly address: string;
  /** Consul's member status, or `unreachable` / `missing` where Consul does not know the node. */
  readonly status: 'alive' | 'failed' | 'left' | 'leaving' | 'unreachable' | 'missing' | 'none';
  /** null where this Consul cannot tell (0.5.2). */
  readonly voter: boolean | null;
  readonly leader: boolean;
  /** Empty where it cannot be known. */
  readonly version: string;
  /** Servers only, where the agent tells. */
  readonly security?: LiveSecurity;
  /** It is in maintenance, and why; empty where nobody said why. */
  readonly maintenance?: string;
}

export interface DatacenterStatus {
  readonly name: string;
  /** Node name, or null when there is no leader that all reachable servers agree on. */
  readonly leader: string | null;
  readonly nodes: readonly NodeStatus[];
  /** Services that are in maintenance; a node that is, with all of its services, says so itself. */
  readonly maintenance: readonly {
    readonly node: string;
    readonly service: string;
    readonly id: string;
    readonly reason: string;
  }[];
}

export interface ClusterStatus {
  readonly cluster: string;
  readonly healthy: boolean;
  readonly datacenters: readonly DatacenterStatus[];
  /** Why it is not healthy, in sentences. */
  readonly problems: readonly string[];
  readonly asOf: string;
}
