/** Opens one SSH connection: host key first, then the ways to log in, in order. */
import type { Duplex } from 'node:stream';
import ssh2, {
  type AnyAuthMethod,
  type Client,
  type ConnectConfig,
  type KeyboardInteractiveAuthMethod,
} from 'ssh2';
import { RaftyardError } from '../../../shared/errors.js';
import { socketReason } from '../reasons.js';
import { type HostKeyPolicy, knownKeys, preferredAlgorithms, verifyHostKey } from './host-keys.js';
import type { Route } from './route.js';
import type { Secrets } from './secrets.js';
import { waysIn } from './ways.js';

export interface DialOptions {
  readonly policy: HostKeyPolicy;
  readonly secrets: Secrets;
  readonly timeoutMs: number;
  /** A channel through a jump host, instead of a socket of our own. */
  readonly through?: Duplex;
  readonly signal?: AbortSignal;
}

const KEEPALIVE_MS = 10_000;
const KEEPALIVE_MAX = 3;

function explain(
  error: Error & { level?: string; code?: string },
  { host, hint, certificate }: Route,
  tried: readonly string[],
): RaftyardError {
  const where = `${host.address} port ${host.ssh.port}`;
  if (error instanceof RaftyardError) return error;
  // sshd hangs up after MaxAuthTries keys, usually six: an agent with many keys never comes to the right one.
  const tooMany = /too many authentication failures/i.test(error.message);
  if (tooMany || error.level === 'client-authentication')
    return new RaftyardError(
      'auth-failed',
      `${host.ssh.user} could not log in; tried: ${tried.join(', ') || 'nothing'}`,
      {
        host: host.name,
        hint: tooMany
          ? 'The host hung up after too many keys: name the right one with ssh.identity, or with IdentityFile and IdentitiesOnly in ~/.ssh/config.'
          : certificate
            ? `${certificate} is an SSH certificate, with which Raftyard cannot log in: put a plain key into authorized_keys of the host, or give a password.`
            : 'Check the user, the key or the password; the host’s sshd log says why it refused.',
        cause: error,
      },
    );
  if (error.level === 'client-timeout')
    return new RaftyardError('timeout', `${where} does not answer as an SSH server in time`, {
      host: host.name,
      retryable: true,
      cause: error,
    });
  if (/^Bad packet length/.test(error.message))
    return new RaftyardError(
      'host-unreachable',
      `${where} sends more at once before the login than can be taken (35000 bytes)`,
      {
        host: host.name,
        hint: 'Its greeting is too long: shorten the file that Banner names in sshd_config to less than 32 KB.',
        cause: error,
      },
    );
  return new RaftyardError('host-unreachable', `${where}: ${socketReason(error)}`, {
    host: host.name,
    hint: hint ?? 'Check the address, the port and that the host is up.',
    retryable: true,
    cause: error,
  });
}

/**
 * Whether the server hung up before it had heard who is there: it is up, and has no place at the moment (MaxStartups of
 * sshd_config), or it is just starting. Asking again soon is right then.
 */
export function hungUpEarly(error: unknown): boolean {
  if (!(error instanceof RaftyardError) || error.code !== 'host-unreachable') return false;
  const cause = error.cause as { code?: string; message?: string } | undefined;
  return cause?.code === 'ECONNRESET' || /before handshake|before the login/.test(cause?.message ?? '');
}

/**
 * Connects and logs in.
 * @throws RaftyardError host-unreachable, timeout, host-key-unknown, host-key-changed, host-key-revoked, auth-failed, cancelled
 */
