/** The live view of the open document's cluster, its logs, keys and containers. */

import { RaftyardError, toEnvelope } from '../../shared/errors.js';
import type { LogLine } from '../../shared/ipc/index.js';
import type { Topology } from '../../shared/topology/types.js';
import {
  agentLogs,
  type ClusterSecrets,
  type ClusterWatch,
  containerOperation,
  lookUp,
  readDatacenter,
  reading,
  readKv,
  readKvValue,
  setMaintenance,
  type UseCaseContext,
  watchCluster,
} from '../cluster/index.js';
import type { Connections } from './connections.js';
import type { Handlers, Outbox } from './gateway.js';
import type { WindowSecrets } from './secrets.js';
import type { Tasks } from './tasks.js';
import { topologyOf } from './topology-of.js';

/** Lines are told in heaps: a chatty agent must not cost a message for each. */
const LINES_MS = 60;

export class LiveSession {
  readonly #connections: Connections;
  readonly #tasks: Tasks;
  readonly #outbox: Outbox;
  readonly #secretStore: WindowSecrets;
  #watch: ClusterWatch | null = null;
  #release: (() => void) | null = null;
  #topology: Topology | null = null;
  #secrets: ClusterSecrets | undefined | null;
  /** Whether the person was asked for a vault in this watch. */
  #unlocking = false;
  #hidden = false;
  /** Counts starts and stops: who waited in between must see that it is over. */
  #turn = 0;
  readonly #streams = new Map<string, AbortController>();

  constructor(connections: Connections, tasks: Tasks, outbox: Outbox, secretStore: WindowSecrets) {
    this.#secretStore = secretStore;
    this.#connections = connections;
    this.#tasks = tasks;
    this.#outbox = outbox;
    secretStore.onNews(() => void this.#learn((of) => secretStore.readily(of)));
  }

  /** No question goes to any host while nobody can see the answer. */
  setHidden(hidden: boolean): void {
    if (hidden === this.#hidden) return;
    this.#hidden = hidden;
    if (hidden) this.#watch?.pause();
    else this.#watch?.resume();
  }

  async start(text: string): Promise<void> {
    const topology = topologyOf(text);
    await this.stop();
    const turn = this.#turn;
    const secrets = await this.#secretStore.readily(topology);
    // Stopped, or begun with another document, meanwhile.
    if (turn !== this.#turn) return;
    this.#secrets = secrets;
    this.#unlocking = false;
    const { connector, release } = this.#connections.hold(topology.hosts);
    this.#release = release;
    this.#topology = topology;
    // Of the moment: a vault may be opened, and tokens be made, while it is watched.
    const asking = reading({ connector }, () => this.#secrets);
    this.#watch = watchCluster(topology, asking, {
      onSnapshot: (snapshot) => {
        this.#outbox.send('live:snapshot', snapshot);
        // Asked for once, and only by a cluster that does keep something back.
        if (!this.#unlocking && snapshot.problems.some(({ code }) => code === 'token-needed')) {
          this.#unlocking = true;
          void this.#learn((of) => this.#secretStore.forAsking(of));
        }
      },
      onEvents: (events) => this.#outbox.send('live:events', events),
    });
    if (this.#hidden) this.#watch.pause();
  }

  /** There may be a token now that was not there when the watch began. */
  async #learn(ask: (topology: Topology) => Promise<ClusterSecrets | undefined | null>): Promise<void> {
    const topology = this.#topology;
    if (topology === null) return;
    const secrets = await ask(topology).catch(() => null);
    if (this.#topology === topology && secrets != null) this.#secrets = secrets;
  }

  async stop(): Promise<void> {
    this.#turn += 1;
    const watch = this.#watch;
    this.#watch = null;
    await watch?.close();
    this.#release?.();
    this.#release = null;
  }

  /** The window is gone or reloaded: nothing goes on for it. */
  async end(): Promise<void> {
    for (const stream of this.#streams.values()) stream.abort();
    await this.stop();
    this.#topology = null;
  }

  handlers(topology: () => Topology | null): Handlers {
    const now = (): Topology => {
      const found = this.#topology ?? topology();
      if (found === null) throw new RaftyardError('usage', 'no cluster is being watched');
      return found;
    };
    return {
      'live:start': async ({ text }) => {
        await this.start(text);
        return undefined;
      },
      'live:stop': async () => {
        await this.stop();
        return undefined;
      },
      'live:operate': ({ task, node, operation }) =>
        this.#tasks.run(task, async (signal) => {
          const wanted = now();
          await this.#connections.use(wanted.hosts, signal, (context) =>
            containerOperation(wanted, node, operation, context),
          );
          return undefined;
        }),
      'live:maintenance': ({ task, ...wish }) =>
        this.#tasks.run(task, async (signal) => {
          const wanted = now();
          // Tokens are needed for it: a vault is asked for, if it is not open yet.
          const secrets = await this.#secretStore.forAsking(wanted);
          return await this.#connections.use(wanted.hosts, signal, (context) =>
            setMaintenance(wanted, wish, context, secrets),
          );
        }),
      'live:read': ({ datacenter, through }) =>
        this.#asking(now(), (wanted, context) => readDatacenter(wanted, datacenter, through, context)),
      'live:look-up': ({ task, name, ...whom }) =>
        this.#tasks.run(task, (signal) =>
          this.#asking(now(), (wanted, context) => lookUp(wanted, name, whom, context), signal),
        ),
      'logs:start': ({ stream, node, tail }) => {
        this.#logs(stream, now(), node, tail);
        return undefined;
      },
      'logs:stop': ({ stream }) => {
        this.#streams.get(stream)?.abort();
        return undefined;
      },
      'kv:list': ({ datacenter, prefix, through }) =>
        this.#asking(now(), (wanted, context) => readKv(wanted, datacenter, prefix, context, through)),
      'kv:value': ({ datacenter, key, through }) =>
        this.#asking(now(), (wanted, context) => readKvValue(wanted, datacenter, key, context, through)),
    };
  }

  /** A question to the cluster, with the token that reads. */
  #asking<T>(
    topology: Topology,
    question: (topology: Topology, context: UseCaseContext) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    return this.#connections.use(topology.hosts, signal, (context) =>
      question(topology, reading(context, this.#secrets)),
    );
  }

  #logs(stream: string, topology: Topology, node: string, tail: number): void {
    const controller = new AbortController();
    this.#streams.set(stream, controller);
    let waiting: LogLine[] = [];
    let timer: NodeJS.Timeout | undefined;
    const flush = (): void => {
      clearTimeout(timer);
      timer = undefined;
      if (waiting.length > 0) this.#outbox.send('logs:lines', { stream, lines: waiting });
      waiting = [];
    };
    const onLine = (line: LogLine): void => {
      waiting.push(line);
      timer ??= setTimeout(flush, LINES_MS);
    };
    const { signal } = controller;
    this.#connections
      .use(topology.hosts, signal, (context) =>
        agentLogs(topology, node, context, { tail, follow: true, signal, onLine }),
      )
      .then(
        () => {
          flush();
          this.#outbox.send('logs:ended', { stream });
        },
        (error: unknown) => {
          flush();
          this.#outbox.send('logs:ended', { stream, error: toEnvelope(error) });
        },
      )
      .finally(() => this.#streams.delete(stream));
  }
}
