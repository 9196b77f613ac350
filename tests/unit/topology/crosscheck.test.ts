import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_IMAGE,
  type NewHost,
  newTopology,
  readTopology,
  serialiseTopology,
} from '../../../src/shared/topology/index.js';
import { codes, GOOD, only, spoil } from './documents.js';

const hosts = (n: number): NewHost[] =>
  Array.from({ length: n }, (_, i) => ({ name: `h${i + 1}`, address: `192.0.2.${i + 1}` }));
const cluster = (servers: number, clients = 0) =>
  serialiseTopology(newTopology({ name: 'c', hosts: hosts(servers + clients), servers }));
const NODES = ['datacenters', 0, 'nodes'] as const;

describe('names', () => {
  it('a node name is used once in a datacenter, whatever its case', () => {
    expect(only(spoil([...NODES, 1, 'name'], 'NODE1'), 'duplicate-node').path).toEqual([...NODES, 1, 'name']);
  });

  it('and once across datacenters', () => {
    const second = { name: 'dc2', nodes: [{ name: 'node1', host: 'c' }] };
    const text = spoil(['datacenters', 1], second);
    expect(only(text, 'duplicate-node').path).toEqual(['datacenters', 1, 'nodes', 0, 'name']);
    expect(only(text, 'host-shared').path).toEqual(['datacenters', 1, 'nodes', 0, 'host']);
  });

  it('datacenters and hosts have names of their own', () => {
    const text = spoil(['datacenters', 1], { name: 'dc1', nodes: [{ name: 'n', host: 'c' }] });
    expect(only(text, 'duplicate-datacenter').path).toEqual(['datacenters', 1, 'name']);
    expect(only(spoil(['hosts', 2, 'name'], 'a'), 'duplicate-host').path).toEqual(['hosts', 2, 'name']);
  });

  it('a container name is used once on a host', () => {
    let text = spoil([...NODES, 0, 'container'], 'consul-node2');
    expect(codes(text)).toEqual([]);
    text = text.replace('host: a', 'host: b');
    expect(only(text, 'duplicate-container').path).toEqual([...NODES, 1, 'container']);
  });
});

describe('hosts', () => {
  it('run one node of the cluster each', () => {
    expect(only(spoil([...NODES, 2, 'host'], 'a'), 'host-shared').path).toEqual([...NODES, 2, 'host']);
  });

  it('must be there, with a suggestion where one is near', () => {
    const text = GOOD.replaceAll('name: a\n', 'name: docker01\n').replace('host: a', 'host: docker1');
    expect(only(text, 'unknown-host').message).toContain('did you mean "docker01"');
    expect(only(spoil([...NODES, 0, 'host'], 'zzzzzz'), 'unknown-host').message).not.toContain(
      'did you mean',
    );
  });

  it('that nobody uses are a warning, jump hosts are used', () => {
    const spare = { name: 'spare', address: 'spare.example' };
    expect(only(spoil(['hosts', 3], spare), 'unused-host')).toMatchObject({
      severity: 'warning',
      path: ['hosts', 3, 'name'],
    });
    const jumping = spoil(['hosts', 3], spare).replace('address: 192.0.2.1', '$&\n    ssh: {jump: [spare]}');
    expect(codes(jumping)).toEqual([]);
    // A jump host with a name only advertises nothing.
    expect(readTopology(jumping).topology?.hosts[3]?.advertise).toBe('');
  });

  it('have an address and port of their own, however written', () => {
    expect(only(spoil(['hosts', 1, 'address'], '192.0.2.1'), 'duplicate-address').path).toEqual([
      'hosts',
      1,
      'address',
    ]);
    const v6 = spoil(['hosts', 0, 'address'], '2001:db8::1').replace('192.0.2.2', '2001:0DB8:0::0001');
    expect(codes(v6)).toContain('duplicate-address');
    const ports = GOOD.replace(
      'address: 192.0.2.1\n',
      'address: 127.0.0.1\n    advertise: 198.18.0.1\n    ssh: {port: 2201}\n',
    ).replace(
      'address: 192.0.2.2\n',
      'address: 127.0.0.1\n    advertise: 198.18.0.2\n    ssh: {port: 2202}\n',
    );
    expect(codes(ports)).toEqual([]);
    expect(codes(ports.replace('2202', '2201'))).toEqual(['duplicate-address']);
    expect(codes(ports.replace('198.18.0.2', '198.18.0.1'))).toEqual(['duplicate-advertise']);
  });

  it('have a WAN address of their own, where one is given', () => {
    const wan = (first: string, second: string) =>
      GOOD.replace('address: 192.0.2.1\n', `address: 192.0.2.1\n    advertiseWan: ${first}\n`).replace(
        'address: 192.0.2.2\n',
        `address: 192.0.2.2\n    advertiseWan: ${second}\n`,
      );
    expect(codes(wan('203.0.113.1', '203.0.113.2'))).toEqual([]);
    // Its own advertise address once more is no harm.
    expect(codes(wan('192.0.2.1', '203.0.113.2'))).toEqual([]);
    expect(codes(wan('203.0.113.1', '203.0.113.1'))).toEqual(['duplicate-advertise', 'duplicate-advertise']);
    expect(only(wan('192.0.2.3', '203.0.113.2'), 'duplicate-advertise').path).toEqual([
      'hosts',
      0,
      'advertiseWan',
    ]);
    expect(codes(wan('127.0.0.1', '203.0.113.2'))).toEqual(['advertise-loopback']);
    expect(codes(wan('east.example', '203.0.113.2'))).toEqual(['bad-advertise']);
    const { topology } = readTopology(wan('203.0.113.1', '203.0.113.2'));
    expect(topology?.hosts.map((h) => h.advertiseWan)).toEqual(['203.0.113.1', '203.0.113.2', undefined]);
  });

  it('with a name for an address must say what Consul advertises', () => {
    expect(only(spoil(['hosts', 0, 'address'], 'a.example'), 'advertise-missing').path).toEqual([
      'hosts',
      0,
      'address',
    ]);
  });

  it('advertise loopback only in a cluster of one node', () => {
    const one = serialiseTopology(newTopology({ name: 'c', hosts: [{ name: 'h', address: '127.0.0.1' }] }));
    expect(codes(one)).toEqual(['few-servers']);
    expect(only(spoil(['hosts', 0, 'address'], '127.0.0.1'), 'advertise-loopback').path).toEqual([
      'hosts',
      0,
      'address',
    ]);
  });

  it('of both address families are a warning', () => {
    expect(codes(spoil(['hosts', 0, 'address'], '2001:db8::1'))).toEqual(['mixed-families']);
  });
});

