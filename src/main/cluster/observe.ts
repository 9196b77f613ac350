/** What the servers of a datacenter say right now: the only source for quorum and status. */
import { RaftyardError } from '../../shared/errors.js';
import { type ConsulApi, consulApi } from '../consul/client.js';
import type { HostConnection } from '../host/types.js';

export interface NodePlace {
  readonly name: string;
  readonly host: string;
  readonly address: string;
  readonly container: string;
  readonly role: 'server' | 'client';
}

/** One server's own view. */
export interface ServerView {
  readonly node: NodePlace;
  /** Why it says nothing; absent when it answered. */
  readonly problem?: string;
  /** `address:port`, empty when it knows no leader. */
  readonly leader: string;
  readonly api?: ConsulApi;
}

const API_PORT = 8500;

/** The agent's API; by an exec in its container where sshd forwards nothing. */
export function agentApi(connection: HostConnection, container?: string): ConsulApi {
  return consulApi(connection, API_PORT, container === undefined ? {} : { container });
}

/** What happened, and what to do where that is known. */
export function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = error instanceof RaftyardError ? error.hint : undefined;
  return hint === undefined ? error.message : `${error.message}. ${hint}`;
}

/** Asks a server who leads; never throws. */
export async function viewOf(
  node: NodePlace,
  connect: (host: string) => Promise<HostConnection>,
): Promise<ServerView> {
  try {
    const api = agentApi(await connect(node.host), node.container);
    return { node, leader: await api.leader(), api };
  } catch (error) {
    return { node, leader: '', problem: inWords(error) };
  }
}

/** The leader's address when every view names the same one, else the empty string. */
export function agreedLeader(views: readonly ServerView[]): string {
  const first = views[0]?.leader ?? '';
  return views.every((view) => view.leader === first && view.problem === undefined) ? first : '';
}

/** Address without the port: `10.0.0.1:8300`, `[fd00::1]:8300`. */
export function addressOnly(hostPort: string): string {
  return hostPort.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

/** Addresses of voters; where the Raft configuration cannot be asked (before Consul 0.7), the Raft peers. */
export async function voterAddresses(
  api: ConsulApi,
): Promise<{ readonly addresses: readonly string[]; readonly known: boolean }> {
  const configuration = await api.raftConfiguration();
  if (configuration === null) return { addresses: (await api.peers()).map(addressOnly), known: false };
  return {
    addresses: configuration.servers
      .filter((server) => server.voter)
      .map((server) => addressOnly(server.address)),
    known: true,
  };
}
