/** One datacenter: all its servers asked for the leader, two for the rest, one read with blocking queries. */
import { setMaxListeners } from 'node:events';
import type { DatacenterSeen, ServerView } from '../../../shared/live/index.js';
import { readFrom, type Update } from './reader.js';
import { ServerWatch, type WatchedServer } from './server.js';

/** More than these are asked more slowly. */
const QUICK_SERVERS = 5;
const SLOW_MS = 1000;
const DETAILED_SERVERS = 2;

export interface DatacenterHooks {
  seen(): DatacenterSeen;
  update(change: (datacenter: DatacenterSeen) => DatacenterSeen, material: boolean): void;
  /** A server began or ceased to answer. */
  reachabilityChanged(node: string): void;
}

/** An election is over sooner; a server that follows nobody for longer is cut off from the others. */
const ELECTION_MS = 3000;

/**
 * The server to read from: the present one as long as it answers (and follows a leader, where another one has for long);
 * else one that follows a leader, sooner than the leader itself, whose end is the likeliest event.
 * @param now milliseconds since the epoch
 */
export function chooseReader(
  servers: readonly ServerView[],
  current: string | null,
  now: number,
): string | null {
  const present = servers.find((view) => view.node === current && view.answering === true);
  if (present !== undefined && present.leader === '' && now - present.leaderSince < ELECTION_MS)
    return current;
  const answering = servers.filter((view) => view.answering === true);
  const led = answering.filter((view) => view.leader !== '');
  const good = led.length > 0 ? led : answering;
  if (good.some((view) => view.node === current)) return current;
  const follower = good.find((view) => (view.stats?.lastContactMs ?? 0) > 0);
  return (follower ?? good[0])?.node ?? null;
}

export class DatacenterWatch {
  readonly #watches: readonly ServerWatch[];
  #signal: AbortSignal = AbortSignal.abort();
  #reader: AbortController | null = null;
  #reading: Promise<void> = Promise.resolve();

  constructor(
    readonly servers: readonly WatchedServer[],
    readonly hooks: DatacenterHooks,
    leaderPollMs: number,
  ) {
    this.#watches = servers.map((server) => {
      const view = (): ServerView => this.#view(server.node);
      return new ServerWatch(server, {
        view,
        update: (change, material) =>
          hooks.update(
            (seen) => ({
              ...seen,
              servers: seen.servers.map((entry) => (entry.node === server.node ? change(entry) : entry)),
            }),
            material,
          ),
        asked: (news) => this.#asked(server.node, news),
        interval: () => (this.#quick(server.node) ? leaderPollMs : Math.max(SLOW_MS, leaderPollMs)),
      });
    });
  }

  /** Asks until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    await Promise.all(this.#watches.map((watch) => watch.run(signal)));
    this.#stopReading();
    await this.#reading;
  }

  /** The agent of this node may be back, or may be gone. */
  kick(node: string): void {
    this.#watches.find((watch) => watch.server.node === node)?.kick();
  }

  #view(node: string): ServerView {
    const view = this.hooks.seen().servers.find((entry) => entry.node === node);
    if (view === undefined) throw new Error(`no server ${node}`);
    return view;
  }

  #quick(node: string): boolean {
    const answering = this.hooks.seen().servers.filter((view) => view.answering === true);
    return answering.slice(0, QUICK_SERVERS).some((view) => view.node === node);
  }

  #asked(node: string, news: boolean): void {
    if (this.#signal.aborted) return;
    const { servers, readingFrom } = this.hooks.seen();
    const reader = chooseReader(servers, readingFrom, Date.now());
    if (!news && reader === readingFrom) return;
    this.hooks.reachabilityChanged(node);
    const detailed = servers
      .filter((view) => view.answering === true)
      .sort((a, b) => Number(b.node === reader) - Number(a.node === reader))
      .slice(0, DETAILED_SERVERS)
      .map((view) => view.node);
    for (const watch of this.#watches) {
      watch.detailed = detailed.includes(watch.server.node);
      watch.kick();
    }
    if (reader === readingFrom && this.#reader !== null) return;
    this.#stopReading();
    if (reader !== readingFrom) this.hooks.update((seen) => ({ ...seen, readingFrom: reader }), true);
    const server = this.servers.find((entry) => entry.node === reader);
    if (server !== undefined) this.#read(server);
  }

  #read(server: WatchedServer): void {
    const own = new AbortController();
    setMaxListeners(0, own.signal);
    this.#reader = own;
    const update: Update = (change) => {
      if (!own.signal.aborted) this.hooks.update(change, true);
    };
    const before = this.#reading;
    this.#reading = Promise.all([before, readFrom(server, update, own.signal)]).then(() => undefined);
  }

  #stopReading(): void {
    this.#reader?.abort();
    this.#reader = null;
  }
}
