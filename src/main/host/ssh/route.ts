/** How a host is really reached: the document first, ~/.ssh/config for what it leaves open. */
import { existsSync } from 'node:fs';
import type { Host, SshSettings } from '../../../shared/topology/types.js';
import {
  type Block,
  type Evaluated,
  evaluate,
  expandTokens,
  readBlocks,
  sshConfigFiles,
} from '../../store/ssh-config/index.js';
import { expandHome } from './secrets.js';

export interface Route {
  /** The host with the address, user, port and jumps that hold. */
  readonly host: Host;
  /** Key files that the configuration names, where the document names none. */
  readonly identities: readonly string[];
  /** Socket of the agent; null: none is to be asked; undefined: the usual one. */
  readonly agent?: string | null;
  /** Of the agent's keys only those that `identities` name. */
  readonly identitiesOnly: boolean;
  /** A certificate that ssh would show to the server, and Raftyard cannot; for the error when nothing opens the door. */
  readonly certificate?: string;
  /** What the configuration says and Raftyard does not do, for the error when the host cannot be reached. */
  readonly hint?: string;
}

/** A hop of ProxyJump: `[user@]host[:port]` or `ssh://[user@]host[:port]`; an IPv6 address stands in brackets. */
export function hopOf(text: string): Host {
  const plain = text.replace(/^ssh:\/\//, '');
  const at = plain.lastIndexOf('@');
  const user = at < 0 ? undefined : plain.slice(0, at);
  const rest = plain.slice(at + 1);
  const parts = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(rest);
  const port = parts?.[3] === undefined ? undefined : Number(parts[3]);
  const left = [
    ...(user === undefined ? ['user' as const] : []),
    ...(port === undefined ? ['port' as const] : []),
  ];
  return {
    name: text,
    address: parts?.[1] ?? parts?.[2] ?? rest,
    advertise: '',
    ssh: {
      user: user ?? 'root',
      port: port ?? 22,
      ...(left.length === 0 ? {} : { open: left }),
      agent: true,
      hostKeys: [],
      jump: [],
    },
  };
}

function agentOf({ agent }: Evaluated, name: (path: string) => string): { agent?: string | null } {
  if (agent === undefined || agent === 'SSH_AUTH_SOCK') return {};
  if (agent.toLowerCase() === 'none') return { agent: null };
  const variable = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(agent)?.[1];
  const path = variable === undefined ? name(agent) : process.env[variable];
  return path === undefined || path === '' ? {} : { agent: path };
}

/** The configuration of this computer, read once. */
export class SshConfiguration {
  #blocks: readonly Block[] | undefined;

  /** @param files as {@link sshConfigFiles}; none: only documents count. */
  constructor(readonly files: readonly string[] = sshConfigFiles()) {}

  /** What holds for a host of a document. The document's own values are never overridden. */
  route(host: Host): Route {
    this.#blocks ??= readBlocks(this.files).blocks;
    const open = new Set(host.ssh.open ?? []);
    const found = evaluate(this.#blocks, host.address, open.has('user') ? undefined : host.ssh.user);
    const ssh: SshSettings = {
      ...host.ssh,
      ...(open.has('user') && found.user !== undefined ? { user: found.user } : {}),
      ...(open.has('port') && found.port !== undefined ? { port: found.port } : {}),
      jump: host.ssh.jump.length > 0 ? host.ssh.jump : found.jump,
    };
    const name = (path: string): string =>
      expandTokens(path, { name: host.address, address: found.address, user: ssh.user, port: ssh.port });
    const identities = host.ssh.identity === undefined ? found.identities.map(name) : [];
    const keys = host.ssh.identity === undefined ? identities : [expandHome(host.ssh.identity)];
    // ssh takes the one beside a key without being told.
    const certificate =
      found.certificate === undefined
        ? keys.map((path) => `${path}-cert.pub`).find((path) => existsSync(path))
        : name(found.certificate);
    return {
      host: { ...host, address: found.address, ssh },
      identities,
      ...(certificate === undefined ? {} : { certificate }),
      ...agentOf(found, name),
      identitiesOnly: found.identitiesOnly,
      ...(found.proxyCommand && ssh.jump.length === 0
        ? {
            hint: `~/.ssh/config has a ProxyCommand for ${host.address}, which Raftyard does not run; name jump hosts instead.`,
          }
        : {}),
    };
  }
}
