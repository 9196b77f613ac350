/** The ports of a Consul agent, https://developer.hashicorp.com/consul/docs/install/ports */
import type { ApiExposure, Role } from '../topology/types.js';
import { has } from './capabilities.js';
import type { ImageFamily } from './image.js';

export type Protocol = 'tcp' | 'udp';

export interface ConsulPort {
  readonly port: number;
  readonly protocols: readonly Protocol[];
  /** In the field's terms. */
  readonly purpose: string;
  /** Which agents listen on it, when they do. */
  readonly agents: 'servers' | 'all';
  /** Listens without being asked to by configuration, in the versions that have it. */
  readonly byDefault: boolean;
}

/** Every port that some Consul knows by a default number; which one has it is in the table of capabilities. */
export const CONSUL_PORTS = [
  { port: 8300, protocols: ['tcp'], purpose: 'server RPC (Raft)', agents: 'servers', byDefault: true },
  { port: 8301, protocols: ['tcp', 'udp'], purpose: 'LAN gossip', agents: 'all', byDefault: true },
  { port: 8302, protocols: ['tcp', 'udp'], purpose: 'WAN gossip', agents: 'servers', byDefault: true },
  { port: 8400, protocols: ['tcp'], purpose: 'CLI RPC', agents: 'all', byDefault: true },
  { port: 8500, protocols: ['tcp'], purpose: 'HTTP API and UI', agents: 'all', byDefault: true },
  { port: 8501, protocols: ['tcp'], purpose: 'HTTPS API', agents: 'all', byDefault: false },
  { port: 8502, protocols: ['tcp'], purpose: 'gRPC (xDS)', agents: 'all', byDefault: false },
  // For peering and dataplanes.
  { port: 8503, protocols: ['tcp'], purpose: 'gRPC over TLS', agents: 'servers', byDefault: true },
  { port: 8600, protocols: ['tcp', 'udp'], purpose: 'DNS', agents: 'all', byDefault: true },
] as const satisfies readonly ConsulPort[];

/** Where progrium/consul has DNS. */
const PROGRIUM_DNS: ConsulPort = {
  port: 53,
  protocols: ['tcp', 'udp'],
  purpose: 'DNS',
  agents: 'all',
  byDefault: true,
};

/** The ports of an agent of that image, by number. */
export function portsOf({ family, version }: Pick<ImageFamily, 'family' | 'version'>): readonly ConsulPort[] {
  const known = CONSUL_PORTS.filter(({ port }) => has(version, 'port', String(port)));
  return family === 'progrium' ? [PROGRIUM_DNS, ...known.filter(({ port }) => port !== 8600)] : known;
}

export interface ListenQuestion {
  readonly family: Pick<ImageFamily, 'family' | 'version'>;
  readonly role: Role;
  /** Port of the HTTPS API where servers have one. */
  readonly httpsPort?: number;
}

/** The ports that an agent listens on as Raftyard raises it: another program there keeps it from starting. */
export const listensOn = ({ family, role, httpsPort }: ListenQuestion): readonly ConsulPort[] =>
  portsOf(family).filter(
    ({ port, agents, byDefault }) =>
      (byDefault && (agents === 'all' || role === 'server')) || (port === httpsPort && role === 'server'),
  );

export interface PortQuestion {
  readonly role: Role;
  /** Number of datacenters of the topology; WAN gossip matters from two on. */
  readonly datacenters: number;
  readonly api: ApiExposure;
  readonly family: Pick<ImageFamily, 'family' | 'version'>;
  /** Port of the HTTPS API where servers have one: it is exposed in the place of plain HTTP, and clients expose nothing. */
  readonly httpsPort?: number;
}

export interface AgentPort {
  readonly port: number;
  readonly protocol: Protocol;
  readonly purpose: string;
  readonly from: 'cluster' | 'any';
}

/**
 * What has to be reachable on a node, and from where: server RPC and LAN gossip (WAN gossip with several datacenters)
 * from the cluster's other addresses, the HTTP API from anywhere only where it is exposed. DNS and gRPC stay closed.
 */
export function portsFor({ role, datacenters, api, family, httpsPort }: PortQuestion): AgentPort[] {
  const wanted = new Map<number, 'cluster' | 'any'>([[8301, 'cluster']]);
  if (role === 'server') wanted.set(8300, 'cluster');
  if (role === 'server' && datacenters > 1) wanted.set(8302, 'cluster');
  if (api === 'exposed' && httpsPort === undefined) wanted.set(8500, 'any');
  if (api === 'exposed' && httpsPort !== undefined && role === 'server') wanted.set(httpsPort, 'any');
  return portsOf(family).flatMap(({ port, protocols, purpose }) => {
    const from = wanted.get(port);
    return from === undefined ? [] : protocols.map((protocol) => ({ port, protocol, purpose, from }));
  });
}
