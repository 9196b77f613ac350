import { describe, expect, it } from 'vitest';
import { readTopology } from '../../../src/shared/topology/index.js';
import { codes, GOOD, only, spoil } from './documents.js';

const ID = '5b0d7a52-93f4-4e0b-8a7c-d1e2f3a4b5c6';
type Case = readonly [path: readonly (string | number)[], value: unknown, code: string];

const NODE = ['datacenters', 0, 'nodes', 0] as const;
const HOST = ['hosts', 0] as const;
const long = (n: number) => 'a'.repeat(n);

const refused: readonly Case[] = [
  [['id'], undefined, 'missing'],
  [['id'], 'node1', 'bad-id'],
  [['id'], '00000000-0000-0000-0000-000000000000', 'bad-id'],
  [['name'], undefined, 'missing'],
  [['name'], '', 'empty'],
  [['name'], '-rf', 'bad-name'],
  [['name'], long(65), 'bad-name'],
  [['name'], 5, 'wrong-type'],
  [['name'], 'a\nb', 'control-character'],
  [['name'], 'a\u202eb', 'control-character'],
  [['image'], 'Consul', 'bad-image'],
  [['image'], 'consul:', 'bad-image'],
  [['image'], '-consul', 'bad-image'],
  [['image'], 'consul:1 && id', 'bad-image'],
  [['image'], 'consul@sha256:abc', 'bad-image'],
  [['image'], 'a'.repeat(64), 'bad-image'],
  [['bootstrap'], 'robost', 'bad-choice'],
  [['api'], 'open', 'bad-choice'],
  [['firewall'], true, 'bad-choice'],
  [['data'], 'none', 'bad-choice'],
  [['workdir'], 'opt/consul', 'bad-workdir'],
  [['workdir'], '/opt/../etc', 'bad-workdir'],
  [['workdir'], '/opt//consul', 'bad-workdir'],
  [['workdir'], '/opt/consul/', 'bad-workdir'],
  [['workdir'], '/opt/a b', 'bad-workdir'],
  [['workdir'], '/opt/$(id)', 'bad-workdir'],
  [['workdir'], '/opt/a:b', 'bad-workdir'],
  ...[
    '/',
    '/etc',
    '/etc/consul',
    '/usr',
    '/usr/bin',
    '/usr/local',
    '/root',
    '/opt',
    '/home/me',
    '/proc/1',
    '/tmp/x',
    '/var/lib',
    '/var/lib/docker/x',
  ].map((dir): Case => [['workdir'], dir, 'system-workdir']),
  [['raftMultiplier'], 0, 'out-of-range'],
  [['raftMultiplier'], 11, 'out-of-range'],
  [['raftMultiplier'], 1.5, 'wrong-type'],
  [['raftMultiplier'], '1', 'wrong-type'],
  [['agentOptions'], ['log-level=debug'], 'bad-option'],
  [['agentOptions'], ['-log-level debug'], 'bad-option'],
  [['agentOptions'], ['--'], 'bad-option'],
  [['agentOptions'], ['-x=a\nb'], 'control-character'],
  [['agentOptions'], ['-encrypt=abc'], 'secret-value'],
  [['agentOptions'], '-rejoin', 'wrong-type'],
  ...[
    '-server',
    '--server',
    '-advertise=192.0.2.1',
    '-bootstrap',
    '-bootstrap-expect=3',
    '-retry-join=x',
    '-join=x',
    '-data-dir=/x',
    '-config-dir=/x',
    '-node=x',
    '-datacenter=x',
    '-client=0.0.0.0',
  ].map((option): Case => [[...NODE, 'agentOptions'], [option], 'owned-option']),
  [['datacenters'], [], 'empty'],
  [['datacenters'], 'dc1', 'wrong-type'],
  [['datacenters', 0, 'name'], 'DC1', 'bad-datacenter-name'],
  [['datacenters', 0, 'name'], 'd c', 'bad-datacenter-name'],
  [['datacenters', 0, 'name'], '-dc', 'bad-datacenter-name'],
  [['datacenters', 0, 'name'], long(65), 'bad-datacenter-name'],
  [['datacenters', 0, 'nodes'], [], 'empty'],
  [[...NODE, 'name'], 'node_1', 'bad-node-name'],
  [[...NODE, 'name'], 'node.1', 'bad-node-name'],
  [[...NODE, 'name'], '-node', 'bad-node-name'],
  [[...NODE, 'name'], 'node-', 'bad-node-name'],
  [[...NODE, 'name'], long(64), 'bad-node-name'],
  [[...NODE, 'name'], '节点', 'bad-node-name'],
  [[...NODE, 'role'], 'leader', 'bad-choice'],
  [[...NODE, 'bootstrap'], 'yes', 'wrong-type'],
  [[...NODE, 'container'], 'c', 'bad-container-name'],
  [[...NODE, 'container'], '-consul', 'bad-container-name'],
  [[...NODE, 'container'], 'con/sul', 'bad-container-name'],
  [[...HOST, 'name'], '../a', 'bad-host-name'],
  [[...HOST, 'address'], '256.1.1.1', 'bad-address'],
  [[...HOST, 'address'], '10.0.0', 'bad-address'],
  [[...HOST, 'address'], '0.0.0.0', 'bad-address'],
  [[...HOST, 'address'], '224.0.0.1', 'bad-address'],
  [[...HOST, 'address'], 'bad_host', 'bad-address'],
  [[...HOST, 'address'], '-oProxyCommand=id', 'bad-address'],
  [[...HOST, 'address'], 'a..b', 'bad-address'],
  [[...HOST, 'address'], '1:::2', 'bad-address'],
  [[...HOST, 'address'], undefined, 'missing'],
  [[...HOST, 'advertise'], 'host.example', 'bad-advertise'],
  [[...HOST, 'advertise'], '0.0.0.0', 'bad-advertise'],
  [[...HOST, 'advertise'], '::', 'bad-advertise'],
  [[...HOST, 'advertise'], 'fe80::1%eth0', 'bad-advertise'],
  [[...HOST, 'advertise'], '127.0.0.1', 'advertise-loopback'],
  [[...HOST, 'advertise'], '::1', 'advertise-loopback'],
  [[...HOST, 'ssh'], { user: '-l root' }, 'bad-user'],
  [[...HOST, 'ssh'], { user: 'a b' }, 'bad-user'],
  [[...HOST, 'ssh'], { port: 0 }, 'out-of-range'],
  [[...HOST, 'ssh'], { port: 65536 }, 'out-of-range'],
  [[...HOST, 'ssh'], { port: '22' }, 'wrong-type'],
  [[...HOST, 'ssh'], { hostKeys: ['ssh-ed25519 AAAA'] }, 'bad-host-key'],
  [[...HOST, 'ssh'], { hostKeys: [`ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAI${long(43)}`] }, 'bad-host-key'],
  [[...HOST, 'ssh'], { jump: ['x'] }, 'unknown-host'],
];

