/** Programs on a host: argument arrays in, bounded output out. */
import { constants } from 'node:os';
import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Client, ClientChannel } from 'ssh2';
import { RaftyardError } from '../../../shared/errors.js';
import { commandLine } from '../../../shared/shell/quote.js';
import type { ExecOptions, ExecResult } from '../types.js';
import { openSession } from './channel.js';
import { loginShellSafe } from './shell.js';
import { directArgv, type Elevation, SudoGate } from './sudo.js';

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;

/** One stream's output: kept up to a limit, passed on as text as it comes. */
class Collected {
  readonly #chunks: Buffer[] = [];
  readonly #decoder = new StringDecoder('utf8');
  #size = 0;
  truncated = false;

  constructor(
    readonly limit: number,
    readonly onText: ((text: string) => void) | undefined,
  ) {}

  add(chunk: Buffer): void {
    const room = this.limit - this.#size;
    if (chunk.length > room) this.truncated = true;
    if (room > 0) {
      this.#chunks.push(chunk.subarray(0, room));
      this.#size += Math.min(chunk.length, room);
    }
    // A character may be split between two chunks: the decoder keeps its start until the rest is there.
    if (chunk.length > 0) this.onText?.(this.#decoder.write(chunk));
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/** As shells say it: 128 and the signal's number for a program that was killed. */
function exitCode(code: number | null, signal: string): number {
  if (code !== null) return code;
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return 128 + (numbers[signal] ?? 0);
}

export function sudoRefused(host: string, said: string, asked: boolean): RaftyardError {
  const reason = said.split('\n').findLast((line) => line.trim() !== '');
  return new RaftyardError(
    'sudo-denied',
    asked ? 'sudo did not accept the password' : `sudo refused${reason === undefined ? '' : `: ${reason}`}`,
    {
      host,
      hint: asked
        ? 'Check the sudo password (ssh.sudoPassword in the topology).'
        : 'Give the user sudo, or log in as root.',
    },
  );
}

/** One run of one program. Settles once; everything that comes later is ignored. */
class Run {
  #channel: ClientChannel | undefined;
  #exit: { readonly code: number | null; readonly signal: string } | undefined;
  #settled = false;
  readonly #stdout: Collected;
  readonly #stderr: Collected;
  readonly #gate: SudoGate | null;
  readonly #timer: NodeJS.Timeout;

  constructor(
    readonly client: Client,
    readonly host: string,
    readonly argv: readonly string[],
    readonly options: ExecOptions,
    readonly elevation: Elevation | null,
    readonly resolve: (result: ExecResult) => void,
    readonly reject: (error: RaftyardError) => void,
  ) {
    const limit = options.maxBytes ?? DEFAULT_MAX_BYTES;
    const { onOutput } = options;
    this.#stdout = new Collected(limit, onOutput && ((text) => onOutput(text, 'stdout')));
    this.#stderr = new Collected(limit, onOutput && ((text) => onOutput(text, 'stderr')));
    this.#gate =
      elevation?.kind === 'password'
        ? new SudoGate({ onPrompt: (times) => this.#answer(times), onOpen: () => this.#feed() })
        : null;
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#timer = setTimeout(() => this.#late(timeoutMs), timeoutMs);
    client.once('close', this.#lost);
    options.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  start(): void {
    if (this.options.signal?.aborted === true) {
      this.#abort();
      return;
    }
    const argv = this.#gate?.argv(this.argv) ?? directArgv(this.argv, this.elevation);
    openSession(this.client, this.host, loginShellSafe(commandLine(argv)), (channel) =>
      this.#attach(channel),
    ).catch((error: RaftyardError) => this.#settle(error));
  }

  #attach(channel: ClientChannel): void {
    this.#channel = channel;
    channel.on('exit', (code: number | null, signal?: string) => {
      this.#exit = { code, signal: signal ?? '' };
    });
    channel.on('data', (chunk: Buffer) => {
      if (!this.#settled) this.#stdout.add(chunk);
    });
    channel.stderr.on('data', (chunk: Buffer) => {
      if (!this.#settled) this.#stderr.add(this.#gate?.take(chunk) ?? chunk);
    });
    channel.on('close', () => this.#closed());
    if (this.#settled) this.#stop();
    else if (this.#gate === null) this.#feed();
  }

  #answer(times: number): void {
    if (times > 1) this.#settle(sudoRefused(this.host, '', true));
    else if (this.elevation?.kind === 'password') this.#channel?.write(`${this.elevation.password}\n`);
  }

  #feed(): void {
    const { stdin } = this.options;
    if (stdin instanceof Readable) {
      stdin.on('error', (cause) =>
        this.#settle(
          new RaftyardError('io', `the input of ${this.argv[0]} cannot be read: ${cause.message}`, {
            host: this.host,
            cause,
          }),
        ),
      );
      if (this.#channel !== undefined) stdin.pipe(this.#channel);
    } else if (stdin === undefined) this.#channel?.end();
    else this.#channel?.end(stdin);
  }

  #closed(): void {
    if (this.#exit === undefined) {
      this.#lost();
    } else if (this.#gate !== null && !this.#gate.isOpen) {
      this.#settle(sudoRefused(this.host, this.#gate.said, false));
    } else this.#settle();
  }

  readonly #abort = (): void =>
    this.#settle(new RaftyardError('cancelled', 'cancelled', { host: this.host }));

  readonly #lost = (): void =>
    this.#settle(
      new RaftyardError('connection-lost', `the connection was lost while ${this.argv[0]} ran`, {
        host: this.host,
        retryable: true,
      }),
    );

  #late(timeoutMs: number): void {
    this.#settle(
      new RaftyardError('timeout', `${this.argv[0]} did not end within ${timeoutMs / 1000} s`, {
        host: this.host,
        retryable: true,
      }),
    );
  }

  #settle(error?: RaftyardError): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.options.signal?.removeEventListener('abort', this.#abort);
    this.client.removeListener('close', this.#lost);
    if (error !== undefined) {
      this.#stop();
      this.reject(error);
      return;
    }
    this.resolve({
      code: exitCode(this.#exit?.code ?? null, this.#exit?.signal ?? ''),
      stdout: this.#stdout.text,
      stderr: this.#stderr.text,
      truncated: this.#stdout.truncated || this.#stderr.truncated,
    });
  }

  /** Ends what runs. Without a terminal, closing alone would leave the program running until it writes. */
  #stop(): void {
    if (this.#channel === undefined) return;
    if (this.options.stdin instanceof Readable) this.options.stdin.unpipe(this.#channel);
    try {
      if (this.#exit === undefined) this.#channel.signal('TERM');
      this.#channel.close();
    } catch {
      // The connection is gone, and the program with it.
    }
  }
}

/**
 * Runs a program and waits for its end.
 * @throws RaftyardError connection-lost, timeout, cancelled, sudo-denied, io. A non-zero exit is a result.
 */
export function runCommand(
  client: Client,
  host: string,
  argv: readonly string[],
  options: ExecOptions,
  elevation: Elevation | null,
): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    new Run(client, host, argv, options, elevation, resolve, reject).start();
  });
}

/**
 * Starts a program and gives its channel as a stream of bytes, stderr unread; for `docker system dial-stdio`.
 * @throws RaftyardError connection-lost, sudo-denied
 */
export async function openProgram(
  client: Client,
  host: string,
  argv: readonly string[],
  elevation: Elevation | null,
): Promise<ClientChannel> {
  if (elevation?.kind !== 'password') {
    const command = loginShellSafe(commandLine(directArgv(argv, elevation)));
    return await openSession(client, host, command, (channel) => {
      channel.stderr.resume();
      return channel;
    });
  }
  return await new Promise<ClientChannel>((resolve, reject) => {
    let opened: ClientChannel | undefined;
    const refuse = (asked: boolean): void => {
      opened?.close();
      reject(sudoRefused(host, gate.said, asked));
    };
    const gate = new SudoGate({
      onPrompt: (times) => {
        if (times > 1) refuse(true);
        else opened?.write(`${elevation.password}\n`);
      },
      onOpen: () => {
        if (opened !== undefined) resolve(opened);
      },
    });
    openSession(client, host, loginShellSafe(commandLine(gate.argv(argv))), (channel) => {
      opened = channel;
      channel.stderr.on('data', (chunk: Buffer) => gate.take(chunk));
      channel.once('close', () => {
        if (!gate.isOpen) refuse(false);
      });
    }).catch(reject);
  });
}
