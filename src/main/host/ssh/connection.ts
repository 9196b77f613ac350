/** One machine over one SSH connection: commands, files, Docker, HTTP to its loopback. */

import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path/posix';
import { type Duplex, Readable } from 'node:stream';
import type Docker from 'dockerode';
import PQueue from 'p-queue';
import type { Client } from 'ssh2';
import { RaftyardError } from '../../../shared/errors.js';
import type { Host } from '../../../shared/topology/types.js';
import { DOCKER_SOCKET, openDocker } from '../docker/client.js';
import type {
  ExecOptions,
  ExecResult,
  HostConnection,
  HttpRequest,
  HttpResponse,
  WriteOptions,
} from '../types.js';
import { ChannelAgent, readBody, sendHttp } from './agent.js';
import { curlRequest } from './curl.js';
import { type Elevation, elevated, findingRoot, RootLine, wantsTerminal } from './elevation.js';
import { openExec, runCommand } from './exec.js';
import { newMark, skipPreface } from './preface.js';
import type { Secrets } from './secrets.js';
import { loginShellSafe } from './shell.js';

/** sshd's MaxSessions is 10 by default; the rest is left for streams of `docker system dial-stdio`. */
const MAX_EXEC = 6;

const WRITE_FILE = `
set -e
[ -z "$4" ] || mkdir -p -- "$4"
umask 077
temporary="$1.raftyard.$$"
trap 'rm -f "$temporary"' EXIT
cat > "$temporary"
[ "$(wc -c < "$temporary")" -eq "$3" ]
chmod "$2" "$temporary"
mv -f "$temporary" "$1"
trap - EXIT
sha256sum < "$1"`;

export interface Dialled {
  readonly client: Client;
  readonly readyMs: number;
}

/** @param redial gives a live client: the present one, or a new one after the connection was lost. */
export class SshConnection implements HostConnection {
  readonly #queue = new PQueue({ concurrency: MAX_EXEC });
  #docker: { readonly client: Client; readonly docker: Promise<Docker> } | undefined;
  #elevation: { readonly client: Client; readonly way: Promise<Elevation> } | undefined;
  readonly #agents = new Map<number, ChannelAgent>();
  #forwardingRefused = false;

  constructor(
    readonly host: Host,
    readonly readyMs: number,
    readonly secrets: Secrets,
    readonly current: () => Promise<Client>,
    readonly closed: Promise<void>,
  ) {}

