/** Programs on a host: argument arrays in, bounded output out; sudo's password never meets the command's input. */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientChannel } from 'ssh2';
import { RaftyardError } from '../../../shared/errors.js';
import type { ExecOptions, ExecResult } from '../types.js';
import { accessBy, type Elevation, elevated } from './elevation.js';
import { newMark, Preface } from './preface.js';
import { loginShellSafe } from './shell.js';

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;

/** How a command ended; filled by a listener that is there before any packet after the opening is read. */
interface Ending {
  code: number | null;
  signal: string;
}

const ENDINGS = new WeakMap<ClientChannel, Ending>();

/** The exit status can come in the same packet as the opening, so it is listened for at once, not after an await. */
function watchEnding(channel: ClientChannel): ClientChannel {
  const ending: Ending = { code: null, signal: '' };
  ENDINGS.set(channel, ending);
  channel.on('exit', (code: number | null, name?: string) => {
    ending.code = code;
    ending.signal = name ?? '';
  });
  return channel;
}

/** Pauses before a session that sshd refused (MaxSessions) is asked for again: others end meanwhile. */
const SESSION_PAUSES_MS = [50, 100, 200, 400, 800, 1600];

/** Reasons 2 and 4 of RFC 4254, section 5.1: for a session, sshd says one of them when there are too many. */
function isSessionLimit(error: unknown): boolean {
  return error instanceof Error && 'reason' in error && (error.reason === 2 || error.reason === 4);
}

function openOnce(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    // Throws synchronously when the connection is gone already; that rejects too.
    client.exec(command, (error, channel) =>
      error === undefined || error === null ? resolve(watchEnding(channel)) : reject(error),
    );
  });
}

/** Opens a session that runs a command. @throws RaftyardError connection-lost */
export async function openExec(client: Client, host: string, command: string): Promise<ClientChannel> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await openOnce(client, command);
    } catch (cause) {
      const pause = SESSION_PAUSES_MS[attempt];
      if (isSessionLimit(cause) && pause !== undefined) {
        await sleep(pause);
        continue;
      }
      throw new RaftyardError(
        'connection-lost',
        `the connection does not take a command: ${cause instanceof Error ? cause.message : String(cause)}`,
        {
          host,
          retryable: true,
          cause,
          ...(isSessionLimit(cause) ? { hint: 'sshd allows too few sessions (MaxSessions).' } : {}),
        },
      );
    }
  }
}

class Collected {
  readonly #chunks: Buffer[] = [];
  #size = 0;
  truncated = false;

  constructor(readonly limit: number) {}

