/** The host layer against real sshd, sudo and Docker. */
import { afterEach, describe, expect, it } from 'vitest';
import { createConnector } from '../../src/main/host/index.js';
import type { HostConnector } from '../../src/main/host/types.js';
import type { Host } from '../../src/shared/topology/types.js';
import { passwordOfPw, rangeDocument } from './support.js';

const open: HostConnector[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((connector) => connector.close()));
});

async function hostAs(user: string, name = 'docker01'): Promise<{ host: Host; hosts: readonly Host[] }> {
  const { hosts } = await rangeDocument();
  const found = hosts.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return { hosts, host: { ...found, ssh: { ...found.ssh, user } } };
}

function connector(hosts: readonly Host[], secret: string | null = null): HostConnector {
  const made = createConnector({
    hosts,
    knownHosts: [],
    sshConfig: [],
    prompts: { hostKey: () => Promise.resolve(false), secret: () => Promise.resolve(secret) },
  });
  open.push(made);
  return made;
}

describe('commands', () => {
  it('carry arguments unchanged, whatever is in them', async () => {
    const { host, hosts } = await hostAs('root');
    const { connection } = await connector(hosts).connect(host);
    const hostile = ["it's", '$(touch /tmp/pwned)', '`id`', 'a\nb', '-rf', '"; reboot; "', '中文', '', '*'];
    const { stdout } = await connection.exec(['printf', '%s\\0', ...hostile]);
    expect(stdout.split('\0').slice(0, -1)).toEqual(hostile);
    expect((await connection.exec(['test', '-e', '/tmp/pwned'])).code).toBe(1);
  });

  it('report their exit code, are bounded in output and time, and can be cancelled', async () => {
    const { host, hosts } = await hostAs('root');
    const { connection } = await connector(hosts).connect(host);
    expect((await connection.exec(['sh', '-c', 'exit 7'])).code).toBe(7);
    const big = await connection.exec(['head', '-c', '100000', '/dev/zero'], { maxBytes: 1000 });
    expect([big.stdout.length, big.truncated]).toEqual([1000, true]);
    await expect(connection.exec(['sleep', '30'], { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'timeout',
    });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    await expect(connection.exec(['sleep', '30'], { signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('many short ones at once lose no exit code', async () => {
    const { host, hosts } = await hostAs('root');
    const { connection } = await connector(hosts).connect(host);
    const codes = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        connection.exec(['sh', '-c', `exit ${n % 5}`]).then((r) => r.code),
      ),
    );
    expect(codes).toEqual(Array.from({ length: 60 }, (_, n) => n % 5));
  });
});

describe('sudo', () => {
  it('takes the password by stdin, and the command gets its own input untouched', async () => {
    const { host, hosts } = await hostAs('pw');
    const { identity: _identity, ...ssh } = host.ssh;
    process.env['RAFTYARD_TEST_PW'] = passwordOfPw();
    const withPassword = { ...host, ssh: { ...ssh, agent: false, password: 'env:RAFTYARD_TEST_PW' } };
    const { connection } = await connector(hosts).connect(withPassword);
    const result = await connection.exec(['sh', '-c', 'id -u; cat'], {
      root: true,
      stdin: 'line one\nline two\n',
    });
    expect(result.stdout).toBe('0\nline one\nline two\n');
    expect(result.stderr).not.toContain('raftyard-');
    await connection.writeFile('/root/raftyard-test', 'content', 0o600);
    expect((await connection.readFile('/root/raftyard-test'))?.toString()).toBe('content');
    await connection.exec(['rm', '/root/raftyard-test'], { root: true });
    const docker = await connection.docker();
    expect((await docker.ping()).toString()).toBe('OK');
  });

  it('says so when the password is wrong, and when there is no sudo at all', async () => {
    const { host, hosts } = await hostAs('pw');
    const { identity: _identity, ...ssh } = host.ssh;
    process.env['RAFTYARD_TEST_PW'] = passwordOfPw();
    process.env['RAFTYARD_TEST_SUDO'] = 'wrong';
    const wrong = {
      ...host,
      ssh: { ...ssh, agent: false, password: 'env:RAFTYARD_TEST_PW', sudoPassword: 'env:RAFTYARD_TEST_SUDO' },
    };
    const { connection } = await connector(hosts).connect(wrong);
    await expect(connection.exec(['id'], { root: true })).rejects.toMatchObject({ code: 'sudo-denied' });
    const plain = await hostAs('nodocker');
    const lease = await connector(hosts).connect(plain.host);
    await expect(lease.connection.exec(['id'], { root: true })).rejects.toMatchObject({
      code: 'sudo-denied',
    });
    await expect(lease.connection.docker()).rejects.toMatchObject({ code: 'docker-denied' });
  });
});

describe('connections', () => {
  it('are dialled again after they were cut', async () => {
    const { host, hosts } = await hostAs('root');
    const { connection } = await connector(hosts).connect(host);
    // Ends the sshd process that serves this very session.
    const cut = connection.exec(['sh', '-c', 'kill -9 $(ps -o ppid= -p $PPID) $PPID; sleep 5']);
    await expect(cut).rejects.toMatchObject({ code: 'connection-lost', retryable: true });
    expect((await connection.exec(['id', '-u'])).stdout.trim()).toBe('0');
    expect((await (await connection.docker()).ping()).toString()).toBe('OK');
  });

  it('go through a jump host', async () => {
    const { host, hosts } = await hostAs('root', 'docker02');
    // docker02 by its own address, which only docker01 is asked to reach.
    const behind: Host = {
      ...host,
      address: host.advertise,
      ssh: { ...host.ssh, port: 22, jump: ['docker01'] },
    };
    const { connection } = await connector(hosts).connect(behind);
    expect((await connection.exec(['hostname'])).stdout.trim()).toBe('docker02');
  });
});