  get user(): string {
    return this.host.ssh.user;
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const result = await this.#queue.add(async () => {
      const client = await this.current();
      return options.root === undefined || options.root === false
        ? await runCommand(client, this.host.name, argv, options, null)
        : await this.#execAsRoot(client, argv, options);
    });
    if (result === undefined) throw new RaftyardError('cancelled', 'cancelled', { host: this.host.name });
    return result;
  }

  script(
    text: string,
    args: readonly string[] = [],
    options: Omit<ExecOptions, 'stdin'> = {},
  ): Promise<ExecResult> {
    return this.exec(['sh', '-s', '--', ...args], { ...options, stdin: text });
  }

  async #execAsRoot(client: Client, argv: readonly string[], options: ExecOptions): Promise<ExecResult> {
    // A stream can be sent only once.
    if (this.#elevation?.client !== client && !(options.stdin instanceof Readable)) {
      const found = await this.#execFinding(client, argv, options);
      if (found !== null) return found;
    }
    if (options.signal?.aborted === true)
      throw new RaftyardError('cancelled', 'cancelled', { host: this.host.name });
    let elevation: Elevation | null = null;
    try {
      elevation = await this.#elevate(client);
    } catch (error) {
      const denied = error instanceof RaftyardError && error.code === 'sudo-denied';
      if (!denied || options.root !== 'if-possible') throw error;
    }
    return await runCommand(client, this.host.name, argv, options, elevation);
  }

  /** How to become root on this connection: as is, sudo without, sudo with a password. */
  async #elevate(client: Client): Promise<Elevation> {
    if (this.#elevation?.client !== client) this.#execFinding(client, ['true'], {}).catch(() => undefined);
    try {
      return await (this.#elevation?.way ?? this.#elevate(client));
    } catch (error) {
      // Whoever cancels the command that was to find out does not cancel the others that wait for it.
      if (error instanceof RaftyardError && error.code === 'cancelled') return await this.#elevate(client);
      throw error;
    }
  }

  /** Finds out once a connection how to become root, by the first command that wants it; null: it did not run yet. */
  async #execFinding(
    client: Client,
    argv: readonly string[],
    options: ExecOptions,
  ): Promise<ExecResult | null> {
    let resolve: (line: string) => void = () => undefined;
    let reject: (reason: unknown) => void = () => undefined;
    const said = new Promise<string>((...both) => {
      [resolve, reject] = both;
    });
    const way = said.then((line) => this.#wayOf(client, line));
    this.#elevation = { client, way };
    way.catch((error: unknown) => {
      // A refusal stays for this connection: a wrong password again and again locks accounts (pam_faillock).
      const refused = error instanceof RaftyardError && error.code === 'sudo-denied';
      if (!refused && this.#elevation?.way === way) this.#elevation = undefined;
    });
    try {
      const { result, line } = await this.#runFinding(client, argv, options, resolve);
      resolve(line);
      if (line === 'root' || line === 'sudo') return { ...result, as: line };
      return null;
    } catch (error) {
      reject(error);
      throw error;
    }
  }

  async #runFinding(
    client: Client,
    argv: readonly string[],
    options: ExecOptions,
    onLine: (line: string) => void,
  ): Promise<{ readonly result: ExecResult; readonly line: string }> {
    const first = new RootLine(onLine);
    const result = await runCommand(
      client,
      this.host.name,
      findingRoot(argv),
      {
        ...options,
        onOutput: (text, stream) => {
          const rest = stream === 'stdout' ? first.pass(text) : text;
          if (rest !== '') options.onOutput?.(rest, stream);
        },
      },
      null,
    );
    const at = result.stdout.indexOf('\n');
    // Without a line the login has no shell that could run anything, and so no sudo either.
    if (at < 0) return { result, line: `denied ${result.stderr}` };
    return { result: { ...result, stdout: result.stdout.slice(at + 1) }, line: result.stdout.slice(0, at) };
  }

  /** @param line what {@link findingRoot} told */
  async #wayOf(client: Client, line: string): Promise<Elevation> {
    if (line === 'root' || line === 'sudo') return { kind: line };
    const run = (argv: readonly string[], elevation: Elevation): Promise<ExecResult> =>
      runCommand(client, this.host.name, argv, {}, elevation);
    let silent = { code: 1, stderr: line };
    const terminal = wantsTerminal(line) ? { terminal: true } : {};
    if (terminal.terminal === true) silent = await run(['true'], { kind: 'sudo', ...terminal });
    if (silent.code === 0) return { kind: 'sudo', ...terminal };
    const deny = (message: string): RaftyardError =>
      new RaftyardError('sudo-denied', message, {
        host: this.host.name,
        hint: `Give ${this.user} sudo, or log in as root.`,
      });
    if (terminal.terminal === true && (silent.code === 127 || wantsTerminal(silent.stderr)))
      throw deny('sudo wants a terminal (requiretty), and the host has no `script` program to give it one');
    if (/not found|no such file/i.test(silent.stderr)) throw deny('there is no sudo on this host');
    const wantsPassword = /password|terminal/i.test(silent.stderr);
    const password = wantsPassword
      ? await this.secrets.get(this.host, 'sudo-password', `sudo password of ${this.user}@${this.host.name}`)
      : null;
    if (password === null) throw deny(`${this.user} cannot use sudo without a password`);
    const way: Elevation = { kind: 'password', password, ...terminal };
    const proof = await run(['id', '-u'], way);
    if (proof.stdout.trim() !== '0') throw deny(`${this.user} may not use sudo`);
    return way;
  }

  async writeFile(
    path: string,
    content: string | Buffer,
    mode: number,
    { parents = false, ...options }: WriteOptions = {},
  ): Promise<void> {
    const data = Buffer.from(content);
    const args = [path, mode.toString(8), String(data.length), parents ? dirname(path) : ''];
    const result = await this.exec(['sh', '-c', WRITE_FILE, 'sh', ...args], {
      root: true,
      stdin: data,
      ...options,
    });
    if (result.code === 0) {
      const digest = createHash('sha256').update(data).digest('hex');
      if (result.stdout.startsWith(digest)) return;
      throw new RaftyardError('io', `${path} does not hold what was written`, { host: this.host.name });
    }
    throw new RaftyardError(
      'io',
      `${path} cannot be written: ${result.stderr.trim() || `exit ${result.code}`}`,
      {
        host: this.host.name,
      },
    );
  }

  async readFile(path: string): Promise<Buffer | null> {
    // base64 keeps every byte through a text channel; 3 says that there is no such file.
    const result = await this.exec(['sh', '-c', '[ -e "$1" ] || exit 3; exec base64 < "$1"', 'sh', path], {
      root: true,
    });
    if (result.code === 3) return null;
    if (result.code === 0 && !result.truncated) return Buffer.from(result.stdout, 'base64');
    throw new RaftyardError('io', `${path} cannot be read: ${result.stderr.trim() || 'too large'}`, {
      host: this.host.name,
    });
  }

  async docker(): Promise<Docker> {
    const client = await this.current();
    if (this.#docker?.client === client) return await this.#docker.docker;
    const docker = openDocker({
      host: this.host.name,
      user: this.user,
      openSocket: () =>
        this.#channel((live, done) => live.openssh_forwardOutStreamLocal(DOCKER_SOCKET, done)),
      openStdio: (root) => this.#dialStdio(root),
      script: (text) => this.script(text),
      canRoot: async () => {
        try {
          await this.#elevate(await this.current());
          return true;
        } catch {
          return false;
        }
      },
    });
    this.#docker = { client, docker };
    docker.catch(() => {
      this.#docker = undefined;
    });
    return await docker;
  }

  async #dialStdio(root: boolean): Promise<Duplex> {
    const client = await this.current();
    const elevation = root ? await this.#elevate(client) : null;
    const argv = ['docker', 'system', 'dial-stdio'];
    const withPassword = elevation?.kind === 'password';
    const command = elevated(argv, elevation, '');
    const mark = newMark();
    const channel = await openExec(client, this.host.name, loginShellSafe(command, mark));
    channel.stderr.resume();
    // sudo reads exactly one line for the password; what follows belongs to the command.
    if (withPassword) channel.stdin.write(`${elevation.password}\n`);
    await skipPreface(channel, mark);
    return channel;
  }

  async #channel(
    open: (client: Client, done: (error: Error | undefined, channel: Duplex) => void) => void,
  ): Promise<Duplex> {
    const client = await this.current();
    return await new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        const message = error instanceof Error ? error.message : String(error);
        // Reasons of RFC 4254, section 5.1: 1 prohibited, 3 unknown channel type. sshd's text is only 'open failed'.
        const reason = error instanceof Error && 'reason' in error ? error.reason : undefined;
        const refused = reason === 1 || reason === 3;
        reject(
          new RaftyardError(refused ? 'forwarding-refused' : 'connection-lost', `no channel: ${message}`, {
            host: this.host.name,
            retryable: !refused,
            cause: error,
          }),
        );
      };
      try {
        open(client, (error, channel) =>
          error === undefined || error === null ? resolve(channel) : fail(error),
        );
      } catch (error) {
        fail(error);
      }
    });
  }

  forward(address: string, port: number): Promise<Duplex> {
    return this.#channel((client, done) => client.forwardOut('127.0.0.1', 0, address, port, done));
  }

  async httpStream(request: HttpRequest): Promise<IncomingMessage> {
    let agent = this.#agents.get(request.port);
    if (agent === undefined) {
      agent = new ChannelAgent(() => this.forward('127.0.0.1', request.port), false);
      this.#agents.set(request.port, agent);
    }
    return await sendHttp(agent, this.host.name, request);
  }

  async http(request: HttpRequest): Promise<HttpResponse> {
    if (!this.#forwardingRefused) {
      try {
        return await readBody(await this.httpStream(request), this.host.name);
      } catch (error) {
        if (!(error instanceof RaftyardError) || error.code !== 'forwarding-refused') throw error;
        this.#forwardingRefused = true;
      }
    }
    return await curlRequest(this, request);
  }
}
