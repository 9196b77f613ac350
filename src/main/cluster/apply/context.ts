/** What a step has at hand. */
import { setMaxListeners } from 'node:events';
import { RaftyardError } from '../../../shared/errors.js';
import type { Step, StepAction, StepKind } from '../../../shared/plan/types.js';
import type { HostConnection } from '../../host/types.js';
import type { ArchiveSource } from '../archive-source.js';
import type { Registry } from '../registry.js';
import type { ClusterSecrets } from '../secrets.js';
import type { StepResult } from './scheduler.js';

/** The action of one kind of step. */
export type Action<K extends StepKind> = Extract<StepAction, { kind: K }>;

/** How long a cancelled run waits for commands that are about to end by themselves, in milliseconds. */
const SETTLE_MS = 15_000;

/** A signal that aborts when `signal` did so {@link SETTLE_MS} ago. */
export function laterThan(signal: AbortSignal): AbortSignal {
  const later = new AbortController();
  setMaxListeners(0, later.signal);
  signal.addEventListener('abort', () => void setTimeout(() => later.abort(), SETTLE_MS).unref(), {
    once: true,
  });
  return later.signal;
}

export interface StepContext {
  readonly connection: HostConnection;
  readonly connectionOf: (host: string) => Promise<HostConnection>;
  readonly step: Step;
  readonly signal: AbortSignal;
  /**
   * Aborts {@link SETTLE_MS} after `signal`: for what changes a host in a moment. A command that is cut off goes on there unseen,
   * after the lock is given back, and the next look meets it half done.
   */
  readonly cutOff: AbortSignal;
  readonly planId: string;
  /** What `image-load` steps load from. */
  readonly archive: ArchiveSource | undefined;
  /** Where the document's image comes from. */
  readonly registry: Registry;
  /** Absent where the cluster has none. */
  readonly secrets: ClusterSecrets | undefined;
  readonly progress: (fraction: number | undefined, message?: string) => void;
  readonly output: (text: string) => void;
  readonly apply: ApplyClock;
  /** Nodes of the document by name: host and address. */
  readonly nodes: ReadonlyMap<
    string,
    {
      readonly host: string;
      readonly address: string;
      readonly container: string;
      readonly role: 'server' | 'client';
    }
  >;
}

/** @throws RaftyardError cancelled, with the host, when the run is cancelled */
export function stopIfCancelled({ signal, connection }: Pick<StepContext, 'signal' | 'connection'>): void {
  if (signal.aborted) throw new RaftyardError('cancelled', 'cancelled', { host: connection.host.name });
}

/** A file as it was; null where there was none. */
export type FormerFile = { readonly content: Buffer; readonly mode: number } | null;

/** What the steps of one apply know of each other, and the times that the summary needs. */
export interface ApplyClock {
  /** Nodes whose agent does not come: the step that was to start it failed, or was not begun. */
  readonly absent: Set<string>;
  /** Hosts that the look found unreachable, with what was said of them. */
  readonly away: ReadonlyMap<string, string>;
  /** First container create by datacenter, performance.now() milliseconds. */
  firstCreate: Map<string, number>;
  quorum: Map<string, { readonly at: number; readonly leader: string }>;
  /** Files of agents whose turn it is, as they were before, by node and path. */
  readonly former: Map<string, Map<string, FormerFile>>;
  readonly datacenterOf: (node: string) => string;
  /** After how long an agent tries again to join, in milliseconds. */
  readonly retryIntervalMs: number;
}

export type Handler<K extends StepKind> = (action: Action<K>, context: StepContext) => Promise<StepResult>;
