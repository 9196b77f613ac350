/** Opens one SSH connection: the host's key first, then the ways to log in, in order. */
import type { Duplex } from 'node:stream';
import ssh2, { type Client, type ConnectConfig } from 'ssh2';
import { RaftyardError } from '../../../shared/errors.js';
import type { Host } from '../../../shared/topology/types.js';
import { Login } from './auth.js';
import { type HostKeyPolicy, knownKeys, preferredAlgorithms, verifyHostKey } from './host-keys.js';
import type { Secrets } from './secrets.js';

export interface DialOptions {
  readonly policy: HostKeyPolicy;
  readonly secrets: Secrets;
  /** Time in which the person is asked something does not count. */
  readonly timeoutMs: number;
  /** A channel through a jump host, instead of a socket of our own. */
  readonly through?: Duplex;
  readonly signal?: AbortSignal;
}

const KEEPALIVE_MS = 10_000;
const KEEPALIVE_MAX = 3;

/** A clock that stands still while somebody is asked. */
class Deadline {
  #timer: NodeJS.Timeout | undefined;
  #left: number;
  #since = 0;
  #paused = 0;
  #over = false;

  constructor(
    ms: number,
    readonly onLate: () => void,
  ) {
    this.#left = ms;
    this.#run();
  }

  #run(): void {
    this.#since = performance.now();
    this.#timer = setTimeout(this.onLate, this.#left);
  }

  async during<T>(question: Promise<T>): Promise<T> {
    this.#paused += 1;
    if (this.#paused === 1) {
      clearTimeout(this.#timer);
      this.#left -= performance.now() - this.#since;
    }
    try {
      return await question;
    } finally {
      this.#paused -= 1;
      if (this.#paused === 0 && !this.#over) this.#run();
    }
  }

  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}

interface SshError extends Error {
  readonly level?: string;
  readonly code?: unknown;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to its network',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name cannot be looked up now',
  ETIMEDOUT: 'it does not answer',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
};

function loginFailed(host: Host, login: Login, cause: unknown): RaftyardError {
  const tried = login.tried.join(', ') || 'nothing that the host accepts';
  const untried = login.untried.length === 0 ? '' : `; the host does not offer: ${login.untried.join(', ')}`;
  return new RaftyardError('auth-failed', `${host.ssh.user} could not log in; tried: ${tried}${untried}`, {
    host: host.name,
    hint: 'Check the user, the key or the password; the host’s sshd log says why it refused.',
    cause,
  });
}

function explain(error: SshError, host: Host, login: Login): RaftyardError {
  const where = `${host.address} port ${host.ssh.port}`;
  if (error instanceof RaftyardError) return error;
  if (error.level === 'client-authentication' || /too many authentication failures/i.test(error.message))
    return loginFailed(host, login, error);
  const reason = (typeof error.code === 'string' ? REASONS[error.code] : undefined) ?? error.message;
  return new RaftyardError('host-unreachable', `${where}: ${reason}`, {
    host: host.name,
    hint: 'Check the address, the port, and that the host is up with sshd running.',
    retryable: true,
    cause: error,
  });
}

/** Trouble with one way to log in (an agent that is gone, a key that cannot sign): the next one is tried. */
function isPassing(error: SshError): boolean {
  if (error.level === 'agent') return true;
  return error.level === 'client-authentication' && /^error (while )?signing/i.test(error.message);
}

class Dialling {
  readonly client = new ssh2.Client();
  readonly #login: Login;
  readonly #deadline: Deadline;
  #refusal: RaftyardError | null = null;
  #done = false;

  constructor(
    readonly host: Host,
    readonly options: DialOptions,
    readonly resolve: (client: Client) => void,
    readonly reject: (error: RaftyardError) => void,
  ) {
    this.#login = new Login(host, options.secrets);
    this.#deadline = new Deadline(options.timeoutMs, () =>
      this.#fail(
        new RaftyardError(
          'timeout',
          `${host.address} port ${host.ssh.port} did not complete the SSH handshake within ${options.timeoutMs / 1000} s`,
          {
            host: host.name,
            hint: 'Check the address and the port; a firewall that drops packets looks like this.',
            retryable: true,
          },
        ),
      ),
    );
  }

  start(): void {
    const { client } = this;
    if (this.options.signal?.aborted === true) {
      this.#abort();
      return;
    }
    this.options.signal?.addEventListener('abort', this.#abort, { once: true });
    // Stays for good: after the login an error also shows as `close`, and without a listener it would end the process.
    client.on('error', (error: SshError) => {
      if (isPassing(error)) this.#login.note(`(${error.message})`);
      else this.#fail(error);
    });
    client.once('close', () => this.#fail(new Error('the connection was closed before the login was done')));
    client.once('ready', () => this.#ready());
    // Every command under way listens for `close`.
    client.setMaxListeners(0);
    try {
      client.connect(this.#config());
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #config(): ConnectConfig {
    const { host, options } = this;
    const prefer = preferredAlgorithms(knownKeys(host, options.policy));
    // ssh2 leaves a name where it stands if it is in the list already; taken out first, it comes to the front.
    const order = { remove: prefer, prepend: prefer, append: [] };
    return {
      host: host.address,
      port: host.ssh.port,
      username: host.ssh.user,
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVE_MAX,
      ...(options.through === undefined ? {} : { sock: options.through }),
      ...(prefer.length === 0 ? {} : { algorithms: { serverHostKey: order } as never }),
      hostVerifier: (key: Buffer, verdict: (accepted: boolean) => void) => this.#verify(key, verdict),
      authHandler: (offered, _partial, done) => this.#authenticate(offered, done as never),
    };
  }

  #verify(key: Buffer, verdict: (accepted: boolean) => void): void {
    this.#deadline.during(verifyHostKey(this.host, key, this.options.policy)).then(
      (problem) => {
        this.#refusal = problem;
        verdict(problem === null);
      },
      (cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause);
        this.#refusal = new RaftyardError('io', `the host key could not be recorded: ${reason}`, {
          host: this.host.name,
          cause,
        });
        verdict(false);
      },
    );
  }

  #authenticate(offered: readonly string[] | null, done: (method: unknown) => void): void {
    this.#deadline.during(this.#login.next(offered)).then(
      (method) => {
        if (!this.#done) done(method ?? false);
      },
      (error: Error) => this.#fail(error),
    );
  }

  #ready(): void {
    if (this.#done) return;
    this.#finish();
    this.client.setNoDelay(true);
    this.resolve(this.client);
  }

  readonly #abort = (): void =>
    this.#fail(new RaftyardError('cancelled', 'cancelled', { host: this.host.name }));

  #fail(error: SshError): void {
    if (this.#done) return;
    this.#finish();
    this.client.end();
    this.client.destroy();
    this.options.through?.destroy();
    this.reject(this.#refusal ?? explain(error, this.host, this.#login));
  }

  #finish(): void {
    this.#done = true;
    this.#deadline.end();
    this.options.signal?.removeEventListener('abort', this.#abort);
  }
}

/**
 * Connects and logs in.
 * @throws RaftyardError host-unreachable, timeout, host-key-unknown, host-key-changed, host-key-revoked, auth-failed, cancelled
 */
export function dial(host: Host, options: DialOptions): Promise<Client> {
  return new Promise((resolve, reject) => {
    new Dialling(host, options, resolve, reject).start();
  });
}
