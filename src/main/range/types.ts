/** What a range is, as callers see it. */

export interface RangeProgress {
  readonly title: string;
  readonly detail?: string;
  /** 0..1 over the whole of `range up`. */
  readonly progress?: number;
}

export interface RangeUpOptions {
  /** Default `default`. */
  readonly name?: string;
  /** 1..16; default 3, or as many as the range has. A range is never shrunk by this. */
  readonly hosts?: number;
  /**
   * Files that hold the range's Consul: programs, and archives of `docker save`. The first is what topologies use. Without
   * this and `consulImages` a range keeps what it was given before; empty, it goes back to its own.
   */
  readonly consul?: readonly string[];
  /** References of images to pull from a registry, after those of `consul`; each is kept as long as a range names it. */
  readonly consulImages?: readonly string[];
  readonly onProgress?: (progress: RangeProgress) => void;
  readonly signal?: AbortSignal;
}

export interface RangeHost {
  /** `docker01`, as the topology names it. */
  readonly name: string;
  readonly container: string;
  /** Address on the range's own network: what Consul advertises. */
  readonly address: string;
  /** Port on 127.0.0.1 that leads to the host's sshd; the same after a reboot. */
  readonly sshPort: number;
  /** The user that the topology logs in as. */
  readonly user: string;
  /** `ssh-ed25519 AAAA…`, read from inside the host. Empty while it was never up. */
  readonly hostKey: string;
  readonly running: boolean;
}

export interface RangeStatus {
  readonly name: string;
  readonly engine: { readonly socket: string; readonly ours: boolean };
  readonly network: string;
  /** Path of the private key that opens root, op and nodocker. */
  readonly identity: string;
  /** Path of a file with the password of the user `pw`, who has sudo with it. */
  readonly passwordFile: string;
  /** Consul images on every host, the one that a topology should use first. */
  readonly images: readonly string[];
  readonly hosts: readonly RangeHost[];
}

export const MAX_HOSTS = 16;
export const DEFAULT_HOSTS = 3;
/** Label on everything that a range makes in an engine. */
export const RANGE_LABEL = 'raftyard.range';
/** Label that tells ranges of another data directory apart, where they share an engine. */
export const HOME_LABEL = 'raftyard.home';