export async function dial(route: Route, options: DialOptions): Promise<Client> {
  const { host } = route;
  const ways = waysIn(route, options.secrets);
  const known = knownKeys(host, options.policy);
  const prefer = preferredAlgorithms(known);
  const client = new ssh2.Client();
  const tried: string[] = [];
  let refusal: RaftyardError | null = null;
  let clock: NodeJS.Timeout | undefined;
  let onLate = (): void => undefined;
  const stopClock = (): void => clearTimeout(clock);
  const startClock = (): void => {
    stopClock();
    clock = setTimeout(() => onLate(), options.timeoutMs);
  };
  /** The next way that there is; our clock stands still while the person is asked for a secret. */
  const nextMethod = async (partial: boolean): Promise<AnyAuthMethod | null> => {
    for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
      stopClock();
      const method = await way.make({ partial }).finally(startClock);
      if (method === null) continue;
      if (method instanceof RaftyardError) {
        tried.push(`(${method.message})`);
        continue;
      }
      tried.push(way.name);
      return method.type === 'keyboard-interactive' ? waitingForAnswers(method) : method;
    }
    return null;
  };
  /** The clock stands still as well while the person answers the server's own questions. */
  const waitingForAnswers = (method: KeyboardInteractiveAuthMethod): KeyboardInteractiveAuthMethod => ({
    ...method,
    prompt: (name, instructions, lang, prompts, finish) => {
      stopClock();
      method.prompt(name, instructions, lang, prompts, (answers) => {
        startClock();
        finish(answers);
      });
    },
  });
  const config: ConnectConfig = {
    host: host.address,
    port: host.ssh.port,
    username: host.ssh.user,
    // Our own clock: it stands still while the person is asked about the host key.
    readyTimeout: 0,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVE_MAX,
    ...(options.through === undefined ? {} : { sock: options.through }),
    ...(prefer.length === 0
      ? {}
      : // ssh2 leaves a name where it stands when it is in the list already: taken out first, it comes to the front.
        { algorithms: { serverHostKey: { remove: prefer, prepend: prefer, append: [] } } as never }),
    hostVerifier: (key: Buffer, verdict: (accepted: boolean) => void) => {
      stopClock();
      verifyHostKey(host, key, options.policy).then(
        (problem) => {
          startClock();
          refusal = problem;
          verdict(problem === null);
        },
        (error: unknown) => {
          refusal = new RaftyardError('io', `the host key could not be checked: ${String(error)}`, {
            host: host.name,
          });
          verdict(false);
        },
      );
    },
    authHandler: (_left, partial, done) => {
      // null at the first call, before the server has said anything.
      nextMethod(partial === true).then(
        (method) => done(method === null ? (false as never) : method),
        (error: unknown) => {
          refusal =
            error instanceof RaftyardError
              ? error
              : new RaftyardError('auth-failed', `no way to log in: ${String(error)}`, { host: host.name });
          done(false as never);
        },
      );
    },
  };
  return await new Promise<Client>((resolve, reject) => {
    let settled = false;
    const fail = (error: Error & { level?: string }): void => {
      // An agent that is gone or cannot sign: ssh2 goes on with the next way by itself.
      if (settled) return;
      if (error.level === 'agent') {
        tried.push(`(${error.message})`);
        return;
      }
      settled = true;
      stopClock();
      options.signal?.removeEventListener('abort', abort);
      client.end();
      client.destroy();
      const reason = refusal ?? explain(error, route, tried);
      // A secret that did not open the door is asked for again next time.
      if (reason.code === 'auth-failed') options.secrets.forget(host);
      reject(reason);
    };
    const abort = (): void => fail(new RaftyardError('cancelled', 'cancelled', { host: host.name }));
    options.signal?.addEventListener('abort', abort, { once: true });
    onLate = () => fail(Object.assign(new Error('timeout'), { level: 'client-timeout' }));
    startClock();
    // Every command under way listens for `close`.
    client.setMaxListeners(0);
    client.once('ready', () => {
      settled = true;
      stopClock();
      options.signal?.removeEventListener('abort', abort);
      client.removeListener('error', fail);
      // Errors after this show as `close`; without a listener they would end the process.
      client.on('error', () => undefined);
      client.setNoDelay(true);
      resolve(client);
    });
    client.on('error', fail);
    client.once('close', () => fail(new Error('the connection was closed before the login was done')));
    client.on('error', () => undefined);
    client.connect(config);
  });
}
