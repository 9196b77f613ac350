/** Which server answers for the UI: the chosen one, or the first that does; another when it dies. */
import type { IncomingMessage } from 'node:http';
import { RaftyardError, toEnvelope } from '../../../shared/errors.js';
import { hostOf } from '../../../shared/topology/index.js';
import type { Host, Topology } from '../../../shared/topology/types.js';
import type { HostConnector, HostLease } from '../../host/types.js';
import { API_PORT, type Upstream } from './request.js';

export interface Server {
  readonly datacenter: string;
  readonly node: string;
  readonly host: Host;
}

/** A blocking query answers after ten minutes and a sixteenth at the latest; headers come only then. */
const LONGEST_MS = 11 * 60_000;

/** Servers in the order in which they are asked. */
export function serversOf(
  topology: Topology,
  wanted?: { readonly datacenter: string; readonly node: string },
): Server[] {
  const all = topology.datacenters.flatMap((datacenter) =>
    datacenter.nodes
      .filter((node) => node.role === 'server')
      .map((node) => ({ datacenter: datacenter.name, node: node.name, host: hostOf(topology, node.host) })),
  );
  if (wanted === undefined) return all;
  const chosen = (server: Server): boolean =>
    server.datacenter === wanted.datacenter && server.node === wanted.node;
  return [...all.filter(chosen), ...all.filter((server) => !chosen(server))];
}

/** Asks one server after the other; the one that answered last is asked first, and its connection held. */
export class ServerPool {
  readonly #connector: HostConnector;
  #order: readonly Server[];
  #lease: { readonly server: Server; readonly lease: HostLease } | null = null;
  readonly #onServer: (server: Server) => void;

  constructor(connector: HostConnector, servers: readonly Server[], onServer: (server: Server) => void) {
    this.#connector = connector;
    this.#order = servers;
    this.#onServer = onServer;
  }

  prefer(servers: readonly Server[]): void {
    this.#order = servers;
    this.#drop();
  }

  /**
   * Passes a request on. What only reads is tried on the next server when one cannot be reached.
   *
   * @throws RaftyardError host-unreachable when no server answers, cancelled
   */
  async ask(request: Upstream & { readonly body?: string }, signal: AbortSignal): Promise<IncomingMessage> {
    let last: unknown;
    const order = this.#lease === null ? this.#order : [this.#lease.server, ...this.#order];
    const tried = new Set<string>();
    for (const server of order) {
      const name = `${server.datacenter}/${server.node}`;
      if (tried.has(name)) continue;
      tried.add(name);
      try {
        const { connection } = await this.#hold(server);
        const answer = await connection.httpStream({
          ...request,
          port: API_PORT,
          signal,
          timeoutMs: LONGEST_MS,
        });
        this.#onServer(server);
        return answer;
      } catch (error) {
        if (signal.aborted) throw new RaftyardError('cancelled', 'cancelled', { cause: error });
        last = error;
        this.#drop();
        if (request.method !== 'GET') break;
      }
    }
    const { host, message } = toEnvelope(last);
    throw new RaftyardError('host-unreachable', message, {
      host,
      hint: 'Start an agent, or look at its log; this is tried again by itself.',
      retryable: true,
      cause: last,
    });
  }

  close(): void {
    this.#drop();
  }

  async #hold(server: Server): Promise<HostLease> {
    if (this.#lease?.server === server) return this.#lease.lease;
    const lease = await this.#connector.connect(server.host);
    this.#drop();
    this.#lease = { server, lease };
    return lease;
  }

  #drop(): void {
    this.#lease?.lease.release();
    this.#lease = null;
  }
}
