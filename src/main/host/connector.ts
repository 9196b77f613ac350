/** The pool: one connection a host, shared and counted, dialled again when it was lost. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { RaftyardError } from '../../shared/errors.js';
import type { Host } from '../../shared/topology/types.js';
import { raftyardHome } from '../store/paths.js';
import { SshConnection } from './ssh/connection.js';
import { dial, hungUpEarly } from './ssh/dial.js';
import type { HostKeyPolicy } from './ssh/host-keys.js';
import { hopOf, SshConfiguration } from './ssh/route.js';
import { Secrets } from './ssh/secrets.js';
import type { ConnectorOptions, HostConnector, HostLease, RegistryPasswords } from './types.js';

const CONNECT_TIMEOUT_MS = 15_000;
const LINGER_MS = 5000;
const BACKOFF_MS = [0, 250, 1000];

interface Entry {
  /** As the document has it: ~/.ssh/config is looked up under its own name each time. */
  readonly host: Host;
  readonly connection: SshConnection;
  client: Client | null;
  redial: Promise<Client> | null;
  users: number;
  linger: NodeJS.Timeout | undefined;
  readonly markClosed: () => void;
}

/** A connection that is there or on its way, and how many wait for it. */
interface Opening {
  readonly entry: Promise<Entry>;
  readonly controller: AbortController;
  waiting: number;
  ready: Entry | null;
}

/** Waits as one of several: who is cancelled goes alone; the dialling ends when nobody is left. */
async function waitFor(opening: Opening, host: string, signal: AbortSignal | undefined): Promise<Entry> {
  opening.waiting += 1;
  let abort = (): void => undefined;
  const cancelled = new Promise<never>((_, reject) => {
    abort = () => reject(new RaftyardError('cancelled', 'cancelled', { host }));
  });
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([opening.entry, cancelled]);
  } finally {
    signal?.removeEventListener('abort', abort);
    opening.waiting -= 1;
    if (opening.waiting === 0 && opening.ready === null) opening.controller.abort();
  }
}

class Connector implements HostConnector {
  readonly #entries = new Map<string, Opening>();
  readonly #policy: HostKeyPolicy;
  readonly #secrets: Secrets;
  readonly #configuration: SshConfiguration;
  #ended = false;

