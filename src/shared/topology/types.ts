/** The topology document, after parsing: every default filled in, every reference resolvable. */

export const DOCUMENT_VERSION = 1;

export type BootstrapStyle = 'robust' | 'classic';
export type Role = 'server' | 'client';
export type ApiExposure = 'loopback' | 'exposed';
export type FirewallMode = 'open' | 'disable' | 'leave';
/** `volume`: a named volume (survives re-creation); `anonymous`: as in the tutorial, lost with the container. */
export type DataMode = 'volume' | 'anonymous';

/** What protects the cluster; each part can be on alone. */
export interface Secure {
  /** Gossip between agents is encrypted with a key that only the cluster has. */
  readonly gossip: boolean;
  /** RPC between agents is TLS under a CA of the cluster's own; servers have an HTTPS API too. */
  readonly tls: boolean;
  /** Nothing is allowed without a token; the tokens are made and kept by the app. */
  readonly acl: boolean;
}

/** Who asks Consul for names. */
export interface DnsOptions {
  /** Containers on every host: the engine gives them Docker's bridge, where Consul answers, as their resolver. */
  readonly containers: boolean;
  /** The hosts themselves: systemd-resolved asks Consul for the domain `.consul`. */
  readonly hosts: boolean;
  /** IP addresses of resolvers for all other names; empty: those that each host has now. */
  readonly upstream: readonly string[];
  /** Domains in which containers look for short names. */
  readonly search: readonly string[];
}

/** Where hosts get the image, and as whom. */
export interface PullOptions {
  /** Registry that has the image too, without a scheme: `registry.example:5000`; absent: the image's own. */
  readonly mirror?: string;
  readonly user?: string;
  /** Secret reference, never the value: `env:NAME`, `file:PATH` or `prompt`. */
  readonly password?: string;
}

export interface Topology {
  readonly version: typeof DOCUMENT_VERSION;
  /** UUID; the cluster's identity on hosts (label `raftyard.cluster`). */
  readonly id: string;
  readonly name: string;
  /** Docker image reference, for example `hashicorp/consul:2.0.3`; with a digest it is pinned, and verified on every host. */
  readonly image: string;
  /** Absent: hosts pull from the image's own registry, as nobody. */
  readonly pull?: PullOptions;
  readonly bootstrap: BootstrapStyle;
  readonly api: ApiExposure;
  readonly firewall: FirewallMode;
  readonly data: DataMode;
  readonly secure: Secure;
  /** Absent: nobody asks Consul for names by DNS. */
  readonly dns?: DnsOptions;
  /** Absolute POSIX path on every host, default `/opt/consul`. */
  readonly workdir: string;
  /** Consul's performance.raft_multiplier, 1..10; default 1. Not sent in the classic style. */
  readonly raftMultiplier: number;
  /** Extra agent options, one argument each, for example `-log-level=debug`. */
  readonly agentOptions: readonly string[];
  /** Consent to checks that run commands (`script`, `docker`); absent: they are refused. */
  readonly scriptChecks?: true;
  /** Agents do not ask HashiCorp's server for newer versions and known faults; absent: they do, as Consul does by itself. */
  readonly disableUpdateCheck?: true;
  /** How long a server may have been off and still start, in whole hours: `720h`; absent: Consul's own 168 h. */
  readonly serverRejoinAgeMax?: string;
  readonly datacenters: readonly Datacenter[];
  readonly hosts: readonly Host[];
}

export interface Datacenter {
  readonly name: string;
  readonly nodes: readonly Node[];
}

export interface Node {
  readonly name: string;
  /** Name of an entry of `hosts`. */
  readonly host: string;
  readonly role: Role;
  /** The bootstrap flag; in the classic style the only server with `-bootstrap-expect`. */
  readonly bootstrap: boolean;
  /** Container name, written once: reordering renames nothing. */
  readonly container: string;
  /** Extra agent options of this node, after the topology's. */
  readonly agentOptions: readonly string[];
  /** What runs beside the agent and is registered by it; absent where there is nothing. */
  readonly services?: readonly Service[];
}

/** A service that the node's agent registers. https://developer.hashicorp.com/consul/docs/register/service/vm/define */
export interface Service {
  readonly name: string;
  /** Unique on the node; default the name. */
  readonly id: string;
  /** Absent for a service without a port. */
  readonly port?: number;
  /** Where it listens; absent: at the node's address. */
  readonly address?: string;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  readonly checks: readonly ServiceCheck[];
}

/** How Consul finds out whether a service is well: by exactly one of the five ways. */
export interface ServiceCheck {
  /** A URL that the agent gets: 2xx is passing, 429 a warning, anything else critical. */
  readonly http?: string;
  /** `host:port` that the agent connects to. */
  readonly tcp?: string;
  /** The service reports by itself, at least this often. */
  readonly ttl?: string;
  /** A container in which `command` is run. */
  readonly docker?: string;
  readonly command?: readonly string[];
  /** A command that is run inside Consul's own container. */
  readonly script?: readonly string[];
  /** Between two checks, as Go writes durations; every way but `ttl` has one. */
  readonly interval?: string;
  readonly timeout?: string;
}

export interface Host {
  readonly name: string;
  /** Where SSH goes: IP address or DNS name. */
  readonly address: string;
  /** The IP address that Consul advertises; defaults to `address` where that is an IP address. */
  readonly advertise: string;
  /** The IP address that servers of other datacenters reach; absent where that is `advertise`. */
  readonly advertiseWan?: string;
  readonly ssh: SshSettings;
}

export interface SshSettings {
  readonly user: string;
  readonly port: number;
  /** Of these the document says nothing: they hold the defaults, and ~/.ssh/config may say something else. */
  readonly open?: readonly ('user' | 'port')[];
  /** Path of a private key on this computer; `~/` is allowed. */
  readonly identity?: string;
  /** Use the SSH agent (SSH_AUTH_SOCK); default true where no identity and no password is given. */
  readonly agent: boolean;
  /** Secret references, never values: `env:NAME`, `file:PATH` or `prompt`. */
  readonly password?: string;
  readonly passphrase?: string;
  readonly sudoPassword?: string;
  /** Pinned public host keys in known_hosts form without the host, e.g. `ssh-ed25519 AAAA…`. */
  readonly hostKeys: readonly string[];
  /** Names of other entries of `hosts` through which this one is reached, first hop first. */
  readonly jump: readonly string[];
}

export type Severity = 'error' | 'warning';

/** One finding of validation. `line` and `column` are 1-based; absent for documents without source text. */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** Path into the document, e.g. `['datacenters', 0, 'nodes', 2, 'name']`. */
  readonly path: readonly (string | number)[];
  readonly line?: number;
  readonly column?: number;
}

/** Result of reading a document: `topology` only when there is no finding of severity `error`. */
export interface ReadResult {
  readonly topology?: Topology;
  readonly findings: readonly Finding[];
}
