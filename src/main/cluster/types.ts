/** What the use cases take and tell. The command line and the app are two callers of the same. */
import type { ErrorEnvelope } from '../../shared/errors.js';
import type { Plan } from '../../shared/plan/types.js';
import type { HostConnector } from '../host/types.js';

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

export interface UseCaseContext {
  readonly connector: HostConnector;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ProgressEvent) => void;
  /** Directory on this computer for journals, `<RAFTYARD_HOME>/journal`. */
  readonly journalDir: string;
  /** Names who holds the lock on the hosts: `user@computer`. */
  readonly holder: string;
}

export interface ApplyOptions {
  /** `docker save` archive on this computer for `image-load` steps. */
  readonly imageArchive?: string;
  /** Break a lock that another holder left. */
  readonly breakLock?: boolean;
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
}

export interface DatacenterStatus {
  readonly name: string;
  /** Node name, or null when there is no leader that all reachable servers agree on. */
  readonly leader: string | null;
  readonly nodes: readonly NodeStatus[];
}

export interface ClusterStatus {
  readonly cluster: string;
  readonly healthy: boolean;
  readonly datacenters: readonly DatacenterStatus[];
  /** Why it is not healthy, in sentences. */
  readonly problems: readonly string[];
  readonly asOf: string;
}

export interface ApplyResult {
  readonly plan: Plan;
  readonly summary: ApplySummary;
}

/*
 * The use cases (src/main/cluster/index.ts):
 *   preflight(topology, context): Promise<Facts>
 *   planApply(topology, facts, options): Plan            -- from src/shared/plan/index.ts, pure
 *   planDestroy(topology, facts, { keepData }): Plan     -- from src/shared/plan/index.ts, pure
 *   applyPlan(topology, plan, context, options: ApplyOptions): Promise<ApplySummary>
 *   status(topology, context): Promise<ClusterStatus>
 *   importCluster(hosts: Host[], context): Promise<{ text: string; notes: string[] }>   -- a .raftyard document
 */
