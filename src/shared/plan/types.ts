/** A plan: steps as data, shown before they run, serialisable, held and applied by its id. */
import type { AclPolicy, AclToken, RegisteredService } from '../desired/index.js';
import type { DesiredContainer } from '../desired/types.js';
import type { EngineDns, EngineFile } from '../shell/engine-file.js';
import type { ManagedFirewall, OpenableFirewall } from '../shell/firewall.js';
import type { KeptIn } from '../shell/packet-filter.js';
import type { HostState, InForce } from './facts.js';

export type Risk = 'none' | 'low' | 'medium' | 'high';

export type StepAction =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly content: string }
  | {
      readonly kind: 'firewall-open';
      readonly firewall: OpenableFirewall;
      readonly zone?: string;
      readonly keptIn?: KeptIn;
      /** firewalld: by `busctl` over D-Bus; absent: by `firewall-cmd`. */
      readonly bus?: true;
      /** In the firewall's own words, see shared/shell/firewall. */
      readonly rules: readonly string[];
    }
  | { readonly kind: 'firewall-disable'; readonly firewall: ManagedFirewall }
  | {
      readonly kind: 'firewall-enable';
      readonly firewall: ManagedFirewall;
      readonly start: boolean;
      readonly boot: boolean;
    }
  | {
      readonly kind: 'firewall-close';
      readonly firewall: OpenableFirewall;
      readonly zone?: string;
      readonly keptIn?: KeptIn;
      readonly bus?: true;
      readonly rules: readonly string[];
    }
  | { readonly kind: 'docker-chains'; readonly containers: readonly string[] }
  | {
      readonly kind: 'image-pull';
      /** What containers are run from. */
      readonly reference: string;
      /** What is pulled, where that is another one. */
      readonly from?: string;
      readonly digest?: string;
      readonly user?: string;
    }
  | {
      readonly kind: 'image-load';
      readonly reference: string;
      /** Where the archive lies on the host until it is loaded. */
      readonly upload: string;
      /** What it has to be; absent where nothing is pinned. */
      readonly digest?: string;
      /** Where it is written down which image that was proven for. */
      readonly proven?: string;
    }
  | {
      readonly kind: 'volume-create';
      readonly name: string;
      readonly labels: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'volume-remove'; readonly name: string }
  | {
      readonly kind: 'secret-file';
      readonly path: string;
      readonly mode: number;
      /** Directory above it that only root may enter. */
      readonly root: string;
      /** With names in place of the secrets: a plan holds none. */
      readonly template: string;
      /** A running container takes it in when it is restarted: that is noted beside it, with what is in force until then. */
      readonly due?: { readonly container: string; readonly path: string; readonly inForce: InForce };
    }
  | { readonly kind: 'container-restart'; readonly name: string }
  /** The agent reads its configuration, and the files that it names, again. */
  | { readonly kind: 'agent-reload' }
  /** Waits until the catalog has the node's services as the document says. */
  | {
      readonly kind: 'services';
      readonly registered: readonly RegisteredService[];
      /** Ids that must no longer be there. */
      readonly gone: readonly string[];
    }
  | {
      readonly kind: 'keyring';
      readonly op: 'install' | 'use' | 'remove';
      /** Name of the key in the store of secrets. */
      readonly key: string;
    }
  /** The first management token is made, and kept. */
  | { readonly kind: 'acl-bootstrap'; readonly reset: boolean }
  /** Policies and tokens are as the document needs them. */
  | {
      readonly kind: 'acl-tokens';
      readonly policies: readonly AclPolicy[];
      readonly tokens: readonly AclToken[];
    }
  /** A running agent is given its token, and the node is registered. */
  | { readonly kind: 'agent-token'; readonly replication: boolean }
  | { readonly kind: 'secret-promote'; readonly from: string; readonly to: string }
  /** Autopilot takes no dead server out below this number. */
  | { readonly kind: 'autopilot'; readonly datacenter: string; readonly minQuorum: number }
  | { readonly kind: 'container-run'; readonly container: DesiredContainer }
  /** A server that was off for too long may start: the file by which Consul reckons is removed from its data. */
  | {
      readonly kind: 'rejoin';
      /** The container's, or what it is going to be. */
      readonly name: string;
      /** Where the data are: mounted in a container, or in a volume whose container is gone. */
      readonly data: { readonly container: string; readonly mountedAt: string } | { readonly volume: string };
      /** It runs, trying in vain: it looks at the file when it is started only. */
      readonly restart: boolean;
    }
  | { readonly kind: 'container-start'; readonly name: string; readonly id: string }
  | {
      readonly kind: 'container-replace';
      readonly container: DesiredContainer;
      readonly oldId: string;
      /** Consul's version as the new agent has to say it, as far as is known; absent where nobody knows. */
      readonly version?: string;
      /** The cluster lives: the agent is stopped only while the others can spare it, and proven to be back. */
      readonly live: boolean;
    }
  | { readonly kind: 'container-remove'; readonly name: string; readonly id: string }
  | { readonly kind: 'join'; readonly addresses: readonly string[] }
  | {
      readonly kind: 'quorum';
      readonly datacenter: string;
      readonly servers: readonly string[];
      readonly members: readonly string[];
    }
  | {
      readonly kind: 'federation';
      /** Servers of the other datacenters, to be joined over WAN gossip. */
      readonly addresses: readonly string[];
      /** Servers of all datacenters, which must be alive in the WAN pool. */
      readonly servers: readonly { readonly name: string; readonly datacenter: string }[];
    }
  | {
      readonly kind: 'network-check';
      readonly peers: readonly {
        readonly host: string;
        readonly address: string;
        readonly server: boolean;
      }[];
    }
  /** The engine is told its resolvers, and restarted; a file that it does not take is put back. */
  | (EngineDns & {
      readonly kind: 'engine-dns';
      readonly file: EngineFile;
      readonly path: string;
      /** Of the file as it was when the plan was made; null: absent. */
      readonly sha256: string | null;
      readonly mode: number;
      /** Directory for what was there before. */
      readonly keep: string;
      /** Entries of ours, also those of an earlier apply. */
      readonly ours: EngineDns;
    })
  | {
      readonly kind: 'engine-dns-undo';
      readonly file: EngineFile;
      readonly path: string;
      readonly existed: boolean;
      readonly keep: string;
      readonly ours: EngineDns;
    }
  /** systemd-resolved gets a file of ours, or loses it (null). */
  | {
      readonly kind: 'host-resolver';
      readonly path: string;
      readonly content: string | null;
      /** Of our file as it is recorded; with another digest it was edited, and stays. */
      readonly sha256?: string;
    }
  /** Consul's DNS answers there, as seen from the host. */
  | { readonly kind: 'dns-check'; readonly address: string; readonly port: number; readonly name: string }
  | { readonly kind: 'adopt'; readonly id: string; readonly name: string }
  | { readonly kind: 'record'; readonly statePath: string; readonly state: RecordedState }
  | {
      readonly kind: 'file-remove';
      readonly path: string;
      readonly sha256?: string;
      readonly directory: boolean;
    };

