/** What a plan knows of a node while it is made: what its container needs, and what is left for its turn. */
import type { DesiredNode } from '../desired/types.js';
import type { Lane } from './builder.js';
import type { DnsNeed } from './dns-need.js';
import type { ContainerFacts, ReachableFacts } from './facts.js';
import type { FirewallNeed, HostInput } from './host-steps.js';
import type { SecretNeed } from './secrets.js';
import type { RecordedState } from './types.js';

export type Need = 'none' | 'run' | 'start' | 'replace' | 'later';

/** What has to happen with a node's services. */
export interface ServicesNeed {
  /** The file that is to be written, where it holds a token. */
  readonly secret?: { readonly path: string; readonly template: string };
  /** Files of ours that are no longer to be there. */
  readonly unwanted: readonly { readonly path: string; readonly sha256: string }[];
  /** Ids that were registered by us, and are no longer to be. */
  readonly gone: readonly string[];
  /** The agent has to read its files again, if it runs: they change, or the catalog is not as they say. */
  readonly reload: boolean;
}

/** What is written, and recorded, before a container is re-created or restarted. */
export interface TurnFiles {
  readonly input: HostInput;
  readonly firewall: FirewallNeed;
  readonly secrets: readonly SecretNeed[];
  readonly services: ServicesNeed;
}

export interface NodeWork {
  readonly node: DesiredNode;
  readonly facts: ReachableFacts;
  readonly lane: Lane;
  readonly existing: ContainerFacts | undefined;
  /** Left beside it by a re-creation that was cut short. */
  readonly aside: ContainerFacts | undefined;
  readonly need: Need;
  readonly why: readonly string[];
  readonly services: ServicesNeed;
  /** What is written when its container is re-created, or restarted for the first time; absent where nothing waits for that. */
  readonly turn?: TurnFiles;
  /** What is to be done for names, and what is recorded of the host; absent where nothing. */
  readonly names?: { readonly need: DnsNeed; readonly state: RecordedState };
}
