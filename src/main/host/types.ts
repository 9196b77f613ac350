/** The host interfaces: all that use cases know of SSH and Docker. */
import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { RootAccess } from '../../shared/plan/facts.js';
import type { Host } from '../../shared/topology/types.js';

export interface ExecOptions {
  /**
   * Run as root: as is when the user is root, else by sudo (`-n` first, then the password by stdin). `if-possible`: as
   * the login user where that is denied, and {@link ExecResult.as} says so.
   */
  readonly root?: boolean | 'if-possible';
  readonly stdin?: string | Buffer | Readable;
  /** More input, asked for and sent when the first output is there: a round trip within one command. */
  readonly stdinRest?: () => string;
  readonly signal?: AbortSignal;
  /** Default 30 000. */
  readonly timeoutMs?: number;
  /** Called when the channel for the command is asked for; again where the command has to be sent once more. */
  readonly onSend?: () => void;
  /** Called with decoded output as it comes. */
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
  /** Bytes kept of each stream, default 4 MiB; the rest is dropped and `truncated` set. */
  readonly maxBytes?: number;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  /** How it ran: as root, by which way, or as the login user (`none`). */
  readonly as: RootAccess;
}

export interface WriteOptions {
  /** Makes the directories above it where they are missing, with the login's usual mode; else they must be there. */
  readonly parents?: boolean;
  readonly signal?: AbortSignal;
}

export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Port on the host's loopback. */
  readonly port: number;
  /** With query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Until the headers come; default 10 000. */
  readonly timeoutMs?: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One machine, over one SSH connection. All methods throw {@link RaftyardError} with the host's name. */
export interface HostConnection {
  readonly host: Host;
  /** Login user, as the host says. */
  readonly user: string;
  /** Time from dialling to ready. */
  readonly readyMs: number;
  /** Runs a program with arguments (no shell interpretation of them). Non-zero exit is a result, not an error. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Runs a POSIX sh script given by stdin (`sh -s -- args`): for a batch of read-only questions in one round trip. */
  script(text: string, args?: readonly string[], options?: Omit<ExecOptions, 'stdin'>): Promise<ExecResult>;
  /**
   * Writes atomically (temporary file beside it, then rename) as root, and compares the digest of what is there then.
   * @throws RaftyardError io
   */
  writeFile(path: string, content: string | Buffer, mode: number, options?: WriteOptions): Promise<void>;
  /** null when the file does not exist; read as root. */
  readFile(path: string): Promise<Buffer | null>;
  /** Docker Engine's API over this connection. Throws docker-not-installed, docker-not-running or docker-denied. */
  docker(): Promise<Docker>;
  /** Whole response (bounded at 8 MiB) of an HTTP request to the host's own loopback. */
  http(request: HttpRequest): Promise<HttpResponse>;
  /** Streaming response of the same; the caller ends it. */
  httpStream(request: HttpRequest): Promise<IncomingMessage>;
  /** TCP channel as seen from the host. */
  forward(address: string, port: number): Promise<Duplex>;
  /** Resolves when the connection is lost or closed. */
  readonly closed: Promise<void>;
}

/** Pooled and reference-counted: `release` when done; the connection stays while others hold it. */
export interface HostLease {
  readonly connection: HostConnection;
  release(): void;
}

export interface HostConnector {
  /** @throws RaftyardError host-unreachable, host-key-unknown, host-key-changed, auth-failed, timeout … */
  connect(host: Host, signal?: AbortSignal): Promise<HostLease>;
  /** Absent: nobody is asked. */
  readonly registries?: RegistryPasswords;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** Passwords of registries, as those of hosts: kept in memory for the session only. */
export interface RegistryPasswords {
  /**
   * What the document refers to, or what the person says when asked, once; null: nobody knows it.
   * @param ask false: only what is known without a question
   * @throws RaftyardError auth-failed for a reference that leads nowhere
   */
  get(account: RegistryAccount, ask?: boolean): Promise<string | null>;
  /** It was wrong: the next time it is asked for anew. */
  forget(registry: string): void;
}

/** Who pulls images at a registry. */
export interface RegistryAccount {
  /** `docker.io`, `registry.example:5000`. */
  readonly registry: string;
  readonly user: string;
  /** `env:…`, `file:…`, `prompt`. */
  readonly reference?: string;
}

export interface HostKeyQuestion {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly keyType: string;
  /** `SHA256:…` as ssh-keygen shows it. */
  readonly fingerprint: string;
}

export interface SecretQuestion {
  /** The host's name, or the registry's. */
  readonly host: string;
  /** `answer`: to a question of the server's own, good for once; `registry`: the password of a registry's user. */
  readonly kind: 'password' | 'passphrase' | 'sudo-password' | 'registry' | 'answer';
  /** What the person sees. */
  readonly prompt: string;
  /** The reference from the document (`env:…`, `file:…`, `prompt`), if any. */
  readonly reference?: string;
}

/** How the connector asks; the command line asks on the terminal, the app by dialogs. */
export interface ConnectorPrompts {
  /** true accepts and records the key. */
  hostKey(question: HostKeyQuestion): Promise<boolean>;
  /** null: none given. Values are kept in memory for the session only. */
  secret(question: SecretQuestion): Promise<string | null>;
}

export interface ConnectorOptions {
  readonly prompts: ConnectorPrompts;
  /** Hosts of the topology, for jump references. */
  readonly hosts: readonly Host[];
  /** Raftyard's own trust store; default `<RAFTYARD_HOME>/known_hosts`. */
  readonly trustStore?: string;
  /** known_hosts files read, never written; default ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts. */
  readonly knownHosts?: readonly string[];
  /** OpenSSH client configurations, for what the document leaves open; default ~/.ssh/config and /etc/ssh/ssh_config. */
  readonly sshConfig?: readonly string[];
  /** Default 15 000. */
  readonly connectTimeoutMs?: number;
}