  add(chunk: Buffer): void {
    const room = this.limit - this.#size;
    if (chunk.length > room) this.truncated = true;
    if (room <= 0) return;
    this.#chunks.push(chunk.subarray(0, room));
    this.#size += Math.min(chunk.length, room);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/** Splits sudo's prompt marker off stderr and answers it; everything else passes. */
class PromptWatch {
  #held = '';
  asked = 0;

  constructor(
    readonly marker: string,
    readonly answer: (again: boolean) => void,
  ) {}

  /** What is not part of a marker. */
  pass(chunk: Buffer): Buffer {
    let text = this.#held + chunk.toString('latin1');
    for (let at = text.indexOf(this.marker); at >= 0; at = text.indexOf(this.marker)) {
      text = text.slice(0, at) + text.slice(at + this.marker.length);
      this.asked += 1;
      this.answer(this.asked > 1);
    }
    // The start of a marker may be at the end of what came: kept until the rest is there.
    let keep = Math.min(this.marker.length - 1, text.length);
    while (keep > 0 && !this.marker.startsWith(text.slice(text.length - keep))) keep -= 1;
    this.#held = text.slice(text.length - keep);
    return Buffer.from(text.slice(0, text.length - keep), 'latin1');
  }
}

function feed(channel: ClientChannel, { stdin, stdinRest }: ExecOptions): void {
  // A command that ends without reading its input closes the channel: not an error of ours.
  channel.stdin.on('error', () => undefined);
  if (stdinRest !== undefined && !(stdin instanceof Readable)) channel.stdin.write(stdin ?? '');
  else if (stdin === undefined) channel.end();
  else if (stdin instanceof Readable) stdin.pipe(channel.stdin);
  else channel.end(stdin);
}

/**
 * Runs a program and waits for its end.
 * @throws RaftyardError connection-lost, timeout, cancelled, sudo-denied. A non-zero exit is a result.
 */
export async function runCommand(
  client: Client,
  host: string,
  argv: readonly string[],
  options: ExecOptions,
  elevation: Elevation | null,
): Promise<ExecResult> {
  const marker = `[raftyard-${randomBytes(9).toString('hex')}]`;
  const mark = newMark();
  const command = loginShellSafe(elevated(['env', 'LC_ALL=C', ...argv], elevation, marker), mark);
  if (options.signal?.aborted === true) throw new RaftyardError('cancelled', 'cancelled', { host });
  options.onSend?.();
  const channel = await openExec(client, host, command);
  return await new Promise<ExecResult>((resolve, reject) => {
    const stdout = new Collected(options.maxBytes ?? DEFAULT_MAX_BYTES);
    const stderr = new Collected(options.maxBytes ?? DEFAULT_MAX_BYTES);
    const ending = (): Ending => ENDINGS.get(channel) ?? { code: null, signal: '' };
    let ended = false;
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const finish = (error?: RaftyardError): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      client.removeListener('close', lost);
      if (error === undefined) {
        resolve({
          code: ending().code ?? -1,
          stdout: stdout.text,
          stderr: stderr.text,
          truncated: stdout.truncated || stderr.truncated,
          as: accessBy(elevation),
        });
        return;
      }
      channel.on('error', () => undefined);
      channel.close();
      reject(error);
    };
    const abort = (): void => finish(new RaftyardError('cancelled', 'cancelled', { host }));
    const lost = (): void =>
      finish(
        new RaftyardError('connection-lost', `the connection was lost while ${argv[0]} ran`, {
          host,
          retryable: true,
        }),
      );
    const timer = setTimeout(
      () =>
        finish(
          new RaftyardError('timeout', `${argv[0]} did not end within ${timeoutMs / 1000} s`, {
            host,
            retryable: true,
          }),
        ),
      timeoutMs,
    );
    options.signal?.addEventListener('abort', abort, { once: true });
    client.once('close', lost);
    // Aborted while the channel was opened: nobody has heard of it yet.
    if (options.signal?.aborted === true) return abort();

    const watch =
      elevation?.kind === 'password'
        ? new PromptWatch(marker, (again) => {
            if (again) {
              finish(
                new RaftyardError('sudo-denied', 'sudo did not accept the password', {
                  host,
                  hint: 'Check the sudo password.',
                }),
              );
              return;
            }
            channel.stdin.write(`${elevation.password}\n`);
            feed(channel, options);
          })
        : null;
    // With a password, the command's input follows only after sudo asked; before that it would be taken for the password.
    if (watch === null) feed(channel, options);

    const prefaces = { stdout: new Preface(mark), stderr: new Preface(mark) };
    let rest = options.stdinRest;
    const take = (chunk: Buffer, stream: 'stdout' | 'stderr'): void => {
      if (chunk.length === 0) return;
      if (stream === 'stdout' && rest !== undefined) {
        channel.end(rest());
        rest = undefined;
      }
      (stream === 'stdout' ? stdout : stderr).add(chunk);
      options.onOutput?.(chunk.toString('utf8'), stream);
    };
    channel.on('data', (chunk: Buffer) => take(prefaces.stdout.pass(chunk), 'stdout'));
    channel.stderr.on('data', (chunk: Buffer) => {
      const own = prefaces.stderr.pass(chunk);
      take(watch === null ? own : watch.pass(own), 'stderr');
    });
    channel.on('error', () => undefined);
    channel.on('close', () => {
      if (ending().code === null && ending().signal === '') {
        lost();
        return;
      }
      take(prefaces.stdout.rest(), 'stdout');
      take(prefaces.stderr.rest(), 'stderr');
      finish();
    });
  });
}
