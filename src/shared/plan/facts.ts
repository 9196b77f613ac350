/** What preflight found on a host. Serialisable; the plan is a pure function of it and the document. */
import type { RegisteredService, Stage } from '../desired/types.js';
import type { ErrorEnvelope } from '../errors.js';
import type { KeptIn } from '../shell/packet-filter.js';
import type { SecurePart } from '../topology/index.js';
import type { DnsFacts, DnsRecord } from './dns-facts.js';

export type RootAccess = 'root' | 'sudo' | 'sudo-password' | 'none';
export type FirewallKind = 'firewalld' | 'ufw' | 'nftables' | 'iptables' | 'none';

export interface ContainerFacts {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  /** Digests of manifests that its image was pulled by, `sha256:…`; asked where the image is pinned. */
  readonly imageDigests?: readonly string[];
  readonly running: boolean;
  readonly restarting: boolean;
  /** When it was started last, as the engine writes it. */
  readonly startedAt?: string;
  /** Seconds since the server in it was last seen running, by its own record; absent where it runs, or wrote none. */
  readonly offForS?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly networkMode: string;
  readonly restart: string;
  readonly mounts: readonly {
    readonly type: string;
    readonly source: string;
    readonly target: string;
    readonly readOnly: boolean;
  }[];
}

export interface DockerFacts {
  readonly kind: 'engine' | 'snap' | 'rootless' | 'podman';
  readonly version: string;
  readonly apiVersion: string;
  readonly storageDriver: string;
  readonly usernsRemap: boolean;
  /** null where it cannot be known (no systemd). */
  readonly enabledAtBoot: boolean | null;
  /** Containers go on while the engine restarts. */
  readonly liveRestore?: boolean;
  /** Published ports of running containers of others: touched when Docker's chains are repaired. */
  readonly publishing: readonly { readonly container: string; readonly ports: readonly string[] }[];
}

export interface ImageFacts {
  readonly reference: string;
  readonly present: boolean;
  /** sha256 id where present. */
  readonly id?: string;
  /** Digests of manifests that it was pulled by, `sha256:…`, whatever the registry. */
  readonly digests?: readonly string[];
  /** Consul's version by the image's environment and labels, else by `consul version` in it; never by the tag. */
  readonly consulVersion?: string;
  /** It begins with the script that hashicorp/consul begins with. */
  readonly official?: true;
  /** Absent image: whether its registry offers it to this engine; not set where nobody could say in time. */
  readonly pullable?: boolean;
  /** The registry's manifest is schema 1: engines from 28 on cannot pull it. */
  readonly schema1?: boolean;
  /** Why it cannot be pulled, in the engine's words. */
  readonly pullProblem?: string;
}

/** See {@link provenPath}. */
export interface ProvenImage {
  readonly digest: string;
  readonly id: string;
}

export interface FirewallFacts {
  readonly kind: FirewallKind;
  readonly active: boolean;
  readonly enabledAtBoot: boolean;
  /** firewalld: the zone of the interface that has the advertise address. */
  readonly zone?: string;
  /** firewalld: it was asked over D-Bus by `busctl`, and takes changes the same way. */
  readonly bus?: true;
  /** nftables: the chains that filter what comes in, as `family table chain`. */
  readonly chains?: readonly string[];
  /** iptables, nftables: the files from which the distribution loads rules at boot; absent: nothing is loaded. */
  readonly keptIn?: KeptIn;
  /**
   * firewalld: ports (`8500/tcp`) and rich rules of the zone; ufw: rule lines; iptables and nftables: only the rules
   * that bear Raftyard's mark. Runtime and permanent.
   */
  readonly runtime: readonly string[];
  readonly permanent: readonly string[];
}

export interface ListenerFacts {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  /** Process name where it can be seen. */
  readonly process?: string;
}

export interface FileFacts {
  readonly path: string;
  readonly mode: number;
  readonly sha256: string;
}

/** `<workdir>/.raftyard/state.json` on every host: what was there before, what is ours, the last plan. */
export interface HostState {
  readonly version: 1;
  readonly clusterId: string;
  readonly clusterName: string;
  readonly node: string;
  /** First time Raftyard wrote on this host, ISO 8601. */
  readonly since: string;
  readonly updated: string;
  readonly lastPlan: string;
  /** Firewall before our first step; absent when we never touched it. */
  readonly firewallBefore?: {
    readonly kind: FirewallKind;
    readonly active: boolean;
    readonly enabledAtBoot: boolean;
  };
  /** Firewall rules that we made (in the firewall's own words). */
  readonly rules: readonly string[];
  /** true when we stopped and disabled the firewall. */
  readonly firewallDisabled: boolean;
  /** Files that we wrote, with the digest of what we wrote. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** Files with secrets that we wrote; no digest of them leaves the host. */
  readonly secretFiles?: readonly string[];
  /** Ids of services that we had registered. */
  readonly services?: readonly string[];
  /** Parts of `secure` that were on; absent beside `secretFiles`: gossip, before there were others. */
  readonly secured?: readonly SecurePart[];
  /** What we changed for names; absent where nothing. */
  readonly dns?: DnsRecord;
  /** Whether the working directory itself was made by us. */
  readonly madeWorkdir: boolean;
  /** Container that was adopted, not made, by us. */
  readonly adopted?: boolean;
  /** Autopilot's MinQuorum follows the number of servers in this datacenter; absent: it is left as it is. */
  readonly minQuorum?: boolean;
}