/** What a plan records on a host; times and the plan's id are added when it is written. */
export type RecordedState = Omit<HostState, 'since' | 'updated' | 'lastPlan'>;

export type StepKind = StepAction['kind'];

export interface Step {
  /** Stable within a plan: `<host>/<kind>/<n>`; the same input gives the same id. */
  readonly id: string;
  readonly host: string;
  readonly node?: string;
  readonly title: string;
  readonly before: string;
  readonly after: string;
  readonly risk: Risk;
  /** Why the risk, or what it touches; empty where there is nothing to say. */
  readonly note?: string;
  /** The command lines that it stands for, as a person would type them. */
  readonly commands: readonly string[];
  readonly needsRoot: boolean;
  /** Ids of steps that must be done first. */
  readonly needs: readonly string[];
  /** Ids of steps that must have ended first, however they ended: keeps servers' starts close together. */
  readonly startAfter?: readonly string[];
  /**
   * Writes what an agent that is stopped is going to start with. The first such step begins when the cluster can spare the agent,
   * which its files must not outrun.
   */
  readonly turn?: 'begins' | 'goes on';
  /** How to take it back, where it can be. */
  readonly undo?: string;
  readonly action: StepAction;
}

/** Something that stops (blocker, conflict) or deserves a word (confirmation, warning, note). */
export interface PlanIssue {
  readonly severity: 'blocker' | 'conflict' | 'confirm' | 'warning' | 'note';
  readonly code: string;
  readonly host?: string;
  readonly message: string;
  /** What to do, or the choices. */
  readonly hint?: string;
}

export interface Plan {
  readonly version: 1;
  readonly kind: 'apply' | 'destroy';
  /** Digest of everything below: the same plan has the same id. */
  readonly id: string;
  readonly clusterId: string;
  readonly clusterName: string;
  readonly documentDigest: string;
  readonly factsDigest: string;
  readonly issues: readonly PlanIssue[];
  readonly steps: readonly Step[];
}

/** Number of steps that change a host (`record`, `join`, checks and waits are not changes). */
export const CHANGING: ReadonlySet<StepKind> = new Set<StepKind>([
  'directory',
  'file',
  'firewall-open',
  'firewall-disable',
  'firewall-enable',
  'firewall-close',
  'docker-chains',
  'image-pull',
  'image-load',
  'volume-create',
  'volume-remove',
  'secret-file',
  'container-restart',
  'agent-reload',
  'acl-bootstrap',
  'acl-tokens',
  'agent-token',
  'keyring',
  'autopilot',
  'rejoin',
  'container-run',
  'container-start',
  'container-replace',
  'container-remove',
  'engine-dns',
  'engine-dns-undo',
  'host-resolver',
  'adopt',
  'file-remove',
]);
