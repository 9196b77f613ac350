/** The live view: what Consul says, from any healthy server, as pictures and changes. */
import { setMaxListeners } from 'node:events';
import {
  buildSnapshot,
  type ClusterSeen,
  diffLive,
  inDatacenter,
  isNews,
  type LiveEvent,
  type LiveSnapshot,
  nothingSeen,
  type PlannedCluster,
  reuse,
  type WanView,
} from '../../../shared/live/index.js';
import { allNodes } from '../../../shared/topology/index.js';
import type { Topology } from '../../../shared/topology/types.js';
import type { HostConnector } from '../../host/types.js';
import { containerPoller } from './containers.js';
import { DatacenterWatch } from './datacenter.js';
import { HostLink } from './link.js';
import { Poller } from './poller.js';

const LEADER_POLL_MS = 150;
/** At most twenty pictures a second. */
const LEAST_GAP_MS = 50;
/** The first picture waits for every datacenter, but not for a host that does not answer. */
const FIRST_MS = 2000;
/** Raft's figures move all the time; alone they are worth a picture now and then. */
const FIGURES_MS = 5000;
const WAN_MS = 5000;
const WAN_TIMEOUT_MS = 5000;

export interface WatchContext {
  readonly connector: HostConnector;
  /** Its abort closes the watch. */
  readonly signal?: AbortSignal;
}

export interface WatchHandlers {
  onSnapshot(snapshot: LiveSnapshot): void;
  /** Comes before the snapshot that shows them; never empty. */
  onEvents(events: readonly LiveEvent[]): void;
}

export interface WatchOptions {
  /** Milliseconds between two questions for the leader, of each of up to five servers a datacenter; default 150. */
  readonly leaderPollMs?: number;
  /** Before each request, with the name of its host. */
  readonly onRequest?: (host: string) => void;
}

export interface ClusterWatch {
  /** No request goes out until `resume`; the SSH connections stay. */
  pause(): void;
  /** Reads everything anew at once; a picture follows even when nothing changed. */
  resume(): void;
  /** Ends all requests and gives the connections back. */
  close(): Promise<void>;
  /** The last picture; null before the first. */
  current(): LiveSnapshot | null;
}

class Watch implements ClusterWatch {
  readonly #planned: PlannedCluster;
  readonly #links = new Map<string, HostLink>();
  readonly #datacenters: readonly DatacenterWatch[];
  readonly #containers: ReadonlyMap<string, Poller>;
  readonly #wan: Poller;
  #seen: ClusterSeen;
  #snapshot: LiveSnapshot | null = null;
  #epoch: AbortController | null = null;
  #running: Promise<unknown> = Promise.resolve();
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #emittedAt = Number.NEGATIVE_INFINITY;
  /** Until when a picture waits for every datacenter; null once it was sent. */
  #waitUntil: number | null = null;

