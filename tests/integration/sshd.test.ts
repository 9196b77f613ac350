/** Servers and networks as they are met in the wild: the same cluster comes up, or the error says what is in the way. */

import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createConnector } from '../../src/main/host/index.js';
import type { HostConnector } from '../../src/main/host/types.js';
import type { Host, Topology } from '../../src/shared/topology/types.js';
import { temporaryFolder } from '../temporary.js';
import {
  applyTo,
  bareHosts,
  changesLeft,
  newContext,
  outer,
  RESTART_SSH,
  range,
  rangeDocument,
  rootScript,
  statusOf,
  timing,
  until,
  withoutSharedConnections,
} from './support.js';

withoutSharedConnections();

const HOST = 'docker02';
const SETTINGS = '/etc/ssh/sshd_config.d/00-raftyard-test.conf';
const servers: Server[] = [];
const sockets = new Set<Socket>();
const pools: HostConnector[] = [];

let whole: Topology;
let one: Topology;

/** A cluster of one server, on {@link HOST}, reached at another port where one is given. */
function alone(change: (host: Host) => Host = (host) => host): Topology {
  return {
    ...whole,
    hosts: whole.hosts.filter((host) => host.name === HOST).map(change),
    datacenters: whole.datacenters.map((datacenter) => ({
      ...datacenter,
      nodes: datacenter.nodes
        .filter((node) => node.host === HOST)
        .map((node) => ({ ...node, bootstrap: true })),
    })),
  };
}

/** With sshd set up like this on {@link HOST}; taken back whatever happens. A restart waits until it listens again. */
async function withSshd(settings: string, work: () => Promise<void>): Promise<void> {
  const [first] = whole.hosts.filter((host) => host.name === HOST);
  if (first === undefined) throw new Error(`no ${HOST}`);
  await rootScript(
    whole,
    HOST,
    `cat > ${SETTINGS} <<'END'\n${settings}\nEND\nsshd -t && { ${RESTART_SSH}; }`,
  );
  try {
    await work();
  } finally {
    await rootScript(whole, HOST, `rm -f ${SETTINGS} && { ${RESTART_SSH}; }`);
  }
}

/** A connection that sshd has greeted and that says nothing. */
async function halfOpen(host: Host): Promise<Socket> {
  for (;;) {
    const socket = connect(host.ssh.port, host.address);
    socket.on('error', () => undefined);
    const greeted = await new Promise<boolean>((resolve) => {
      socket.once('data', (chunk) => resolve(chunk.toString('latin1').startsWith('SSH-')));
      socket.once('close', () => resolve(false));
    });
    if (greeted) return socket;
    socket.destroy();
  }
}

async function withBanner(lines: number, work: (path: string) => Promise<void>): Promise<void> {
  const path = '/run/raftyard-test-banner';
  await rootScript(
    whole,
    HOST,
    `for i in $(seq 1 ${lines}); do echo "Welcome. 欢迎。 Willkommen. $i ...."; done > ${path}`,
  );
  try {
    await work(path);
  } finally {
    await rootScript(whole, HOST, `rm -f ${path}`);
  }
}

async function raised(topology: Topology): Promise<void> {
  const { summary } = await applyTo(topology);
  expect(summary.failed).toEqual([]);
  expect(summary.result).toBe('done');
  expect((await statusOf(topology)).healthy).toBe(true);
  expect(await changesLeft(topology)).toBe(0);
}

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A wire to a port on which every byte takes this long in each direction, and that stands still now and then. */
async function slowWire(port: number, delayMs: number, stallMs: number): Promise<number> {
  const carry = (from: Socket, to: Socket): void => {
    const waiting: Buffer[] = [];
    let free = 0;
    let count = 0;
    from.on('data', (chunk) => {
      count += 1;
      const stall = count % 40 === 0 ? stallMs : 0;
      free = Math.max(free, performance.now() + delayMs) + stall;
      // Timers may fire out of order by a millisecond; what is sent is in order always.
      waiting.push(chunk);
      setTimeout(() => to.write(waiting.shift() ?? ''), free - performance.now());
    });
    from.on('close', () => setTimeout(() => to.end(), delayMs));
    from.on('error', () => undefined);
  };
  return await listening(
    createServer((near) => {
      const far = connect(port, '127.0.0.1');
      for (const socket of [near, far]) sockets.add(socket);
      carry(near, far);
      carry(far, near);
    }),
  );
}

