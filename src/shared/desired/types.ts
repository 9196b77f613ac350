/** What every host should be like: the one source for plan and export. */
import type { SecurePart } from '../topology/secure-parts.js';
import type { FirewallMode, Role } from '../topology/types.js';

export interface DesiredFile {
  /** Absolute path on the host. */
  readonly path: string;
  /** Permission bits, e.g. 0o755. */
  readonly mode: number;
  readonly content: string;
}

/** Rounds of a roll-out, see desired/secrets. */
export type Stage = 1 | 2 | 3;

/** What a host's names are asked of. */
export interface DesiredDns {
  readonly containers: boolean;
  readonly hosts: boolean;
  readonly search: readonly string[];
  /** Resolvers that the document names; empty: those that the host has. */
  readonly upstream: readonly string[];
  readonly bridge: string;
  /** Where this agent's DNS answers: an interface's address, or loopback. */
  readonly at: 'bridge' | 'loopback';
  readonly port: 53 | 8600;
  /** It listens on every address of the host (progrium/consul). */
  readonly everywhere: boolean;
  /** systemd-resolved reads it; ours alone. */
  readonly resolverPath: string;
}

/** A part of an agent's configuration, as JSON has it. */
export type Settings = Readonly<Record<string, unknown>>;

export interface SecretPart {
  readonly part: SecurePart;
  /** What it puts into the file, from the first stage of a roll-out to the last, which is what a new cluster gets. */
  readonly stages: readonly [Settings, Settings, Settings];
  /** What a new agent begins with, where that is not the last stage. */
  readonly fresh?: Settings;
}

/** A file with secrets in it, and the files that it names: the plan and the exports know them without the secrets. */
export interface SecretFile {
  readonly path: string;
  readonly mode: number;
  /** Directory above it that only root may enter, mode 0700. */
  readonly root: string;
  readonly parts: readonly SecretPart[];
  /** Beside it, with the same mode. */
  readonly files: readonly { readonly path: string; readonly template: string }[];
}

export interface DesiredMount {
  readonly type: 'bind' | 'volume';
  /** Others use it too: under SELinux it must keep its label. */
  readonly shared?: true;
  /** Absolute path (bind) or volume name. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface DesiredContainer {
  readonly name: string;
  readonly image: string;
  readonly hostname: string;
  /** Arguments after the image, one string each. */
  readonly command: readonly string[];
  /** `NAME=value`. */
  readonly env: readonly string[];
  /** Name of the image's user that it runs as, in the group of the host's Docker socket; absent: as the image does. */
  readonly dockerUser?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly DesiredMount[];
  readonly networkMode: 'host';
  readonly restart: 'always';
}

/** Where a host's image comes from. */
export interface DesiredImage {
  /** What an engine pulls; another reference than the container's where the image is pinned or comes from a mirror. */
  readonly from: string;
  /** The manifest that it has to be, `sha256:…`; absent where any under that name will do. */
  readonly digest?: string;
  /** Registry user; the password is asked for, and never part of what is planned or exported. */
  readonly user?: string;
}

export interface PortRule {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** What the port is for, in the field's terms, e.g. `LAN gossip`. */
  readonly purpose: string;
  /** `cluster`: only from the cluster's other addresses; `any`: from anywhere (exposed API). */
  readonly from: 'cluster' | 'any';
}

export interface DesiredFirewall {
  readonly mode: FirewallMode;
  readonly rules: readonly PortRule[];
  /** Addresses (no prefix) of the cluster's other hosts; the planner adds their measured source addresses. */
  readonly sources: readonly string[];
}

/** What of a service the catalog tells back. */
export interface RegisteredService {
  readonly id: string;
  readonly name: string;
  /** 0: none. */
  readonly port: number;
  /** Empty: the node's. */
  readonly address: string;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  /** Notes of those of its checks that are ours, sorted. */
  readonly checks: readonly string[];
}

/** What a node's agent is told of services; it reads it anew on reload, without a restart. */
export interface DesiredServices {
  /** Where it is, and where it is not to be: the one of the two directories that is not used. */
  readonly path: string;
  readonly otherPath: string;
  /** The file; absent where the node has no services. */
  readonly file?: DesiredFile;
  /** In place of `file` where ACLs are on: with a place for the agent's token. */
  readonly secret?: { readonly path: string; readonly template: string };
  readonly registered: readonly RegisteredService[];
}

export interface DesiredNode {
  readonly clusterId: string;
  readonly clusterName: string;
  readonly datacenter: string;
  readonly node: string;
  readonly host: string;
  readonly role: Role;
  readonly bootstrapFlag: boolean;
  readonly advertise: string;
  /** Where servers of other datacenters reach it. */
  readonly wanAddress: string;
  readonly workdir: string;
  /** consul-start.sh first, then configuration files (none in the classic style). */
  readonly files: readonly DesiredFile[];
  /** Absent where the cluster has no secrets. */
  readonly secret?: SecretFile;
  /** Absent in the classic style. Its file is among `files` too. */
  readonly services?: DesiredServices;
  /** Named data volume, absent for anonymous data. */
  readonly volume?: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly image: DesiredImage;
  /** Consul's version, as a look at the host told, else as the tag says; absent where nobody knows. */
  readonly version?: string;
  readonly container: DesiredContainer;
  /** Absent where nobody asks Consul for names. */
  readonly dns?: DesiredDns;
  readonly firewall: DesiredFirewall;
}
