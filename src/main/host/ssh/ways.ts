/** The ways to log in to a host, in order. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AnyAuthMethod, type Prompt } from 'ssh2';
import { RaftyardError } from '../../../shared/errors.js';
import type { Host } from '../../../shared/topology/types.js';
import { chosenAgent } from './agent-keys.js';
import type { Route } from './route.js';
import { expandHome, type Secrets } from './secrets.js';

/** What the server has said so far, when the next way is chosen. */
export interface LoginState {
  /** A way was accepted, and the server wants another one beside it. */
  readonly partial: boolean;
}

/** A way to log in, made when its turn comes: a secret is asked for only after the host has shown its key. */
export interface Way {
  /** For the error that lists what was tried. */
  readonly name: string;
  /** null: not a way here; an error: passed over, and the reason is told when nothing else opens the door. */
  make(state: LoginState): Promise<AnyAuthMethod | RaftyardError | null>;
}

/** Names of the keys that ssh tries by itself. Source: https://man.openbsd.org/ssh_config#IdentityFile */
const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
/** A server may not fill the window with a prompt of its own. */
const LONGEST_PROMPT = 200;

const isEncrypted = (parsed: unknown): boolean =>
  parsed instanceof Error && /encrypted|passphrase/i.test(parsed.message);

/** A key file as a way in; asks for its passphrase where it has one. @throws RaftyardError auth-failed */
async function keyMethod(host: Host, path: string, secrets: Secrets): Promise<AnyAuthMethod> {
  const fail = (message: string, more: { readonly hint?: string; readonly cause?: unknown } = {}) =>
    new RaftyardError('auth-failed', message, { host: host.name, ...more });
  let key: Buffer;
  try {
    key = await readFile(path);
  } catch (cause) {
    throw fail(`the private key ${path} cannot be read`, {
      hint: 'Check ssh.identity in the topology.',
      cause,
    });
  }
  let parsed = secrets.opened(key) ?? ssh2.utils.parseKey(key);
  if (isEncrypted(parsed)) {
    const passphrase = await secrets.passphrase(host, path);
    // Another host may have waited for the same passphrase, and opened the key with it.
    if (passphrase !== null) parsed = secrets.opened(key) ?? ssh2.utils.parseKey(key, passphrase);
    if (parsed instanceof Error) secrets.forgetPassphrase(path);
    if (passphrase === null) throw fail(`the private key ${path} is encrypted and no passphrase was given`);
  }
  if (parsed instanceof Error) throw fail(`the private key ${path} cannot be used: ${parsed.message}`);
  secrets.keepOpened(key, parsed);
  return { type: 'publickey', username: host.ssh.user, key: parsed };
}

/**
 * The person's own keys, where the document names none: those of ~/.ssh/config, or those that ssh tries by itself. One
 * that is broken, or whose passphrase nobody knows, is passed over; one with a passphrase is tried only where it is the last hope, because its passphrase
 * must be typed. A public key alone only says which of the agent's keys is meant.
 */
function ownKeys({ host, identities }: Route, secrets: Secrets, folder: string): Way[] {
  const paths = identities.length > 0 ? identities : DEFAULT_KEYS.map((name) => join(folder, name));
  return paths
    .filter((path) => existsSync(path))
    .map((path) => ({
      name: `key ${path}`,
      make: async () => {
        const parsed = ssh2.utils.parseKey(await readFile(path).catch(() => ''));
        if (isEncrypted(parsed) ? host.ssh.password !== undefined : parsed instanceof Error) return null;
        if (!(parsed instanceof Error) && !parsed.isPrivateKey()) return null;
        return await keyMethod(host, path, secrets).catch((error: unknown) =>
          error instanceof RaftyardError ? error : null,
        );
      },
    }));
}

const PIPES = '\\\\.\\pipe\\';

function windowsPipes(): string[] {
  try {
    return readdirSync(PIPES);
  } catch {
    return [];
  }
}

export interface AgentSocket {
  readonly name: string;
  readonly path: string;
}

