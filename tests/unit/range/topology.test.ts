import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { containerOptions } from '../../../src/main/range/hosts.js';
import { rangeNames, rangeTopology } from '../../../src/main/range/index.js';
import {
  ensureCredentials,
  identityPath,
  type RangeState,
  writeState,
} from '../../../src/main/range/state.js';
import { temporaryFolder } from '../../temporary.js';

let home: string;
const before = process.env['RAFTYARD_HOME'];
beforeEach(() => {
  home = temporaryFolder('raftyard-range-');
  process.env['RAFTYARD_HOME'] = home;
});
afterEach(() => {
  if (before === undefined) delete process.env['RAFTYARD_HOME'];
  else process.env['RAFTYARD_HOME'] = before;
  rmSync(home, { recursive: true, force: true });
});

const host = (index: number) => ({
  name: `docker0${index}`,
  container: `raftyard-t-docker0${index}`,
  address: `198.18.9.1${index}`,
  sshPort: 20_000 + index,
  hostKey: `ssh-ed25519 AAAA${index}`,
});

const state = (count: number): RangeState => ({
  version: 1,
  name: 't',
  clusterId: '7e1f8a52-3f4e-4a7e-9d52-5f5d5ad1e001',
  engine: { socket: '/x.sock', ours: true },
  network: 'raftyard-t',
  subnet: '198.18.9.0/24',
  images: ['hashicorp/consul:1.8.7', 'progrium/consul:latest'],
  hosts: Array.from({ length: count }, (_, index) => host(index + 1)),
});

describe('rangeTopology', () => {
  it('is a three-server document by default, the same at every call', async () => {
    await writeState(state(4));
    const text = rangeTopology('t');
    expect(rangeTopology('t')).toBe(text);
    const document = parse(text) as Record<string, unknown>;
    expect(document).toMatchObject({
      raftyard: 1,
      id: state(1).clusterId,
      image: 'hashicorp/consul:1.8.7',
      bootstrap: 'robust',
      api: 'loopback',
      firewall: 'open',
    });
    expect(document['datacenters']).toEqual([
      {
        name: 'dc1',
        nodes: [1, 2, 3].map((n) => ({
          name: `node${n}`,
          host: `docker0${n}`,
          role: 'server',
          bootstrap: n === 1,
          container: `consul0${n}`,
        })),
      },
    ]);
    expect((document['hosts'] as unknown[])[1]).toEqual({
      name: 'docker02',
      address: '127.0.0.1',
      advertise: '198.18.9.12',
      ssh: {
        user: 'root',
        port: 20_002,
        identity: identityPath('t'),
        agent: false,
        hostKeys: ['ssh-ed25519 AAAA2'],
      },
    });
  });

  it('takes clients after the servers, and a password only as a reference', async () => {
    await writeState(state(4));
    const { password } = await ensureCredentials('t');
    const text = rangeTopology('t', { servers: 3, clients: 1, user: 'pw', bootstrap: 'classic' });
    expect(text).not.toContain(password);
    const document = parse(text) as {
      datacenters: { nodes: { role: string }[] }[];
      hosts: { ssh: { password: string } }[];
    };
    expect(document.datacenters[0]?.nodes.map((node) => node.role)).toEqual([
      'server',
      'server',
      'server',
      'client',
    ]);
    expect(document.hosts[0]?.ssh.password).toMatch(/^file:\//);
  });

  it('refuses what the range cannot give', async () => {
    expect(() => rangeTopology('t')).toThrow(/no practice range/);
    await writeState(state(2));
    expect(() => rangeTopology('t', { servers: 3 })).toThrow(/2 hosts, not 3/);
    await writeState({ ...state(1), hosts: [{ ...host(1), hostKey: '' }] });
    expect(() => rangeTopology('t')).toThrow(/never up/);
    expect(() => rangeTopology('../t')).toThrow(/Not a name/);
    expect(await rangeNames()).toEqual(['t']);
  });
});

describe('containerOptions', () => {
  const plan = {
    range: 't',
    image: 'i',
    network: 'n',
    credentials: { publicKey: 'k', password: 'p' },
  };

  it('binds the cgroup tree on v1 only', () => {
    const v1 = containerOptions(host(1), { ...plan, cgroupVersion: '1' });
    expect(v1.HostConfig).toMatchObject({
      CgroupnsMode: 'host',
      Binds: ['/sys/fs/cgroup:/sys/fs/cgroup:rw'],
    });
    const v2 = containerOptions(host(1), { ...plan, cgroupVersion: '2' });
    expect(v2.HostConfig).toMatchObject({ CgroupnsMode: 'private', Binds: [] });
  });

  it('publishes sshd on loopback alone, carries no secret and is not restarted by the engine', () => {
    const options = containerOptions(host(1), { ...plan, cgroupVersion: '1' });
    expect(options.HostConfig?.PortBindings).toEqual({
      '22/tcp': [{ HostIp: '127.0.0.1', HostPort: '20001' }],
    });
    expect(options.HostConfig?.RestartPolicy).toEqual({ Name: 'no' });
    expect(options.HostConfig?.Privileged).toBeUndefined();
    expect(JSON.stringify(options)).not.toContain('"p"');
  });
});