/** How far an agent is with each part; 0 is in the clear. */
export type InForce = Readonly<Partial<Record<SecurePart, 0 | Stage>>>;

/** What a round notes on a host before it writes a file that waits for a restart. */
export interface RestartDue {
  /** Docker's id. */
  readonly container: string;
  /** As the engine says it; of this start the note tells. */
  readonly startedAt: string;
  readonly inForce: InForce;
}

export interface ReachableFacts {
  readonly host: string;
  readonly reachable: true;
  readonly latencyMs: number;
  readonly os: {
    readonly id: string;
    readonly pretty: string;
    readonly kernel: string;
    /** Docker's names: amd64, arm64 … */
    readonly architecture: string;
  };
  /** Host clock minus this computer's clock. */
  readonly clockOffsetMs: number;
  readonly user: string;
  readonly root: RootAccess;
  readonly systemd: boolean;
  readonly selinux: 'enforcing' | 'permissive' | 'disabled';
  readonly docker?: DockerFacts;
  /** Why Docker cannot be used, when `docker` is absent. */
  readonly dockerProblem?: ErrorEnvelope;
  readonly image?: ImageFacts;
  /** Every container that has the desired name or runs a Consul image. */
  readonly containers: readonly ContainerFacts[];
  /** Data volume of the desired name. */
  readonly volume?: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    /** As of a container; looked for where none has the volume. */
    readonly offForS?: number;
  };
  readonly addresses: readonly {
    readonly interface: string;
    readonly address: string;
    readonly private: boolean;
  }[];
  /** Source address that this host uses towards each other host's advertise address, by host name. */
  readonly sourceTowards: Readonly<Record<string, string>>;
  readonly listeners: readonly ListenerFacts[];
  readonly firewall: FirewallFacts;
  readonly diskFreeBytes: number;
  readonly workdir: {
    readonly exists: boolean;
    /** Something that is no directory has its name. */
    readonly notADirectory?: boolean;
    /** Facts of the desired files that exist. */
    readonly files: readonly FileFacts[];
    readonly state?: HostState;
    /** An image that was loaded from an archive and proven to be what the digest stands for. */
    readonly proven?: ProvenImage;
    /** Left by a round of a roll-out; see {@link restartDueOf} for whether it still tells. */
    readonly restartDue?: RestartDue;
  };
  /** Asked where the document wants DNS, or where we changed something for it. */
  readonly dns?: DnsFacts;
  /** What the agent on this host says, when one of ours (or the one to adopt) is running. */
  readonly agent?: AgentFacts;
  /** Why the agent's answer cannot be read, when `agent` is absent for that: it is of no known shape. */
  readonly agentProblem?: ErrorEnvelope;
}

export interface AgentFacts {
  readonly version: string;
  readonly nodeName: string;
  readonly datacenter: string;
  readonly server: boolean;
  /** `host:port` of the Raft leader as this agent sees it; empty when none. */
  readonly leader: string;
  /** Addresses of Raft peers as this agent sees them. */
  readonly peers: readonly string[];
  /** How it gossips; absent where this Consul does not say. */
  readonly gossip?: {
    readonly encrypted: boolean;
    readonly verifyOutgoing: boolean;
    readonly verifyIncoming: boolean;
  };
  /** How it talks to other agents' RPC ports; absent where this Consul does not say. */
  readonly tls?: TlsFacts;
  /** What the catalog has of this node; absent where nobody could say. */
  readonly services?: readonly RegisteredService[];
  /** Autopilot's, as the leader has it; absent at the others, and where nobody could say. */
  readonly minQuorum?: number;
  /** absent where this Consul does not say. */
  readonly acl?: { readonly enabled: boolean; readonly deny: boolean };
}

export interface TlsFacts {
  /** It has a CA, and so can talk TLS. */
  readonly configured: boolean;
  readonly verifyOutgoing: boolean;
  /** Servers only: takes no RPC without a certificate of the CA. */
  readonly verifyIncoming: boolean;
  readonly verifyServerHostname: boolean;
}

export interface UnreachableFacts {
  readonly host: string;
  readonly reachable: false;
  readonly error: ErrorEnvelope;
}

export type HostFacts = ReachableFacts | UnreachableFacts;

/** Facts of all hosts of a topology, by host name. */
export type Facts = Readonly<Record<string, HostFacts>>;