const accepted: readonly (readonly [readonly (string | number)[], unknown])[] = [
  [['id'], ID.toUpperCase()],
  [['name'], 'docker consul集群'],
  [['name'], "it's $(id) `id`"],
  [['image'], 'registry.example:5000/a/b__c/consul:1.8.7_x'],
  [['image'], `consul:1@sha256:${'0'.repeat(64)}`],
  [['workdir'], '/srv/数据/consul'],
  [['workdir'], '/usr/local/consul'],
  [['workdir'], '/var/lib/consul'],
  [['workdir'], '/home/me/consul'],
  [
    ['agentOptions'],
    ['-rejoin', '--log-level=debug', '-retry-join-wan=192.0.2.9', '-advertise-wan=192.0.2.9'],
  ],
  [['agentOptions'], null],
  [['datacenters', 0, 'name'], 'eu_west-1'],
  [[...NODE, 'name'], long(63)],
  [[...HOST, 'address'], '2001:db8::1'],
  [[...HOST, 'advertise'], '::ffff:192.0.2.77'],
  [[...HOST, 'ssh'], { user: 'DOMAIN\\user', port: 65535, identity: '~/.ssh/id', passphrase: 'prompt' }],
  [[...HOST, 'ssh'], { password: 'file:/run/secrets/my password' }],
  [[...HOST, 'ssh'], null],
];

