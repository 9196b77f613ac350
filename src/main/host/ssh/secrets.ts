/** Secret references of the document, resolved at most once a session; values live in memory only. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ParsedKey } from 'ssh2';
import { RaftyardError } from '../../../shared/errors.js';
import type { Host } from '../../../shared/topology/types.js';
import type { ConnectorPrompts, RegistryAccount, SecretQuestion } from '../types.js';

export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}

async function resolveReference(reference: string, host: string): Promise<string | null> {
  if (reference.startsWith('env:')) {
    const name = reference.slice(4);
    const value = process.env[name];
    if (value === undefined || value === '')
      throw new RaftyardError('auth-failed', `the environment variable ${name} is not set`, {
        host,
        hint: `The document takes a secret from it; set ${name} and try again.`,
      });
    return value;
  }
  if (reference.startsWith('file:')) {
    const path = expandHome(reference.slice(5));
    try {
      return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    } catch (cause) {
      throw new RaftyardError('auth-failed', `the secret file ${path} cannot be read`, { host, cause });
    }
  }
  return null;
}

/** Secrets that a document can refer to. */
export type KnownSecret = Exclude<SecretQuestion['kind'], 'answer' | 'registry'>;

const REFERENCE: Record<KnownSecret, 'password' | 'passphrase' | 'sudoPassword'> = {
  password: 'password',
  passphrase: 'passphrase',
  'sudo-password': 'sudoPassword',
};

export class Secrets {
  readonly #known = new Map<string, Promise<string | null>>();
  /** Of key files that the document says nothing about: the same file has the same one, whichever host it opens. */
  readonly #passphrases = new Map<string, Promise<string | null>>();
  readonly #opened: { readonly file: Buffer; readonly key: ParsedKey }[] = [];

  constructor(readonly prompts: ConnectorPrompts) {}

  /** The secret, or null when there is none. `ask` false: only what the document refers to. */
  get(host: Host, kind: KnownSecret, prompt: string, ask = true): Promise<string | null> {
    const key = `${host.name}/${kind}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const reference = host.ssh[REFERENCE[kind]];
    if (reference === undefined && !ask) return Promise.resolve(null);
    const value = this.#resolve(host, kind, prompt, reference);
    this.#known.set(key, value);
    // What failed may be mended (a variable set, a file put in place) and asked again.
    value.catch(() => this.#known.delete(key));
    return value;
  }

  /** The passphrase of a key file: the one that the document refers to, or else one that the person types once. */
  passphrase(host: Host, path: string): Promise<string | null> {
    const prompt = `Passphrase of ${path}`;
    if (host.ssh.passphrase !== undefined) return this.get(host, 'passphrase', prompt);
    const known = this.#passphrases.get(path);
    if (known !== undefined) return known;
    const value = this.#resolve(host, 'passphrase', prompt);
    this.#passphrases.set(path, value);
    value.catch(() => this.#passphrases.delete(path));
    return value;
  }

  /** A key that was opened before, by what its file holds: deriving its secret from the passphrase takes a second each time. */
  opened(file: Buffer): ParsedKey | undefined {
    return this.#opened.find((entry) => entry.file.equals(file))?.key;
  }

  keepOpened(file: Buffer, key: ParsedKey): void {
    if (this.opened(file) === undefined) this.#opened.push({ file, key });
  }

  /** The passphrase did not open its key file, or nobody knew it. */
  forgetPassphrase(path: string): void {
    this.#passphrases.delete(path);
  }

  /** One answer to a question of the server's own (a code, a token): asked each time, never kept. */
  ask(host: Host, prompt: string): Promise<string | null> {
    return this.prompts.secret({ host: host.name, kind: 'answer', prompt });
  }

  /** The password of a registry's user: one for all hosts. `ask` false: only what is known without a question. */
  registry({ registry, user, reference }: RegistryAccount, ask = true): Promise<string | null> {
    const key = `${registry}/registry`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (!ask) return reference === undefined ? Promise.resolve(null) : resolveReference(reference, registry);
    const value = (async () =>
      (reference === undefined ? null : await resolveReference(reference, registry)) ??
      (await this.prompts.secret({
        host: registry,
        kind: 'registry',
        prompt: `Password of ${user} at the registry ${registry}`,
        ...(reference === undefined ? {} : { reference }),
      })))();
    this.#known.set(key, value);
    value.catch(() => this.#known.delete(key));
    return value;
  }

  forgetRegistry(registry: string): void {
    this.#known.delete(`${registry}/registry`);
  }

  /** Forgets what was given to log in to a host: it was wrong. */
  forget(host: Host): void {
    for (const kind of ['password', 'passphrase', 'sudo-password'] as const)
      this.#known.delete(`${host.name}/${kind}`);
  }

  async #resolve(host: Host, kind: KnownSecret, prompt: string, reference?: string): Promise<string | null> {
    const own = reference === undefined ? null : await resolveReference(reference, host.name);
    if (own !== null) return own;
    // sudo usually wants the login password: not asked for twice.
    if (kind === 'sudo-password' && reference === undefined && host.ssh.password !== undefined)
      return await this.get(host, 'password', prompt);
    return await this.prompts.secret({
      host: host.name,
      kind,
      prompt,
      ...(reference === undefined ? {} : { reference }),
    });
  }
}
