/** Opening channels on an SSH connection, with errors that say whose fault it is. */
import type { Client, ClientChannel } from 'ssh2';
import { RaftyardError } from '../../../shared/errors.js';

/** Reasons of SSH_MSG_CHANNEL_OPEN_FAILURE (RFC 4254, section 5.1). */
const PROHIBITED = 1;
const CONNECT_FAILED = 2;
const UNKNOWN_TYPE = 3;
const RESOURCE_SHORTAGE = 4;

type Done<T> = (error: Error | undefined | null, channel: T) => void;

const text = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).replace('(SSH) Channel open failure: ', '');

/** The reason that the host gave for refusing a channel; undefined when the connection itself is gone. */
export function refusalReason(error: unknown): number | undefined {
  const cause = error instanceof RaftyardError ? error.cause : error;
  if (typeof cause !== 'object' || cause === null || !('reason' in cause)) return undefined;
  return typeof cause.reason === 'number' ? cause.reason : undefined;
}

/** Whether sshd has refused one more session (MaxSessions): it may be taken when another one ends. */
export function isSessionLimit(error: unknown): boolean {
  const reason = refusalReason(error);
  return reason === CONNECT_FAILED || reason === RESOURCE_SHORTAGE;
}

function open<T>(start: (done: Done<T>) => void, problem: (cause: unknown) => RaftyardError): Promise<T> {
  return new Promise((resolve, reject) => {
    try {
      // Throws synchronously when the connection is gone already.
      start((error, channel) => {
        if (error === undefined || error === null) resolve(channel);
        else reject(problem(error));
      });
    } catch (error) {
      reject(problem(error));
    }
  });
}

/**
 * A session that runs a command.
 * @param attach runs before any further packet is read: an exit status can come together with the opening.
 * @throws RaftyardError connection-lost
 */
export function openSession<T>(
  client: Client,
  host: string,
  command: string,
  attach: (channel: ClientChannel) => T,
): Promise<T> {
  return open<T>(
    (done) =>
      client.exec(command, (error, channel) => {
        if (error === undefined || error === null) {
          // A channel that fails later also closes, and that is listened for; without this it would end the process.
          channel.on('error', () => undefined);
          channel.stderr.on('error', () => undefined);
          done(null, attach(channel));
        } else done(error, undefined as T);
      }),
    (cause) =>
      new RaftyardError('connection-lost', `the connection does not take a command: ${text(cause)}`, {
        host,
        retryable: true,
        cause,
        ...(isSessionLimit(cause)
          ? { hint: 'sshd allows too few sessions a connection (MaxSessions in sshd_config).' }
          : {}),
      }),
  );
}

/**
 * A forwarded TCP or socket channel.
 * @param target what is reached, for messages.
 * @throws RaftyardError forwarding-refused (sshd does not forward), host-unreachable (it does, and nothing answers there), connection-lost
 */
export async function openForward(
  host: string,
  target: string,
  start: (done: Done<ClientChannel>) => void,
): Promise<ClientChannel> {
  const channel = await open(start, (cause) => {
    const reason = refusalReason(cause);
    if (reason === PROHIBITED || reason === UNKNOWN_TYPE)
      return new RaftyardError('forwarding-refused', `sshd does not forward to ${target}`, {
        host,
        hint: 'Allow it in sshd_config (AllowTcpForwarding, PermitOpen).',
        cause,
      });
    if (reason !== undefined)
      return new RaftyardError('host-unreachable', `${target} does not answer: ${text(cause)}`, {
        host,
        retryable: true,
        cause,
      });
    return new RaftyardError('connection-lost', `the connection opens no channel: ${text(cause)}`, {
      host,
      retryable: true,
      cause,
    });
  });
  channel.on('error', () => undefined);
  return channel;
}