describe('a single value', () => {
  it.each(refused)('%j = %j is refused: %s', (path, value, code) => {
    const text = spoil(path, value);
    const result = readTopology(text);
    const finding = result.findings.find((f) => f.code === code);
    expect(finding, JSON.stringify(result.findings)).toBeDefined();
    expect(finding?.severity).toBe('error');
    expect(finding?.path.slice(0, path.length)).toEqual(path);
    expect(finding?.line).toBeGreaterThan(0);
    expect(finding?.column).toBeGreaterThan(0);
    expect(result.topology).toBeUndefined();
  });

  it.each(accepted)('%j = %j is accepted', (path, value) => {
    const result = readTopology(spoil(path, value));
    expect(result.findings.filter((f) => f.severity === 'error')).toEqual([]);
    expect(result.topology).toBeDefined();
  });
});

describe('secrets', () => {
  const SECRET = 'hunter2 SENSITIVE';
  it.each(['password', 'passphrase', 'sudoPassword'])('%s given as its value is refused, unshown', (key) => {
    for (const value of [SECRET, 'env:', 'env:1X', 'file:', 'env:hunter2 SENSITIVE', `prompt ${SECRET}`]) {
      const text = spoil(['hosts', 0, 'ssh'], { [key]: value });
      expect(only(text, 'secret-value').path).toEqual(['hosts', 0, 'ssh', key]);
      expect(JSON.stringify(readTopology(text))).not.toContain('SENSITIVE');
    }
  });

  it('shows no secret however it is misplaced', () => {
    const texts = [
      spoil(['hosts', 0, 'ssh'], { identity: `-----BEGIN OPENSSH PRIVATE KEY----- ${SECRET}` }),
      spoil(['hosts', 0, 'ssh'], { passwrod: SECRET }),
      spoil(['hosts', 0, 'ssh'], { password: [SECRET] }),
      spoil(['agentOptions'], [`-encrypt=${SECRET}`]),
      spoil(['agentOptions'], ['-encrypt', SECRET]),
      `password: "${SECRET}\n`,
      `raftyard: 1\n  password: ${SECRET}: x\n`,
      `a: *${SECRET}`,
      `a: !${SECRET} b`,
    ];
    for (const text of texts) {
      const result = readTopology(text);
      expect(result.topology).toBeUndefined();
      expect(JSON.stringify(result)).not.toContain('SENSITIVE');
    }
  });
});

describe('defaults', () => {
  it('are filled in', () => {
    const { topology } = readTopology(spoil(['hosts', 0, 'ssh'], { identity: '~/k' }));
    expect(topology).toMatchObject({
      bootstrap: 'robust',
      api: 'loopback',
      firewall: 'open',
      data: 'volume',
      workdir: '/opt/consul',
      raftMultiplier: 1,
      agentOptions: [],
    });
    expect(topology?.datacenters[0]?.nodes[1]).toEqual({
      name: 'node2',
      host: 'b',
      role: 'server',
      bootstrap: false,
      container: 'consul-node2',
      agentOptions: [],
    });
    expect(topology?.hosts[0]?.ssh).toEqual({
      user: 'root',
      port: 22,
      open: ['user', 'port'],
      identity: '~/k',
      agent: false,
      hostKeys: [],
      jump: [],
    });
    expect(topology?.hosts[1]).toEqual({
      name: 'b',
      address: '192.0.2.2',
      advertise: '192.0.2.2',
      ssh: { user: 'root', port: 22, open: ['user', 'port'], agent: true, hostKeys: [], jump: [] },
    });
    expect(codes(GOOD)).toEqual([]);
  });

  it('an id is read in lower case: it is compared with labels', () => {
    expect(readTopology(spoil(['id'], ID.toUpperCase())).topology?.id).toBe(ID);
  });
});