describe('jump hosts', () => {
  const jump = (...ways: (string[] | undefined)[]) =>
    GOOD.replace(/address: 192\.0\.2\.(\d)/g, (all, n: string) => {
      const way = ways[Number(n) - 1];
      return way === undefined ? all : `${all}\n    ssh: {jump: [${way.join(', ')}]}`;
    });

  it('may be chained', () => {
    expect(codes(jump(['b', 'c'], ['c']))).toEqual([]);
  });

  it.each([
    ['itself', jump(['a']), 1],
    ['each other', jump(['b'], ['a']), 2],
    ['three in a circle', jump(['b'], ['c'], ['a']), 3],
    ['one behind a circle', jump(['b'], ['c'], ['b']), 3],
  ])('must not lead back: %s', (_, text, n) => {
    expect(codes(text).filter((c) => c === 'jump-cycle')).toHaveLength(n);
    expect(readTopology(text).topology).toBeUndefined();
  });

  it('are named once in a way', () => {
    expect(only(jump(['b', 'b']), 'duplicate-jump').path).toEqual(['hosts', 0, 'ssh', 'jump', 1]);
  });
});

describe('servers', () => {
  it.each([
    [1, ['few-servers']],
    [2, ['few-servers']],
    [3, []],
    [4, ['even-servers']],
    [5, []],
    [6, ['even-servers']],
    [7, []],
    [8, ['even-servers', 'many-servers']],
    [9, ['many-servers']],
  ])('%i of them: %j, warnings only', (n, expected) => {
    const result = readTopology(cluster(n, 1));
    expect(result.findings.map((f) => f.code)).toEqual(expected);
    expect(result.findings.every((f) => f.severity === 'warning')).toBe(true);
    expect(result.topology).toBeDefined();
  });

  it('there must be one', () => {
    const text = cluster(3).replaceAll('role: server', 'role: client').replace('bootstrap: true\n', '\n');
    expect(only(text, 'no-servers').severity).toBe('error');
  });

  it('are not counted while a role is unclear', () => {
    expect(codes(spoil([...NODES, 0, 'role'], 'sever'))).toEqual(['bad-choice']);
    expect(only(spoil([...NODES, 0, 'role'], 'sever'), 'bad-choice').message).toContain(
      'did you mean "server"',
    );
  });
});

