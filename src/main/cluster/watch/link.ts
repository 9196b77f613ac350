/** The way to one host: the only place of the watch where questions are sent. */
import type { X509Certificate } from 'node:crypto';
import type Docker from 'dockerode';
import { RaftyardError, toEnvelope } from '../../../shared/errors.js';
import type { Host } from '../../../shared/topology/types.js';
import { type ConsulApi, consulApi } from '../../consul/client.js';
import { presentedCertificate } from '../../consul/security.js';
import type { HostConnection, HostConnector, HostLease } from '../../host/types.js';

const API_PORT = 8500;

/** Trying again does not change these: a changed key is asked about once, a wrong password sent once. */
const REFUSALS: ReadonlySet<string> = new Set([
  'auth-failed',
  'host-key-unknown',
  'host-key-changed',
  'host-key-revoked',
  'invalid-topology',
]);

export interface LinkOptions {
  readonly connector: HostConnector;
  /** Before each question. */
  readonly onRequest: (host: string) => void;
  /** Why the host cannot be connected to; null when it can again. */
  readonly onProblem: (host: string, problem: string | null) => void;
}

export class HostLink {
  #lease: HostLease | null = null;
  #connecting: Promise<HostConnection> | null = null;
  #refusal: RaftyardError | null = null;
  #problem: string | null = null;
  #closed = false;

  constructor(
    readonly host: Host,
    readonly options: LinkOptions,
  ) {}

  /** Asks the agent in a container on this host. Ends with `cancelled` when the signal aborts. */
  ask<T>(
    container: string,
    timeoutMs: number,
    signal: AbortSignal,
    question: (api: ConsulApi) => Promise<T>,
  ): Promise<T> {
    return this.#with(signal, (connection, own) =>
      question(consulApi(connection, API_PORT, { container, signal: own, timeoutMs })),
    );
  }

  /** The certificate of the agent's HTTPS port; null where there is none to see. */
  certificate(signal: AbortSignal): Promise<X509Certificate | null> {
    return this.#with(signal, (connection) => presentedCertificate(connection));
  }

  /** Asks the Docker Engine; bounded, since its channel does not notice that a host is cut off. */
  docker<T>(
    timeoutMs: number,
    signal: AbortSignal,
    question: (docker: Docker, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.#with(signal, async (connection, own, late) => {
      const timer = setTimeout(
        () =>
          late(
            new RaftyardError('timeout', `Docker did not answer within ${timeoutMs / 1000} s`, {
              host: this.host.name,
              retryable: true,
            }),
          ),
        timeoutMs,
      );
      try {
        return await question(await connection.docker(), own);
      } finally {
        clearTimeout(timer);
      }
    });
  }

  /** A host that refused us is asked once more. */
  forgive(): void {
    this.#refusal = null;
  }

  close(): void {
    this.#closed = true;
    this.#lease?.release();
    this.#lease = null;
  }

  /** Each question has a signal of its own: listeners would pile up on one that lives as long as the watch. */
  async #with<T>(
    signal: AbortSignal,
    use: (connection: HostConnection, signal: AbortSignal, late: (error: Error) => void) => Promise<T>,
  ): Promise<T> {
    const own = new AbortController();
    let fail = (_error: Error): void => undefined;
    const ended = new Promise<never>((_resolve, reject) => {
      fail = (error) => {
        reject(error);
        own.abort();
      };
    });
    ended.catch(() => undefined);
    const cancel = (): void => fail(new RaftyardError('cancelled', 'cancelled', { host: this.host.name }));
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    const work = async (): Promise<T> => {
      const connection = await this.#connection();
      if (own.signal.aborted) return await ended;
      this.options.onRequest(this.host.name);
      try {
        const answer = await use(connection, own.signal, fail);
        this.#tell(null);
        return answer;
      } catch (error) {
        // The connection was lost, and dialling again failed.
        if (!own.signal.aborted) this.#failed(error);
        throw error;
      }
    };
    try {
      return await Promise.race([work(), ended]);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  #connection(): Promise<HostConnection> {
    if (this.#refusal !== null) return Promise.reject(this.#refusal);
    if (this.#lease !== null) return Promise.resolve(this.#lease.connection);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  async #connect(): Promise<HostConnection> {
    try {
      // Not with our signal: others may wait for the same connection of the pool.
      const lease = await this.options.connector.connect(this.host);
      if (this.#closed) {
        lease.release();
        throw new RaftyardError('cancelled', 'the watch is closed', { host: this.host.name });
      }
      this.#lease = lease;
      this.#tell(null);
      return lease.connection;
    } catch (error) {
      if (!this.#closed) this.#failed(error, true);
      throw error;
    }
  }

  /** @param dialling anything that goes wrong then concerns the host; later, most concerns the agent. */
  #failed(error: unknown, dialling = false): void {
    const { code, message } = toEnvelope(error);
    if (error instanceof RaftyardError && REFUSALS.has(code)) this.#refusal = error;
    if (dialling || code === 'host-unreachable' || REFUSALS.has(code)) this.#tell(message);
  }

  #tell(problem: string | null): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.options.onProblem(this.host.name, problem);
  }
}
