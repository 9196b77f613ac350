/** What preflight saw of a host's way to names, and what is recorded of what we changed there. */
import type { EngineDns, EngineFile } from '../shell/engine-file.js';

/** A file in which the engine may be told its resolvers; its other content is no fact, for it may hold passwords. */
export interface EngineFileFacts extends EngineDns {
  readonly path: string;
  readonly state: 'absent' | 'good' | 'bad';
  /** Why it cannot be changed. */
  readonly problem?: string;
  /** Whether anything is said in it. */
  readonly used: boolean;
  readonly sha256?: string;
  readonly mode: number;
}

export interface ResolvedFacts {
  readonly active: boolean;
  /** systemd's version; 0 where it does not say. */
  readonly version: number;
  /** Programs on the host ask it: by its stub in resolv.conf, or by nsswitch.conf. */
  readonly asked: boolean;
  /** DNS servers that it asks for every name, besides those of links; ours left out. */
  readonly global: readonly string[];
  /** Digest of our file, where it is there. */
  readonly sha256?: string;
}

export interface DnsFacts {
  /** The engine's default bridge and its IPv4 address. */
  readonly bridge?: { readonly interface: string; readonly address: string };
  /** IPv4 subnets of the engine's bridge networks: where containers ask from. */
  readonly subnets: readonly string[];
  /** firewalld takes whatever comes from the bridge. */
  readonly bridgeTrusted: boolean;
  /** What the host asks now, stubs on loopback replaced by what they ask. */
  readonly resolvers: readonly string[];
  readonly search: readonly string[];
  readonly daemonJson: EngineFileFacts;
  /** /etc/default/docker, where the engine's service reads DOCKER_OPTS from it. */
  readonly dockerOpts?: EngineFileFacts;
  /** What the running engine was given on its command line. */
  readonly flags: EngineDns;
  /** A file was written, and the restart that it needs was cut short. */
  readonly pending: boolean;
  /** Running containers of others, and whether their restart policy brings them back with the engine. */
  readonly running: readonly { readonly name: string; readonly returns: boolean }[];
  readonly resolved?: ResolvedFacts;
}

/** What we changed on a host for its names, and what we took from it. */
export interface DnsRecord {
  /** Of the host, where the document names none: kept, so that a later apply asks the same ones. */
  readonly upstream: readonly string[];
  readonly search: readonly string[];
  /** Firewall rules of ours, in the firewall's own words. */
  readonly rules: readonly string[];
  readonly engine?: EngineDns & {
    readonly file: EngineFile;
    readonly path: string;
    /** Whether the file was there before us. */
    readonly existed: boolean;
  };
  readonly resolver?: { readonly path: string; readonly sha256: string };
}
