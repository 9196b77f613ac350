/** The locks that one run holds, host by host: taken before anything is asked of a host, given back at the end. */
import { RaftyardError, toEnvelope } from '../../../shared/errors.js';
import type { Host, Topology } from '../../../shared/topology/types.js';
import type { HostLease } from '../../host/types.js';
import type { UseCaseContext } from '../types.js';
import { takeLock } from './lock.js';

export interface LockOptions {
  /** Break a lock that another holder left. */
  readonly breakLock?: boolean;
}

export class HostLocks {
  readonly #taken = new Map<string, Promise<void>>();
  readonly #releases: (() => Promise<void>)[] = [];
  readonly #leases: HostLease[] = [];
  readonly #refused = new Map<string, RaftyardError>();

  constructor(
    readonly topology: Topology,
    readonly context: UseCaseContext,
    readonly options: LockOptions,
  ) {}

  /**
   * Locks hosts, all at the same time. Someone else's lock on one of them keeps away from all.
   * @throws RaftyardError lock-held. Hosts that cannot be locked for another reason are told by {@link refusedOn}.
   */
  async take(hosts: readonly string[]): Promise<void> {
    await Promise.all(
      this.topology.hosts.filter((host) => hosts.includes(host.name)).map((host) => this.#lock(host)),
    );
    this.refuseHeld();
  }

  /**
   * The context with connections on which the lock is taken before they are handed out: hosts are dialled once, and one
   * that cannot be reached or locked does not keep the others waiting. Ask {@link refuseHeld} when all is asked.
   */
  first(hosts: readonly string[]): UseCaseContext {
    const { connector } = this.context;
    return {
      ...this.context,
      connector: {
        connect: async (host, signal) => {
          const lease = await connector.connect(host, signal);
          if (!hosts.includes(host.name)) return lease;
          await this.#lock(host);
          const refused = this.#refused.get(host.name);
          if (refused?.code !== 'lock-held') return lease;
          // Nothing is asked where someone else is at work: it all comes to nothing anyway.
          lease.release();
          throw refused;
        },
        ...(connector.registries === undefined ? {} : { registries: connector.registries }),
        close: () => connector.close(),
      },
    };
  }

  /** @throws RaftyardError lock-held, where someone else is at work on a host */
  refuseHeld(): void {
    const held = [...this.#refused.values()].find((error) => error.code === 'lock-held');
    if (held !== undefined) throw held;
  }

  /** Why hosts could not be locked, by name. */
  refusedOn(hosts: readonly string[]): ReadonlyMap<string, RaftyardError> {
    return new Map([...this.#refused].filter(([host]) => hosts.includes(host)));
  }

  /** Gives back every lock; also those that are still on their way. */
  async release(): Promise<void> {
    await Promise.allSettled(this.#taken.values());
    await Promise.allSettled(this.#releases.map((release) => release()));
    for (const lease of this.#leases) lease.release();
  }

  #lock(host: Host): Promise<void> {
    const known = this.#taken.get(host.name);
    if (known !== undefined) return known;
    const taken = this.#try(host).catch((error: unknown) => {
      const { code, message } = toEnvelope(error, host.name);
      this.#refused.set(
        host.name,
        error instanceof RaftyardError ? error : new RaftyardError(code, message, { host: host.name }),
      );
    });
    this.#taken.set(host.name, taken);
    return taken;
  }

  async #try(host: Host): Promise<void> {
    // Kept until the end: the connection on which it is given back.
    const lease = await this.context.connector.connect(host, this.context.signal);
    this.#leases.push(lease);
    const force = this.options.breakLock === true;
    this.#releases.push(await takeLock(lease.connection, this.topology.id, this.context.holder, force));
  }
}
