/** The ways to log in, in order: key file, agent, password; prepared only when the host is known to be the right one. */
import { readFile } from 'node:fs/promises';
import ssh2, { type AnyAuthMethod, type ParsedKey } from 'ssh2';
import { RaftyardError } from '../../../shared/errors.js';
import type { Host } from '../../../shared/topology/types.js';
import { expandHome, type Secrets } from './secrets.js';

interface Candidate {
  /** As a person calls it. */
  readonly label: string;
  /** Names of RFC 4252 that the server may offer for it. */
  readonly needs: string;
  /** null: there is nothing to try. */
  readonly prepare: () => Promise<AnyAuthMethod | null>;
}

const firstKey = (parsed: ParsedKey | ParsedKey[] | Error): ParsedKey | Error =>
  Array.isArray(parsed) ? (parsed[0] ?? new Error('it holds no key')) : parsed;

async function readIdentity(host: Host, identity: string, secrets: Secrets): Promise<AnyAuthMethod> {
  const path = expandHome(identity);
  const unusable = (why: string, hint: string, cause?: unknown): RaftyardError =>
    new RaftyardError('auth-failed', `the private key ${identity} ${why}`, { host: host.name, hint, cause });
  let key: Buffer;
  try {
    key = await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw unusable(`cannot be read: ${reason}`, 'Check ssh.identity in the topology.', cause);
  }
  let parsed = firstKey(ssh2.utils.parseKey(key));
  let passphrase: string | undefined;
  if (parsed instanceof Error && /encrypted|passphrase/i.test(parsed.message)) {
    passphrase = (await secrets.get(host, 'passphrase', `Passphrase of ${identity}`)) ?? undefined;
    if (passphrase === undefined)
      throw unusable(
        'is encrypted and no passphrase was given',
        'Give the passphrase, or add the key to an SSH agent (ssh-add) and set ssh.agent.',
      );
    parsed = firstKey(ssh2.utils.parseKey(key, passphrase));
    if (parsed instanceof Error)
      throw unusable('is not opened by this passphrase', 'Check the passphrase (ssh.passphrase).', parsed);
  }
  if (parsed instanceof Error)
    throw unusable(`cannot be used: ${parsed.message}`, 'Give an OpenSSH or PEM private key.', parsed);
  if (!parsed.isPrivateKey())
    throw unusable('is a public key', 'Set ssh.identity to the private one, the file without .pub.');
  return {
    type: 'publickey',
    username: host.ssh.user,
    key,
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

/** One hidden prompt is the password, once; a one-time code or anything else that is asked needs the person. */
function keyboard(username: string, password: string): AnyAuthMethod {
  let given = false;
  return {
    type: 'keyboard-interactive',
    username,
    prompt: (_name, _instructions, _language, prompts, finish) => {
      const hidden = prompts.length === 1 && prompts[0]?.echo !== true;
      finish(prompts.map(() => (hidden && !given ? password : '')));
      given = true;
    },
  };
}

function candidates(host: Host, secrets: Secrets): Candidate[] {
  const { identity, agent, user: username } = host.ssh;
  const list: Candidate[] = [];
  if (identity !== undefined)
    list.push({
      label: `key ${identity}`,
      needs: 'publickey',
      prepare: () => readIdentity(host, identity, secrets),
    });
  const socket = process.env['SSH_AUTH_SOCK'];
  if (agent && socket !== undefined && socket !== '')
    list.push({
      label: 'SSH agent',
      needs: 'publickey',
      prepare: () => Promise.resolve({ type: 'agent', username, agent: socket }),
    });
  if (host.ssh.password !== undefined) {
    const password = (): Promise<string | null> =>
      secrets.get(host, 'password', `Password of ${username}@${host.address}`);
    list.push(
      {
        label: 'password',
        needs: 'password',
        prepare: async () => {
          const value = await password();
          return value === null ? null : { type: 'password', username, password: value };
        },
      },
      {
        label: 'password (keyboard-interactive)',
        needs: 'keyboard-interactive',
        prepare: async () => {
          const value = await password();
          return value === null ? null : keyboard(username, value);
        },
      },
    );
  }
  return list;
}

/** Hands out one way to log in after the other; remembers what was tried, for the message when none works. */
export class Login {
  readonly tried: string[] = [];
  #left: Candidate[];
  #asked = false;

  /** @throws RaftyardError auth-failed when the document gives no way at all. */
  constructor(
    readonly host: Host,
    readonly secrets: Secrets,
  ) {
    this.#left = candidates(host, secrets);
    if (this.#left.length > 0) return;
    throw new RaftyardError('auth-failed', 'there is no key, agent or password to log in with', {
      host: host.name,
      hint: host.ssh.agent
        ? 'Start an SSH agent (SSH_AUTH_SOCK is not set), or give ssh.identity or ssh.password in the topology.'
        : 'Give ssh.identity or ssh.password in the topology, or set ssh.agent.',
    });
  }

  /** @param offered what the server takes; null before it was asked. null as a result: nothing is left. */
  async next(offered: readonly string[] | null): Promise<AnyAuthMethod | null> {
    // Which ways the server takes is asked first, so that nobody types a password that it would not look at.
    if (!this.#asked) {
      this.#asked = true;
      return { type: 'none', username: this.host.ssh.user };
    }
    for (;;) {
      const found = this.#left.find((entry) => offered === null || offered.includes(entry.needs));
      if (found === undefined) return null;
      // The same wrong password by another way would only count against the user (pam_faillock).
      const password = found.label.startsWith('password');
      this.#left = this.#left.filter(
        (entry) => entry !== found && !(password && entry.label.startsWith('password')),
      );
      const method = await found.prepare();
      if (method === null) {
        this.note(`${found.label} (none given)`);
        continue;
      }
      this.note(found.label);
      return method;
    }
  }

  note(what: string): void {
    this.tried.push(what);
  }

  /** Ways of the document that the server never offered. */
  get untried(): string[] {
    return this.#left.map((entry) => entry.label);
  }
}