describe('the bootstrap flag', () => {
  const flagged = (style: string, ...at: number[]) => {
    let i = 0;
    return GOOD.replace('datacenters:', `bootstrap: ${style}\ndatacenters:`).replace(/host: .\n/g, (all) =>
      at.includes(i++) ? `${all}        bootstrap: true\n` : all,
    );
  };
  it.each([
    ['robust', [], []],
    ['robust', [1], []],
    ['robust', [0, 2], ['bootstrap-several']],
    ['robust', [0, 1, 2], ['bootstrap-several', 'bootstrap-several']],
    ['classic', [], ['classic-style', 'bootstrap-missing']],
    ['classic', [1], ['classic-style']],
    ['classic', [0, 1], ['classic-style', 'bootstrap-several']],
  ])('%s with %j flagged: %j', (style, at, expected) => {
    expect(codes(flagged(style, ...at))).toEqual(expected);
  });

  it('is not for clients', () => {
    const text = cluster(3, 1).replace('role: client', 'role: client\n        bootstrap: true');
    expect(only(text, 'bootstrap-client').path).toEqual([...NODES, 3, 'bootstrap']);
  });
});

describe('risks are warnings', () => {
  it.each([
    [['api'], 'exposed', 'api-exposed'],
    [['firewall'], 'disable', 'firewall-disable'],
    [['data'], 'anonymous', 'data-anonymous'],
    [['image'], 'progrium/consul', 'image-progrium'],
    [['image'], 'docker.io/progrium/consul:latest', 'image-progrium'],
    [['image'], 'hashicorp/consul', 'image-tag'],
    [['image'], 'hashicorp/consul:latest', 'image-tag'],
    [['image'], 'registry.example:5000/consul', 'image-tag'],
    [['image'], 'consul', 'image-gone'],
    [['image'], 'docker.io/library/consul:latest', 'image-gone'],
    [['image'], 'consul:1.16.0', 'image-gone'],
  ])('%j = %s: %s', (path, value, code) => {
    const result = readTopology(spoil(path, value));
    expect(result.findings.map((f) => [f.code, f.severity])).toEqual([[code, 'warning']]);
    expect(result.topology).toBeDefined();
  });
});

describe('a new document', () => {
  it('has its agents leave HashiCorp’s server alone; one without the field says nothing of it', () => {
    const text = cluster(3);
    expect(text).toContain('disableUpdateCheck: true');
    expect(readTopology(text).topology?.disableUpdateCheck).toBe(true);
    const older = text.replace(/^disableUpdateCheck: true\n/m, '');
    expect(readTopology(older).topology).not.toHaveProperty('disableUpdateCheck');
    const classic = newTopology({ name: 'c', hosts: hosts(3), bootstrap: 'classic' });
    expect(classic).not.toHaveProperty('disableUpdateCheck');
  });
});

describe('the examples', () => {
  const read = (name: string) => readTopology(readFileSync(`assets/examples/${name}.raftyard`, 'utf8'));

  it("the tutorial's cluster has its risks as warnings", () => {
    const { topology, findings } = read('docker-consul-cluster');
    expect(findings.map((f) => [f.code, f.severity])).toEqual(
      ['image-progrium', 'classic-style', 'api-exposed', 'firewall-disable', 'data-anonymous'].map((c) => [
        c,
        'warning',
      ]),
    );
    expect(topology?.datacenters[0]?.nodes.map((n) => [n.name, n.container, n.bootstrap])).toEqual([
      ['node1', 'consul01', true],
      ['node2', 'consul02', false],
      ['node3', 'consul03', false],
    ]);
    expect(topology?.hosts.map((h) => [h.name, h.advertise])).toEqual([
      ['docker01', '193.168.0.95'],
      ['docker02', '193.168.0.96'],
      ['docker03', '193.168.0.97'],
    ]);
    expect(topology).toMatchObject({
      image: 'progrium/consul',
      workdir: '/opt/consul',
      bootstrap: 'classic',
    });
  });

  it('the modern one has nothing to say', () => {
    const { topology, findings } = read('three-servers');
    expect(findings).toEqual([]);
    expect(topology).toMatchObject({
      image: DEFAULT_IMAGE,
      bootstrap: 'robust',
      api: 'loopback',
      firewall: 'open',
      data: 'volume',
    });
  });
});
