/** Hosts as ~/.ssh/config describes them, reached for real: alias, user, port, keys, agents and chains of jumps. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Connection } from 'ssh2';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createConnector } from '../../../src/main/host/index.js';
import { hopOf, SshConfiguration } from '../../../src/main/host/ssh/route.js';
import type { HostConnector } from '../../../src/main/host/types.js';
import { newKeyPair } from '../../../src/main/range/key.js';
import { sshSettings } from '../../../src/shared/topology/index.js';
import type { Host, SshSettings } from '../../../src/shared/topology/types.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('route-');
const servers: { close(): unknown }[] = [];
const pools: HostConnector[] = [];
const agents: number[] = [];
let count = 0;

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => {
  for (const pid of agents) process.kill(pid);
});

const hostKey = newKeyPair().private;

interface Key {
  readonly path: string;
  readonly blob: string;
}

function newKey(name: string): Key {
  const path = join(folder, `key-${count++}-${name}`);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]);
  const parsed = ssh2.utils.parseKey(execFileSync('cat', [`${path}.pub`]));
  if (parsed instanceof Error) throw parsed;
  return { path, blob: parsed.getPublicSSH().toString('base64') };
}

interface Seen {
  readonly users: string[];
  /** Keys that were shown, in order, once each. */
  readonly shown: string[];
  /** Ports that it was asked to lead to. */
  readonly led: number[];
}

/** A server that takes one key from any user, runs nothing, and leads to loopback ports. */
async function server(key: Key): Promise<{ port: number; seen: Seen; cut(): void }> {
  const seen: Seen = { users: [], shown: [], led: [] };
  const clients = new Set<Connection>();
  const made = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    clients.add(client);
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (context.method !== 'publickey') {
        context.reject(['publickey']);
        return;
      }
      const blob = context.key.data.toString('base64');
      if (!seen.shown.includes(blob)) seen.shown.push(blob);
      if (blob !== key.blob) {
        context.reject(['publickey']);
        return;
      }
      if (context.signature !== undefined) seen.users.push(context.username);
      context.accept();
    });
    client.on('tcpip', (accept, _reject, info) => {
      seen.led.push(info.destPort);
      const socket = connect(info.destPort, '127.0.0.1');
      const channel = accept();
      channel.pipe(socket).pipe(channel);
      for (const end of [channel, socket]) end.on('error', () => undefined);
    });
  });
  servers.push(made);
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const client of clients) client.end();
  };
  return { port: (made.address() as AddressInfo).port, seen, cut };
}

function pool(config: string, hosts: readonly Host[] = []): HostConnector {
  const path = join(folder, `config-${count++}`);
  writeFileSync(path, config);
  chmodSync(path, 0o600);
  const made = createConnector({
    hosts,
    trustStore: join(folder, `store-${count++}`),
    knownHosts: [],
    sshConfig: [path],
    connectTimeoutMs: 5000,
    prompts: { hostKey: () => Promise.resolve(true), secret: () => Promise.resolve(null) },
  });
  pools.push(made);
  return made;
}

const host = (address: string, ssh: Partial<SshSettings> = {}): Host => ({
  name: `the ${address}`,
  address,
  advertise: '',
  ssh: sshSettings(ssh),
});

