import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createConnector } from '../../../src/main/host/index.js';
import type { ConnectorOptions, HostConnector } from '../../../src/main/host/types.js';
import { newKeyPair } from '../../../src/main/range/key.js';
import { trustKey } from '../../../src/main/store/known-hosts.js';
import type { Host, SshSettings } from '../../../src/shared/topology/types.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('raftyard-connect-');
const opened: HostConnector[] = [];
const servers: { close(): unknown }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((connector) => connector.close()));
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const PASSWORD = 'open sesame';
const keys = {
  ed25519: newKeyPair(),
  rsa: ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }),
};

/** A server with two host keys that takes one password and forwards nothing. */
async function sshServer(): Promise<number> {
  const server = new ssh2.Server({ hostKeys: [keys.ed25519.private, keys.rsa.private] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (context.method === 'password' && context.password === PASSWORD) context.accept();
      else context.reject(['password']);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function host(port: number, ssh: Partial<SshSettings> = {}, name = 'a'): Host {
  process.env['RAFTYARD_TEST_PASSWORD'] = PASSWORD;
  return {
    name,
    address: '127.0.0.1',
    advertise: '127.0.0.1',
    ssh: {
      user: 'root',
      port,
      agent: false,
      password: 'env:RAFTYARD_TEST_PASSWORD',
      hostKeys: [],
      jump: [],
      ...ssh,
    },
  };
}

let count = 0;
function connector(options: Partial<ConnectorOptions> = {}): HostConnector {
  count += 1;
  const made = createConnector({
    hosts: [],
    trustStore: join(folder, `store-${count}`),
    knownHosts: [],
    sshConfig: [],
    connectTimeoutMs: 3000,
    prompts: { hostKey: () => Promise.resolve(false), secret: () => Promise.resolve(null) },
    ...options,
  });
  opened.push(made);
  return made;
}

const bare = (key: string): string => key.split(' ').slice(0, 2).join(' ');

describe('a connection that several wait for', () => {
  /** The question about the host key is held open until the test lets it go. */
  function held(): {
    asked: Promise<void>;
    answer: (accept: boolean) => void;
    options: Partial<ConnectorOptions>;
  } {
    let answer = (_accept: boolean): void => undefined;
    let tell = (): void => undefined;
    const asked = new Promise<void>((done) => {
      tell = done;
    });
    const hostKey = (): Promise<boolean> =>
      new Promise((done) => {
        answer = done;
        tell();
      });
    const prompts = { hostKey, secret: () => Promise.resolve(null) };
    return { asked, answer: (accept) => answer(accept), options: { prompts } };
  }

  it('is not cut for the others when one of them gives up', async () => {
    const { asked, answer, options } = held();
    const pool = connector(options);
    const target = host(await sshServer());
    const first = new AbortController();
    const one = pool.connect(target, first.signal);
    const other = pool.connect(target);
    await asked;
    first.abort();
    await expect(one).rejects.toMatchObject({ code: 'cancelled' });
    answer(true);
    expect((await other).connection.host.name).toBe('a');
  });

  it('ends when the last of them gives up, and can be begun again', async () => {
    const { asked, answer, options } = held();
    const pool = connector(options);
    const target = host(await sshServer());
    const stop = new AbortController();
    const both = [pool.connect(target, stop.signal), pool.connect(target, stop.signal)];
    await asked;
    stop.abort();
    for (const one of both) await expect(one).rejects.toMatchObject({ code: 'cancelled' });
    const again = pool.connect(target);
    const settled = again.then(() => true);
    // Whichever question is open: the new one is answered as soon as it is asked.
    await expect
      .poll(() => {
        answer(true);
        return Promise.race([settled, Promise.resolve(false)]);
      })
      .toBe(true);
  });
});

describe('a server that has no place at the moment', () => {
  /** Hangs up on the first callers, as sshd does at MaxStartups, and leads the others to a server. */
  async function busy(drops: number): Promise<{ port: number; calls: () => number }> {
    const behind = await sshServer();
    let calls = 0;
    const server = createServer((socket) => {
      calls += 1;
      socket.on('error', () => undefined);
      if (calls <= drops) {
        socket.end('Exceeded MaxStartups\r\n');
        return;
      }
      const through = connect(behind, '127.0.0.1');
      through.on('error', () => undefined);
      socket.pipe(through).pipe(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as AddressInfo).port, calls: () => calls };
  }
  const trusting = { prompts: { hostKey: () => Promise.resolve(true), secret: () => Promise.resolve(null) } };

  it('is asked again', async () => {
    const { port, calls } = await busy(2);
    expect((await connector(trusting).connect(host(port))).connection.user).toBe('root');
    expect(calls()).toBe(3);
  });

  it('is given up when it goes on like that', async () => {
    const { port, calls } = await busy(100);
    await expect(connector(trusting).connect(host(port))).rejects.toMatchObject({
      code: 'host-unreachable',
      host: 'a',
    });
    expect(calls()).toBe(3);
  });
});

describe('host keys', () => {
  it('a revoked key is refused, although it is known as good as well', async () => {
    const port = await sshServer();
    const file = join(folder, 'revoked');
    const revoked = [keys.ed25519, keys.rsa].map((key) => `@revoked * ${bare(key.public)}`);
    writeFileSync(file, `[127.0.0.1]:${port} ${bare(keys.ed25519.public)}\n${revoked.join('\n')}\n`);
    const asked: string[] = [];
    const prompts = {
      hostKey: () => Promise.resolve(asked.push('host key') > 0),
      secret: () => Promise.resolve(null),
    };
    await expect(connector({ knownHosts: [file], prompts }).connect(host(port))).rejects.toMatchObject({
      code: 'host-key-revoked',
      host: 'a',
    });
    expect(asked).toEqual([]);
  });

  it('a host with several keys shows the one that is known, whichever that is', async () => {
    const port = await sshServer();
    for (const known of [keys.rsa.public, keys.ed25519.public]) {
      const file = join(folder, 'known');
      writeFileSync(file, `[127.0.0.1]:${port} ${bare(known)}\n`);
      const lease = await connector({ knownHosts: [file] }).connect(host(port));
      expect(lease.connection.user).toBe('root');
    }
  });

  it('types that cannot be verified here do not keep the others from it', async () => {
    const port = await sshServer();
    const file = join(folder, 'odd');
    writeFileSync(
      file,
      `[127.0.0.1]:${port} sk-ssh-ed25519@openssh.com AAAA\n[127.0.0.1]:${port} ${bare(keys.rsa.public)}\n`,
    );
    await expect(connector({ knownHosts: [file] }).connect(host(port))).resolves.toBeDefined();
  });

  it('a pinned key stands alone', async () => {
    const port = await sshServer();
    const file = join(folder, 'both');
    writeFileSync(file, `[127.0.0.1]:${port} ${bare(keys.ed25519.public)}\n`);
    const other = newKeyPair();
    await expect(
      connector({ knownHosts: [file] }).connect(host(port, { hostKeys: [bare(other.public)] })),
    ).rejects.toMatchObject({ code: 'host-key-changed' });
  });

  it('waits for the person as long as it takes', async () => {
    const port = await sshServer();
    const slow = connector({
      connectTimeoutMs: 400,
      prompts: {
        hostKey: () => new Promise((resolve) => setTimeout(() => resolve(true), 900)),
        secret: () => Promise.resolve(null),
      },
    });
    await expect(slow.connect(host(port))).resolves.toBeDefined();
  });

  it('keeps every key that is accepted at the same time', async () => {
    const file = join(folder, 'many');
    const names = Array.from({ length: 30 }, (_, index) => `host${index}`);
    await Promise.all(names.map((name) => trustKey(file, name, 22, 'ssh-ed25519', 'AAAA')));
    expect(readFileSync(file, 'utf8').trim().split('\n').sort()).toEqual(
      names.map((name) => `${name} ssh-ed25519 AAAA`).sort(),
    );
  });
});

describe('connecting', () => {
  it('jump hosts in a circle are told, not waited for', async () => {
    const a = host(22, { jump: ['b'] }, 'a');
    const b = host(22, { jump: ['a'] }, 'b');
    await expect(connector({ hosts: [a, b] }).connect(a)).rejects.toMatchObject({ code: 'invalid-topology' });
  });

  it('an SSH agent that is gone does not keep the password from being tried', async () => {
    const port = await sshServer();
    const before = process.env['SSH_AUTH_SOCK'];
    process.env['SSH_AUTH_SOCK'] = join(folder, 'no-agent');
    try {
      const pinned = host(port, { agent: true, hostKeys: [bare(keys.ed25519.public)] });
      await expect(connector().connect(pinned)).resolves.toBeDefined();
    } finally {
      if (before === undefined) delete process.env['SSH_AUTH_SOCK'];
      else process.env['SSH_AUTH_SOCK'] = before;
    }
  });

  it('refused forwarding is told apart from a lost connection', async () => {
    const port = await sshServer();
    const lease = await connector().connect(host(port, { hostKeys: [bare(keys.ed25519.public)] }));
    await expect(lease.connection.forward('127.0.0.1', 8500)).rejects.toMatchObject({
      code: 'forwarding-refused',
    });
  });

  it.each([
    ['hangs up at once', (socket: Socket) => socket.destroy(), 'host-unreachable'],
    ['resets', (socket: Socket) => socket.resetAndDestroy(), 'host-unreachable'],
    [
      'speaks something else',
      (socket: Socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'),
      'host-unreachable',
    ],
    ['says nothing', () => undefined, 'timeout'],
  ])('a port that %s is an error, not a crash', async (_what, behave, code) => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      behave(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(connector({ connectTimeoutMs: 500 }).connect(host(port))).rejects.toMatchObject({ code });
    for (const socket of sockets) socket.destroy();
  });
});