  constructor(readonly options: ConnectorOptions) {
    this.#secrets = new Secrets(options.prompts);
    this.#configuration = new SshConfiguration(options.sshConfig);
    this.#policy = {
      trustStore: options.trustStore ?? join(raftyardHome(), 'known_hosts'),
      knownHosts: options.knownHosts ?? [join(homedir(), '.ssh', 'known_hosts'), '/etc/ssh/ssh_known_hosts'],
      prompts: options.prompts,
    };
  }

  async connect(host: Host, signal?: AbortSignal): Promise<HostLease> {
    if (this.#ended) throw new RaftyardError('cancelled', 'the connections are closed', { host: host.name });
    const known = this.#entries.get(host.name);
    const opening = known === undefined || known.controller.signal.aborted ? this.#begin(host) : known;
    const entry = await waitFor(opening, host.name, signal);
    entry.users += 1;
    clearTimeout(entry.linger);
    let released = false;
    return {
      connection: entry.connection,
      release: () => {
        if (released) return;
        released = true;
        entry.users -= 1;
        if (entry.users > 0) return;
        // Kept a little: the next use case usually follows at once.
        entry.linger = setTimeout(() => this.#drop(host.name, entry), LINGER_MS);
        entry.linger.unref();
      },
    };
  }

  get registries(): RegistryPasswords {
    return {
      get: (account, ask) => this.#secrets.registry(account, ask),
      forget: (registry) => this.#secrets.forgetRegistry(registry),
    };
  }

  #begin(host: Host): Opening {
    const controller = new AbortController();
    const entry = this.#open(host, controller.signal);
    const opening: Opening = { entry, controller, waiting: 0, ready: null };
    this.#entries.set(host.name, opening);
    entry.then(
      (made) => {
        opening.ready = made;
        // It came up just as the last one who wanted it went away.
        if (controller.signal.aborted) this.#drop(host.name, made);
      },
      () => this.#forget(host.name, opening),
    );
    return opening;
  }

  #forget(name: string, opening: Opening): void {
    if (this.#entries.get(name) === opening) this.#entries.delete(name);
  }

  async #open(host: Host, signal?: AbortSignal): Promise<Entry> {
    const began = performance.now();
    this.#checkJumps(host, []);
    const client = await this.#dialPatiently(host, signal);
    const { host: reached } = this.#configuration.route(host);
    let markClosed = (): void => undefined;
    const closed = new Promise<void>((resolve) => {
      markClosed = resolve;
    });
    const readyMs = Math.round(performance.now() - began);
    const entry: Entry = {
      host,
      connection: new SshConnection(reached, readyMs, this.#secrets, () => this.#live(entry), closed),
      client,
      redial: null,
      users: 0,
      linger: undefined,
      markClosed,
    };
    this.#watch(entry, client);
    return entry;
  }

  /** A circle would wait for itself: each host's dialling is shared. */
  #checkJumps(host: Host, path: readonly string[]): void {
    if (path.includes(host.name)) {
      const way = [...path, host.name].join(' → ');
      throw new RaftyardError('invalid-topology', `${host.name} jumps through itself: ${way}`, {
        host: host.name,
      });
    }
    for (const name of this.#configuration.route(host).host.ssh.jump)
      this.#checkJumps(this.#hopNamed(name, host), [...path, host.name]);
  }

  /** A host of the document, or one that only ~/.ssh/config names. */
  #hopNamed(name: string, host: Host): Host {
    const known = this.options.hosts.find((entry) => entry.name === name);
    if (known !== undefined) return known;
    const own = this.options.hosts.find((entry) => entry.name === host.name)?.ssh.jump ?? [];
    if (own.includes(name))
      throw new RaftyardError('invalid-topology', `no jump host ${name}`, { host: host.name });
    return hopOf(name);
  }

  #watch(entry: Entry, client: Client): void {
    // A killed peer gives `close` without `error`: the next use dials again.
    client.once('close', () => {
      if (entry.client === client) entry.client = null;
      entry.markClosed();
    });
  }

  /** The live client of an entry; dials again, a few times with growing pauses, when it was lost. */
  #live(entry: Entry): Promise<Client> {
    if (entry.client !== null) return Promise.resolve(entry.client);
    if (this.#ended)
      return Promise.reject(
        new RaftyardError('cancelled', 'the connections are closed', { host: entry.connection.host.name }),
      );
    entry.redial ??= this.#redial(entry).finally(() => {
      entry.redial = null;
    });
    return entry.redial;
  }

  async #redial(entry: Entry): Promise<Client> {
    let last: unknown;
    for (const pause of BACKOFF_MS) {
      if (pause > 0) await sleep(pause);
      try {
        const client = await this.#dial(entry.host, []);
        entry.client = client;
        this.#watch(entry, client);
        return client;
      } catch (error) {
        last = error;
        if (!(error instanceof RaftyardError) || !error.retryable) break;
      }
    }
    throw last;
  }

  /** A server that hangs up at once is asked again, a few times with growing pauses. */
  async #dialPatiently(host: Host, signal?: AbortSignal): Promise<Client> {
    for (const pause of BACKOFF_MS.slice(1)) {
      try {
        return await this.#dial(host, [], signal);
      } catch (error) {
        if (!hungUpEarly(error) || signal?.aborted === true) throw error;
        await sleep(pause);
      }
    }
    return await this.#dial(host, [], signal);
  }

  /** @param path hosts that are being dialled on the way, to find circles. */
  async #dial(host: Host, path: readonly string[], signal?: AbortSignal): Promise<Client> {
    const base = {
      policy: this.#policy,
      secrets: this.#secrets,
      timeoutMs: this.options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      ...(signal === undefined ? {} : { signal }),
    };
    const route = this.#configuration.route(host);
    const jumps = route.host.ssh.jump;
    const jump = jumps.at(-1);
    if (jump === undefined) return await dial(route, base);
    if (path.includes(jump))
      throw new RaftyardError('invalid-topology', `${jump} jumps through itself`, { host: host.name });
    const via = this.#hopNamed(jump, host);
    // The hops before the last lead to the last one.
    const earlier = jumps.slice(0, -1);
    const hop = earlier.length === 0 ? via : { ...via, ssh: { ...via.ssh, jump: earlier } };
    const lease = await this.#hop(hop, [...path, host.name], signal);
    try {
      const through = await lease.connection.forward(route.host.address, route.host.ssh.port);
      const client = await dial(route, { ...base, through });
      client.once('close', () => lease.release());
      return client;
    } catch (error) {
      lease.release();
      throw error;
    }
  }

  async #hop(host: Host, path: readonly string[], signal?: AbortSignal): Promise<HostLease> {
    if (path.includes(host.name))
      throw new RaftyardError('invalid-topology', `${host.name} jumps through itself`, { host: host.name });
    return await this.connect(host, signal);
  }

  #drop(name: string, entry: Entry): void {
    if (this.#entries.get(name)?.ready === entry) this.#entries.delete(name);
    const { client } = entry;
    entry.client = null;
    client?.end();
  }

  async close(): Promise<void> {
    this.#ended = true;
    const entries = await Promise.allSettled([...this.#entries.values()].map(({ entry }) => entry));
    this.#entries.clear();
    for (const entry of entries) {
      if (entry.status !== 'fulfilled') continue;
      clearTimeout(entry.value.linger);
      const { client } = entry.value;
      entry.value.client = null;
      client?.end();
      client?.destroy();
    }
  }
}

/** Connections to hosts by SSH, pooled. Keys and secrets are asked for through the given prompts. */
export function createConnector(options: ConnectorOptions): HostConnector {
  return new Connector(options);
}
