/** What the use cases take and tell. The command line and the app are two callers of the same. */
import type { Plan } from '../../shared/plan/types.js';
import type { ApplySummary, ProgressEvent } from '../../shared/run/types.js';
import type { HostConnector } from '../host/types.js';
import type { ClusterSecrets } from './secrets.js';

export type * from '../../shared/run/types.js';
export type { ClusterSecrets } from './secrets.js';

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
  /** Needed for steps that write or change secrets. */
  readonly secrets?: ClusterSecrets;
  /** Break a lock that another holder left. */
  readonly breakLock?: boolean;
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