describe('a host that ~/.ssh/config knows', () => {
  it('is reached by its alias, with the port, user and key from there', async () => {
    const key = newKey('own');
    const { port, seen } = await server(key);
    const lease = await pool(
      `Host box\n  HostName 127.0.0.1\n  Port ${port}\n  User ops\n  IdentityFile ${key.path}\n`,
    ).connect(host('box'));
    expect(lease.connection.user).toBe('ops');
    expect(lease.connection.host.name).toBe('the box');
    expect(seen.users).toEqual(['ops']);
  });

  it('is reached in the same way again after the connection was lost', async () => {
    const key = newKey('own');
    const { port, seen, cut } = await server(key);
    const { connection } = await pool(
      `Host box\n  HostName 127.0.0.1\n  Port ${port}\n  User ops\n  IdentityFile ${key.path}\n`,
    ).connect(host('box'));
    cut();
    await connection.closed;
    await connection.forward('127.0.0.1', port);
    expect(seen.users).toEqual(['ops', 'ops']);
    expect(seen.shown).toEqual([key.blob]);
  });

  it('and has a certificate for it that nothing here can show is told so', async () => {
    const [key, other] = [newKey('own'), newKey('authority')];
    execFileSync('ssh-keygen', ['-q', '-s', other.path, '-I', 'me', '-n', 'ops', `${key.path}.pub`]);
    const { port } = await server(other);
    const named = `Host box\n  HostName 127.0.0.1\n  Port ${port}\n  CertificateFile ~/%n-cert.pub\n`;
    const cases: [string, string][] = [
      ['', `${key.path}-cert.pub`],
      [named, join(homedir(), 'box-cert.pub')],
    ];
    for (const [config, certificate] of cases) {
      const address = config === '' ? '127.0.0.1' : 'box';
      const connecting = pool(config).connect(host(address, { port, identity: key.path }));
      await expect(connecting).rejects.toMatchObject({
        code: 'auth-failed',
        hint: expect.stringContaining(`${certificate} is an SSH certificate`) as string,
      });
    }
  });

  it('does not override what the document says', async () => {
    const [own, other] = [newKey('own'), newKey('other')];
    const { port, seen } = await server(own);
    const config = `Host 127.0.0.1\n  Port 1\n  User odd\n  IdentityFile ${other.path}\n`;
    await pool(config).connect(host('127.0.0.1', { user: 'root', port, identity: own.path }));
    expect(seen.users).toEqual(['root']);
    expect(seen.shown).toEqual([own.blob]);
  });

  it('is reached through a chain of jumps, each with its own user, port and key', async () => {
    const [outer, inner, last] = [newKey('outer'), newKey('inner'), newKey('last')];
    const [gate, hall, target] = [await server(outer), await server(inner), await server(last)];
    const config = [
      `Host gate\n  HostName 127.0.0.1\n  Port ${gate.port}\n  User guard\n  IdentityFile ${outer.path}`,
      `Host hall\n  HostName 127.0.0.1\n  IdentityFile ${inner.path}`,
      `Host target\n  HostName 127.0.0.1\n  Port ${target.port}\n  User ops\n  IdentityFile ${last.path}`,
      `  ProxyJump gate,usher@hall:${hall.port}`,
    ].join('\n');
    const lease = await pool(config).connect(host('target'));
    expect(lease.connection.user).toBe('ops');
    expect([gate.seen.users, hall.seen.users, target.seen.users]).toEqual([['guard'], ['usher'], ['ops']]);
    expect([gate.seen.led, hall.seen.led, target.seen.led]).toEqual([[hall.port], [target.port], []]);
  });

  it('whose jump leads through itself is refused, and says how', async () => {
    const connecting = pool('Host *\n  ProxyJump gate\n').connect(host('target'));
    await expect(connecting).rejects.toMatchObject({
      code: 'invalid-topology',
      message: expect.stringContaining('gate → gate') as string,
    });
  });

  it('and has a ProxyCommand is tried without it, and the error says so', async () => {
    const marker = join(folder, 'ran');
    const config = `Host box\n  HostName 127.0.0.1\n  Port 1\n  ProxyCommand touch ${marker}\n`;
    await expect(pool(config).connect(host('box', { identity: newKey('k').path }))).rejects.toMatchObject({
      code: 'host-unreachable',
      hint: expect.stringContaining('ProxyCommand') as string,
    });
    expect(() => execFileSync('test', ['-e', marker])).toThrow();
  });
});

describe('an agent', () => {
  /** A real ssh-agent with these keys. */
  async function agentWith(...keys: Key[]): Promise<string> {
    const socket = join(folder, `agent-${count++}`);
    const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    if (child.pid !== undefined) agents.push(child.pid);
    await once(child.stdout, 'data');
    for (const key of keys)
      execFileSync('ssh-add', ['-q', key.path], {
        env: { ...process.env, SSH_AUTH_SOCK: socket },
        stdio: 'ignore',
      });
    return socket;
  }

  it('that IdentityAgent names is asked, and gives all its keys', async () => {
    const [first, second] = [newKey('first'), newKey('second')];
    const socket = await agentWith(first, second);
    const { port, seen } = await server(second);
    await pool(`Host *\n  IdentityAgent ${socket}\n`).connect(host('127.0.0.1', { port }));
    expect(seen.shown).toEqual([first.blob, second.blob]);
  });

  it('shows only the keys that are named, with IdentitiesOnly; a public key file is enough', async () => {
    const [first, second] = [newKey('first'), newKey('second')];
    const socket = await agentWith(first, second);
    const { port, seen } = await server(second);
    const config = `Host *\n  IdentityAgent ${socket}\n  IdentitiesOnly yes\n  IdentityFile ${second.path}.pub\n`;
    await pool(config).connect(host('127.0.0.1', { port }));
    expect(seen.shown).toEqual([second.blob]);
  });

  it('is not asked where IdentityAgent is none', async () => {
    const key = newKey('only');
    const socket = await agentWith(key);
    const { port, seen } = await server(key);
    const before = process.env['SSH_AUTH_SOCK'];
    process.env['SSH_AUTH_SOCK'] = socket;
    try {
      const other = newKey('other');
      const config = `Host *\n  IdentityAgent none\n  IdentityFile ${other.path}\n`;
      await expect(pool(config).connect(host('127.0.0.1', { port }))).rejects.toMatchObject({
        code: 'auth-failed',
      });
      expect(seen.shown).toEqual([other.blob]);
    } finally {
      if (before === undefined) delete process.env['SSH_AUTH_SOCK'];
      else process.env['SSH_AUTH_SOCK'] = before;
    }
  });
});

describe('a hop of ProxyJump', () => {
  it('is read in all its forms', () => {
    const short = (text: string) => {
      const { address, ssh } = hopOf(text);
      return [address, ssh.user, ssh.port, ssh.open ?? []];
    };
    expect(short('gate')).toEqual(['gate', 'root', 22, ['user', 'port']]);
    expect(short('ops@gate:2222')).toEqual(['gate', 'ops', 2222, []]);
    expect(short('ssh://ops@gate:2222')).toEqual(['gate', 'ops', 2222, []]);
    expect(short('[2001:db8::1]:2222')).toEqual(['2001:db8::1', 'root', 2222, ['user']]);
    expect(short('a@b@gate')).toEqual(['gate', 'a@b', 22, ['port']]);
  });
});

it('without any configuration the document stands alone', () => {
  const route = new SshConfiguration([]).route(host('192.0.2.1'));
  expect(route).toEqual({ host: host('192.0.2.1'), identities: [], identitiesOnly: false });
});