/**
 * The agents that ssh would ask: the one that SSH_AUTH_SOCK names, or on Windows OpenSSH's own behind its fixed name and
 * PuTTY's (`pageant.USER.HASH`, from PuTTY 0.75 on).
 */
export function agentSockets(
  env = process.env,
  platform = process.platform,
  pipes = windowsPipes,
): AgentSocket[] {
  const named = env['SSH_AUTH_SOCK'];
  if (named !== undefined && named !== '') return [{ name: 'agent', path: named }];
  if (platform !== 'win32') return [];
  const own = `pageant.${env['USERNAME'] ?? ''}.`.toLowerCase();
  return [
    { name: 'agent', path: `${PIPES}openssh-ssh-agent` },
    ...pipes()
      .filter((pipe) => pipe.toLowerCase().startsWith(own))
      .map((pipe) => ({ name: 'Pageant', path: PIPES + pipe })),
  ];
}

/** One line of what a server wrote: it is shown to the person, and is nobody's markup or control code. */
const oneLine = (text: string): string =>
  text
    .replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, LONGEST_PROMPT);

/** The server's own questions (RFC 4256): the first hidden one about a password is answered with the known one. */
function interactive(host: Host, secrets: Secrets, password: () => Promise<string | null>): Way {
  const { user } = host.ssh;
  const answerOne = async (entry: Prompt, first: boolean): Promise<string> => {
    const hidden = entry.echo !== true;
    if (first && hidden && host.ssh.password !== undefined && /passw|密码/i.test(entry.prompt))
      return (await password()) ?? '';
    const asked = oneLine(entry.prompt) || 'Answer';
    return (await secrets.ask(host, `${asked} (${user}@${host.address})`)) ?? '';
  };
  return {
    name: 'keyboard-interactive',
    make: async ({ partial }) => {
      // Without a password in the document it is the second factor that a server may want, not a way of its own.
      if (!partial && host.ssh.password === undefined) return null;
      if (!partial && (await password()) === null) return null;
      return {
        type: 'keyboard-interactive',
        username: user,
        prompt: (_name, _instructions, _lang, prompts, finish) => {
          const answers = async (): Promise<string[]> => {
            const given: string[] = [];
            for (const [index, entry] of prompts.entries()) given.push(await answerOne(entry, index === 0));
            return given;
          };
          answers().then(finish, () => finish(prompts.map(() => '')));
        },
      };
    },
  };
}

/**
 * The ways to log in, in order: the document's key, or the agent and the person's own keys; the password; the server's
 * own questions.
 * @throws RaftyardError auth-failed when there is none
 */
export function waysIn(route: Route, secrets: Secrets, folder = join(homedir(), '.ssh')): Way[] {
  const { host } = route;
  const { user: username, identity } = host.ssh;
  const ways: Way[] = [];
  if (identity !== undefined)
    ways.push({ name: `key ${identity}`, make: () => keyMethod(host, expandHome(identity), secrets) });
  const named = route.agent === null ? [] : [{ name: 'agent', path: route.agent ?? '' }];
  const agents = route.agent === undefined ? agentSockets() : named;
  const only = route.identitiesOnly ? route.identities : undefined;
  if (host.ssh.agent)
    for (const { name, path } of agents)
      ways.push({
        name,
        make: async () => ({ type: 'agent', username, agent: await chosenAgent(path, only) }),
      });
  if (identity === undefined) ways.push(...ownKeys(route, secrets, folder));
  const password = (): Promise<string | null> =>
    secrets.get(host, 'password', `Password of ${username}@${host.address}`);
  if (host.ssh.password !== undefined)
    ways.push({
      name: 'password',
      make: async () => {
        const secret = await password();
        return secret === null ? null : { type: 'password', username, password: secret };
      },
    });
  if (ways.length === 0)
    throw new RaftyardError('auth-failed', 'there is no key, agent or password to log in with', {
      host: host.name,
      hint: 'Give ssh.identity or ssh.password in the topology, or start an SSH agent (SSH_AUTH_SOCK).',
    });
  return [...ways, interactive(host, secrets, password)];
}