  constructor(
    readonly topology: Topology,
    readonly context: WatchContext,
    readonly handlers: WatchHandlers,
    options: WatchOptions,
  ) {
    const places = allNodes(topology);
    this.#planned = {
      name: topology.name,
      datacenters: topology.datacenters.map(({ name }) => ({
        name,
        nodes: places
          .filter((place) => place.datacenter.name === name)
          .map(({ node, host }) => ({
            name: node.name,
            role: node.role,
            address: host.advertise,
            host: host.name,
          })),
      })),
    };
    this.#seen = nothingSeen(this.#planned, Date.now());
    for (const { host } of places)
      if (!this.#links.has(host.name))
        this.#links.set(
          host.name,
          new HostLink(host, {
            connector: context.connector,
            onRequest: (name) => options.onRequest?.(name),
            onProblem: (name, problem) => this.#host(name, { problem }),
          }),
        );
    this.#datacenters = topology.datacenters.map(({ name }) => {
      const servers = places.flatMap(({ node, host, datacenter }) => {
        const link = this.#links.get(host.name);
        return datacenter.name === name && node.role === 'server' && link !== undefined
          ? [{ node: node.name, container: node.container, link }]
          : [];
      });
      return new DatacenterWatch(
        servers,
        {
          seen: () => this.#datacenter(name),
          update: (change, material) => this.#update((seen) => inDatacenter(seen, name, change), material),
          reachabilityChanged: (node) =>
            this.#containers.get(places.find((place) => place.node.name === node)?.host.name ?? '')?.kick(),
        },
        options.leaderPollMs ?? LEADER_POLL_MS,
      );
    });
    this.#containers = new Map(
      [...this.#links].map(([name, link]) => [
        name,
        containerPoller(
          link,
          topology.id,
          places.filter((place) => place.host.name === name).map((place) => place.node),
          {
            problem: (host, dockerProblem) => this.#host(host, { dockerProblem }),
            states: (_host, states) => this.#containerStates(states),
          },
        ),
      ]),
    );
    this.#wan = new Poller((signal) => this.#askWan(signal), { longestBackoffMs: WAN_MS });
    context.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => {
    void this.close();
  };

  current(): LiveSnapshot | null {
    return this.#snapshot;
  }

  pause(): void {
    if (this.#epoch === null) return;
    this.#epoch.abort();
    this.#epoch = null;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  resume(): void {
    if (this.#closed || this.#epoch !== null) return;
    const epoch = new AbortController();
    // Every question under way and every pause listens; each takes its listener away again.
    setMaxListeners(0, epoch.signal);
    this.#epoch = epoch;
    for (const link of this.#links.values()) link.forgive();
    // Who answers is found out anew; what was known stands until then.
    this.#seen = {
      ...this.#seen,
      datacenters: this.#seen.datacenters.map((datacenter) => ({
        ...datacenter,
        readingFrom: null,
        servers: datacenter.servers.map((view) => ({ ...view, answering: null })),
      })),
    };
    this.#waitUntil = performance.now() + FIRST_MS;
    this.#schedule();
    const before = this.#running;
    this.#running = (async () => {
      // The questions of before are over in no time: they were aborted.
      await before;
      await Promise.all([
        ...this.#datacenters.map((datacenter) => datacenter.run(epoch.signal)),
        ...[...this.#containers.values()].map((poller) => poller.run(epoch.signal)),
        ...(this.topology.datacenters.length > 1 ? [this.#wan.run(epoch.signal)] : []),
      ]);
    })();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.context.signal?.removeEventListener('abort', this.#onAbort);
    this.pause();
    await this.#running;
    for (const link of this.#links.values()) link.close();
  }

  #datacenter(name: string): ClusterSeen['datacenters'][number] {
    const found = this.#seen.datacenters.find((entry) => entry.name === name);
    if (found === undefined) throw new Error(`no datacenter ${name}`);
    return found;
  }

  #host(name: string, change: { readonly problem?: string | null; readonly dockerProblem?: string | null }) {
    this.#replace({
      ...this.#seen,
      hosts: this.#seen.hosts.map((host) => (host.name === name ? { ...host, ...change } : host)),
    });
  }

  /** A container that runs again: its agent need not wait for its turn after failures. */
  #containerStates(states: ClusterSeen['containers']): void {
    const before = this.#seen.containers;
    this.#replace({ ...this.#seen, containers: { ...before, ...states } });
    for (const [node, state] of Object.entries(states))
      if (before[node] !== state) for (const datacenter of this.#datacenters) datacenter.kick(node);
  }

  /** One server of each datacenter is asked how it sees the others; the coordinates are the same everywhere. */
  async #askWan(signal: AbortSignal): Promise<number> {
    const readers = this.#seen.datacenters.flatMap(({ name, readingFrom }) => {
      const server = this.#datacenters
        .find((entry) => entry.hooks.seen().name === name)
        ?.servers.find((entry) => entry.node === readingFrom);
      return server === undefined ? [] : [{ name, server }];
    });
    const views = await Promise.all(
      readers.map(async ({ name, server }): Promise<WanView[]> => {
        try {
          const members = await server.link.ask(server.container, WAN_TIMEOUT_MS, signal, (api) =>
            api.members({ wan: true }),
          );
          const seen = members.map(({ datacenter, status }) => ({ datacenter, alive: status === 'alive' }));
          return [{ from: name, members: seen }];
        } catch {
          // It is found out elsewhere that it does not answer; what it said before is kept no longer.
          return [];
        }
      }),
    );
    this.#replace({ ...this.#seen, wanViews: views.flat() });
    const [first] = readers;
    if (first === undefined) return LEAST_GAP_MS * 4;
    const { server } = first;
    const answer = await server.link.ask(server.container, WAN_TIMEOUT_MS, signal, (api) =>
      api.wanCoordinates(),
    );
    this.#replace({ ...this.#seen, wan: (answer ?? []).filter((entry) => entry.area === 'wan') });
    return WAN_MS;
  }

  /** Takes a new state where it differs. */
  #replace(next: ClusterSeen): void {
    const merged = reuse(this.#seen, next);
    if (merged !== this.#seen) this.#update(() => merged, true);
  }

  #update(change: (seen: ClusterSeen) => ClusterSeen, material: boolean): void {
    this.#seen = change(this.#seen);
    if (material) this.#schedule();
  }

  #schedule(): void {
    if (this.#epoch === null || this.#timer !== undefined) return;
    const pause = Math.max(0, this.#emittedAt + LEAST_GAP_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#emit();
    }, pause);
  }

  /** Whether every datacenter has told, or none of its servers will. */
  #complete(): boolean {
    return this.#seen.datacenters.every(
      ({ servers }) =>
        servers.every((view) => view.answering === false) ||
        servers.some((view) => view.answering === true && view.members !== null && view.raft !== undefined),
    );
  }

  #emit(): void {
    const now = performance.now();
    if (this.#waitUntil !== null && !this.#complete() && now < this.#waitUntil) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#emit();
      }, LEAST_GAP_MS);
      return;
    }
    const forced = this.#waitUntil !== null;
    this.#waitUntil = null;
    const before = this.#snapshot;
    const after = buildSnapshot(this.#planned, this.#seen, before, Date.now());
    if (!forced && !isNews(before, after) && now - this.#emittedAt < FIGURES_MS) return;
    this.#emittedAt = now;
    this.#snapshot = after;
    const events = diffLive(before, after);
    if (events.length > 0) this.handlers.onEvents(events);
    this.handlers.onSnapshot(after);
  }
}

/**
 * Watches a cluster until it is closed. Catalog, checks and coordinates come by blocking queries with `stale`, which are
 * answered without a leader; leader, members and Raft configuration, which cannot block, by quick polling of several servers
 * (https://developer.hashicorp.com/consul/api-docs/features/blocking). Everything goes through the pooled SSH connections.
 * A server that dies is left for another one; when no server of a datacenter answers, its `staleSince` says since when, and
 * the search goes on. Never throws: what cannot be reached is a problem in the snapshot.
 */
export function watchCluster(
  topology: Topology,
  context: WatchContext,
  handlers: WatchHandlers,
  options: WatchOptions = {},
): ClusterWatch {
  const watch = new Watch(topology, context, handlers, options);
  if (context.signal?.aborted === true) void watch.close();
  else watch.resume();
  return watch;
}
