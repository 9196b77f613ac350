/** What an OpenSSH client configuration says of one host: the first value that is obtained holds. */
import { homedir, userInfo } from 'node:os';
import { type Block, type Condition, hostMatches } from './read.js';

export interface Evaluated {
  /** HostName, or the name itself. */
  readonly address: string;
  readonly user?: string;
  readonly port?: number;
  /** Key files in order, as written; see {@link expandTokens}. */
  readonly identities: readonly string[];
  /** IdentityAgent as written: a path, `SSH_AUTH_SOCK`, a variable, or `none`. */
  readonly agent?: string;
  /** CertificateFile as written; it cannot be used. */
  readonly certificate?: string;
  /** Only the keys of `identities` are shown to the server, also of those that the agent holds. */
  readonly identitiesOnly: boolean;
  /** ProxyJump, first hop first: `[user@]host[:port]`. */
  readonly jump: readonly string[];
  /** There is a ProxyCommand, which Raftyard does not run. */
  readonly proxyCommand: boolean;
}

interface Asked {
  readonly name: string;
  readonly user: string | undefined;
  readonly address: () => string;
}

const list = (value: string): string[] => value.split(',').map((part) => part.trim());

function holds(condition: Condition, asked: Asked): boolean {
  if (condition.kind === 'host') return hostMatches(condition.patterns, asked.name);
  return Object.entries(condition.criteria).every(([key, value]) => {
    const negated = key.startsWith('!');
    return one(key.replace(/^!/, ''), value, asked) !== negated;
  });
}

function one(key: string, value: string, { name, user, address }: Asked): boolean {
  switch (key) {
    case 'all':
      return true;
    case 'host':
      return hostMatches(list(value), address());
    case 'originalhost':
      return hostMatches(list(value), name);
    case 'user':
      return hostMatches(list(value), user ?? userInfo().username);
    case 'localuser':
      return hostMatches(list(value), userInfo().username);
    default:
      // `canonical` and `final` are for a second pass, which is not made.
      return false;
  }
}

/**
 * Evaluates the blocks for a host as it is named on the command line.
 * Source: https://man.openbsd.org/ssh_config
 * @param user the login user where one is given already: it decides `Match user`
 */
export function evaluate(blocks: readonly Block[], name: string, user?: string): Evaluated {
  const values = new Map<string, string>();
  const identities: string[] = [];
  const address = (): string => (values.get('hostname') ?? name).replaceAll('%h', name);
  for (const block of blocks) {
    const asked: Asked = { name, user: user ?? values.get('user'), address };
    if (!block.conditions.every((condition) => holds(condition, asked))) continue;
    for (const [key, value] of block.fields) if (!values.has(key)) values.set(key, value);
    identities.push(...block.identities);
  }
  const given = (key: string): string | undefined => {
    const value = values.get(key);
    return value === undefined || value.toLowerCase() === 'none' ? undefined : value;
  };
  const port = Number(values.get('port') ?? '');
  const jump = given('proxyjump');
  const login = values.get('user');
  const agent = values.get('identityagent');
  const certificate = given('certificatefile');
  return {
    address: address(),
    ...(login === undefined ? {} : { user: login }),
    ...(Number.isInteger(port) && port > 0 && port < 65_536 ? { port } : {}),
    identities: identities.filter((path) => path.toLowerCase() !== 'none'),
    ...(agent === undefined ? {} : { agent }),
    ...(certificate === undefined ? {} : { certificate }),
    identitiesOnly: values.get('identitiesonly')?.toLowerCase() === 'yes',
    jump: jump === undefined ? [] : list(jump),
    // Of the two, the one that comes first holds; a jump that is there is followed.
    proxyCommand: jump === undefined && given('proxycommand') !== undefined,
  };
}

/** Replaces `~`, `%d`, `%h`, `%n`, `%p`, `%r`, `%u`, `%%` and `${NAME}` as ssh does in paths. */
export function expandTokens(
  path: string,
  host: { readonly name: string; readonly address: string; readonly user: string; readonly port: number },
  env: NodeJS.ProcessEnv = process.env,
): string {
  const tokens: Record<string, string> = {
    '%': '%',
    d: homedir(),
    h: host.address,
    n: host.name,
    p: String(host.port),
    r: host.user,
    u: userInfo().username,
  };
  return path
    .replace(/^~(?=\/|$)/, homedir())
    .replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => env[name] ?? whole)
    .replace(/%([%dhnpru])/g, (_whole, letter: string) => tokens[letter] ?? '');
}