beforeAll(async () => {
  whole = await rangeDocument();
  await bareHosts(whole);
  one = alone();
});
afterEach(async () => {
  await bareHosts(one);
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => bareHosts(whole));

describe('an sshd', () => {
  it('that allows one session at a time', async () => {
    await withSshd('MaxSessions 1', () => raised(one));
  });

  it('that forwards nothing, neither sockets nor ports', async () => {
    await withSshd('AllowStreamLocalForwarding no\nAllowTcpForwarding no', () => raised(one));
  });

  it('that greets with 64 KB is told why nobody gets in', async () => {
    // More than the SSH library takes in one packet. Only for one user: the way back stays open.
    await withBanner(1800, async (banner) => {
      await withSshd(`Match User op\n  Banner ${banner}`, async () => {
        const context = newContext(one);
        const [host] = one.hosts;
        if (host === undefined) throw new Error(`no ${HOST}`);
        const connecting = context.connector.connect({ ...host, ssh: { ...host.ssh, user: 'op' } });
        await expect(connecting).rejects.toMatchObject({
          code: 'host-unreachable',
          host: HOST,
          hint: expect.stringContaining('Banner') as string,
        });
        await context.close();
      });
    });
  });

  it('that greets with a long text in several languages, and whose login shell writes where nobody asked', async () => {
    const saved = '/root/.bashrc.raftyard-test';
    await rootScript(
      whole,
      HOST,
      `cp -a /root/.bashrc ${saved}; printf 'echo junk from the profile; echo more junk >&2\\n%s\\n' "$(cat ${saved})" > /root/.bashrc`,
    );
    try {
      const context = newContext(one);
      const [host] = one.hosts;
      if (host === undefined) throw new Error(`no ${HOST}`);
      const { connection } = await context.connector.connect(host);
      const said = await connection.exec(['echo', 'asked for']);
      await context.close();
      expect(said.stdout).toBe('asked for\n');
      await withBanner(600, (banner) => withSshd(`Banner ${banner}`, () => raised(one)));
    } finally {
      await rootScript(whole, HOST, `mv ${saved} /root/.bashrc`);
    }
  });

  it('that has too many starting connections is asked again', async () => {
    await withSshd('MaxStartups 1:100:1', async () => {
      const [host] = one.hosts;
      if (host === undefined) throw new Error(`no ${HOST}`);
      // Somebody else's half-open connection takes the only place, for a moment.
      const other = await halfOpen(host);
      setTimeout(() => other.destroy(), 700);
      const context = newContext(one);
      try {
        const { connection } = await context.connector.connect(host);
        expect((await connection.exec(['hostname'])).stdout.trim()).toBe(HOST);
      } finally {
        other.destroy();
        await context.close();
      }
    });
  });
});

describe('a network', () => {
  it('of 300 ms there and back that stalls now and then: the same cluster, only later', async () => {
    const real = one.hosts[0]?.ssh.port ?? 0;
    const port = await slowWire(real, 150, 1500);
    timing.connectMs = 15_000;
    const slow = alone((host) => ({ ...host, ssh: { ...host.ssh, port } }));
    try {
      await raised(slow);
    } finally {
      timing.connectMs = 5000;
    }
  });

  it('behind which something accepts and says nothing is given up in time', async () => {
    const port = await listening(createServer((socket) => sockets.add(socket)));
    const hanging = alone((host) => ({ ...host, ssh: { ...host.ssh, port } }));
    const begun = performance.now();
    const { plan } = await applyTo(hanging).catch(() => ({ plan: null }));
    expect(performance.now() - begun).toBeLessThan(30_000);
    const context = newContext(hanging);
    try {
      const [host] = hanging.hosts;
      if (host === undefined) throw new Error(`no ${HOST}`);
      await expect(context.connector.connect(host)).rejects.toMatchObject({ code: 'timeout', host: HOST });
    } finally {
      await context.close();
    }
    expect(plan?.steps ?? []).toEqual([]);
  });
});

describe('a host that only another host reaches', () => {
  it('is reached through that one, each with its own login, and without it not at all', async () => {
    const [first, second] = whole.hosts;
    if (first === undefined || second === undefined) throw new Error('two hosts');
    const inside = outer.getContainer(range.hosts.find(({ name }) => name === second.name)?.container ?? '');
    const firewall = async (verb: string): Promise<void> => {
      const rule = ['iptables', verb, 'INPUT', '-p', 'tcp', '--dport', '22', '!', '-s', first.advertise];
      const exec = await inside.exec({ Cmd: [...rule, '-j', 'DROP'] });
      await exec.start({ Detach: true });
      await until('the rule', 5_000, async () => (await exec.inspect()).ExitCode === 0);
    };
    const connect = async (jump: readonly string[]): Promise<string> => {
      // Each with its own login: a key for the one on the way, a password for the other.
      const { identity: _none, ...ssh } = second.ssh;
      const password = `file:${range.passwordFile}`;
      const target = {
        ...second,
        address: second.advertise,
        ssh: { ...ssh, user: 'pw', password, agent: false, port: 22, jump },
      };
      const gate = { ...first, ssh: { ...first.ssh, user: 'op' } };
      const pool = createConnector({
        hosts: [gate, target],
        trustStore: join(temporaryFolder('sshd-'), 'known_hosts'),
        knownHosts: [],
        sshConfig: [],
        connectTimeoutMs: 3_000,
        prompts: { hostKey: () => Promise.resolve(false), secret: () => Promise.resolve(null) },
      });
      pools.push(pool);
      const { connection } = await pool.connect(target);
      return (await connection.exec(['sh', '-c', 'echo "$(whoami)@$(hostname)"'])).stdout.trim();
    };
    await firewall('-I');
    try {
      await expect(connect([])).rejects.toMatchObject({ host: second.name });
      expect(await connect([first.name])).toBe(`pw@${second.name}`);
    } finally {
      await firewall('-D');
    }
  });
});

describe('~/.ssh/config', () => {
  it('leads through two hosts to a third by its alias, each with its own key of the document', async () => {
    const [first, second, third] = whole.hosts;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three hosts');
    const identity = first.ssh.identity ?? '';
    const path = join(temporaryFolder('sshd-'), 'config');
    writeFileSync(
      path,
      [
        `Host hall\n  HostName ${third.advertise}`,
        `Host inner\n  HostName ${second.advertise}\n  ProxyJump root@${first.address}:${first.ssh.port},hall`,
        `Host *\n  User root\n  IdentityFile ${identity}`,
      ].join('\n'),
    );
    const asked: string[] = [];
    const pool = createConnector({
      hosts: [],
      trustStore: join(temporaryFolder('sshd-'), 'known_hosts'),
      knownHosts: [],
      sshConfig: [path],
      prompts: {
        hostKey: ({ host }) => Promise.resolve(asked.push(host) > 0),
        secret: () => Promise.resolve(null),
      },
    });
    pools.push(pool);
    const { connection } = await pool.connect({
      name: 'target',
      address: 'inner',
      advertise: '',
      ssh: { user: 'root', port: 22, open: ['user', 'port'], agent: true, hostKeys: [], jump: [] },
    });
    expect((await connection.exec(['hostname'])).stdout.trim()).toBe(HOST);
    expect(asked).toEqual([`root@${first.address}:${first.ssh.port}`, 'hall', 'target']);
  });
});
