/** What every host should be like: the one source for plan and export. */
import type { FirewallMode, Role } from '../topology/types.js';

export interface DesiredFile {
  /** Absolute path on the host. */
  readonly path: string;
  /** Permission bits, e.g. 0o755. */
  readonly mode: number;
  readonly content: string;
}

export interface DesiredMount {
  readonly type: 'bind' | 'volume';
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
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly DesiredMount[];
  readonly networkMode: 'host';
  readonly restart: 'always';
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

export interface DesiredNode {
  readonly clusterId: string;
  readonly clusterName: string;
  readonly datacenter: string;
  readonly node: string;
  readonly host: string;
  readonly role: Role;
  readonly bootstrapFlag: boolean;
  readonly advertise: string;
  readonly workdir: string;
  /** consul-start.sh first, then configuration files (none in the classic style). */
  readonly files: readonly DesiredFile[];
  /** Named data volume, absent for anonymous data. */
  readonly volume?: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly container: DesiredContainer;
  readonly firewall: DesiredFirewall;
}
