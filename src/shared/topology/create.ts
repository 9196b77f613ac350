/** New topologies, and the look-ups that everyone needs. */
import { RaftyardError } from '../errors.js';
import { DEFAULT_WORKDIR, defaultAdvertise, sshSettings } from './read.js';
import { NOT_SECURED } from './secure-parts.js';
import {
  type ApiExposure,
  type BootstrapStyle,
  type Datacenter,
  type DataMode,
  DOCUMENT_VERSION,
  type FirewallMode,
  type Host,
  type Node,
  type Secure,
  type SshSettings,
  type Topology,
} from './types.js';

/** The image of a new topology: a full version, which stays what it is. A test holds it to be the one that shared/consul/releases recommends. */
export const DEFAULT_IMAGE = 'hashicorp/consul:2.0.3';

/** A host of which only name and address must be known. */
export interface NewHost {
  readonly name: string;
  readonly address: string;
  readonly advertise?: string;
  readonly advertiseWan?: string;
  readonly ssh?: Partial<SshSettings>;
}

export interface NewTopology {
  readonly name: string;
  /** In order; each gets a node, the first is the bootstrap server. */
  readonly hosts: readonly NewHost[];
  /** How many of the hosts are servers; all by default, the rest are clients. */
  readonly servers?: number;
  readonly image?: string;
  readonly bootstrap?: BootstrapStyle;
  readonly api?: ApiExposure;
  readonly firewall?: FirewallMode;
  readonly data?: DataMode;
  /** Default: nothing is secured. */
  readonly secure?: Secure;
  /** Whether agents leave HashiCorp's server alone; true by default where the style has a file to say it in. */
  readonly disableUpdateCheck?: boolean;
  /** Name of the one datacenter; Consul's default `dc1`. */
  readonly datacenter?: string;
}

/** A topology with a new id and the tutorial's names: node1, node2, … in containers consul01, consul02, … */
export function newTopology(options: NewTopology): Topology {
  const servers = options.servers ?? options.hosts.length;
  return {
    version: DOCUMENT_VERSION,
    id: globalThis.crypto.randomUUID(),
    name: options.name,
    image: options.image ?? DEFAULT_IMAGE,
    bootstrap: options.bootstrap ?? 'robust',
    api: options.api ?? 'loopback',
    firewall: options.firewall ?? 'open',
    data: options.data ?? 'volume',
    secure: options.secure ?? NOT_SECURED,
    workdir: DEFAULT_WORKDIR,
    raftMultiplier: 1,
    agentOptions: [],
    ...((options.disableUpdateCheck ?? options.bootstrap !== 'classic')
      ? { disableUpdateCheck: true as const }
      : {}),
    datacenters: [
      {
        name: options.datacenter ?? 'dc1',
        nodes: options.hosts.map((host, i) => ({
          name: `node${i + 1}`,
          host: host.name,
          role: i < servers ? 'server' : 'client',
          bootstrap: i === 0 && servers > 0,
          container: `consul${String(i + 1).padStart(2, '0')}`,
          agentOptions: [],
        })),
      },
    ],
    hosts: options.hosts.map((host) => ({
      name: host.name,
      address: host.address,
      advertise: host.advertise ?? defaultAdvertise(host.address),
      ...(host.advertiseWan === undefined ? {} : { advertiseWan: host.advertiseWan }),
      ssh: sshSettings(host.ssh),
    })),
  };
}

/**
 * The host of that name.
 *
 * @throws RaftyardError `invalid-topology` when the topology has none (a read one always has)
 */
export function hostOf(topology: Topology, name: string): Host {
  const host = topology.hosts.find((h) => h.name === name);
  if (host === undefined) {
    throw new RaftyardError('invalid-topology', `the topology has no host ${JSON.stringify(name)}`);
  }
  return host;
}

/** Where the servers of other datacenters reach a host. */
export const wanAddress = ({ advertise, advertiseWan }: Pick<Host, 'advertise' | 'advertiseWan'>): string =>
  advertiseWan ?? advertise;

/** Every node with its datacenter and its host, in the order of the document. */
export function allNodes(
  topology: Topology,
): { readonly datacenter: Datacenter; readonly node: Node; readonly host: Host }[] {
  const hosts = new Map(topology.hosts.map((host) => [host.name, host]));
  return topology.datacenters.flatMap((datacenter) =>
    datacenter.nodes.map((node) => ({
      datacenter,
      node,
      host: hosts.get(node.host) ?? hostOf(topology, node.host),
    })),
  );
}
