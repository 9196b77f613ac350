import { describe, expect, it } from 'vitest';
import {
  canonicalAddress,
  hostOf,
  isHostName,
  isIpAddress,
  newTopology,
  parseImage,
  readTopology,
  serialiseTopology,
  suggest,
} from '../../../src/shared/topology/index.js';

const hosts = Array.from({ length: 4 }, (_, i) => ({ name: `docker0${i + 1}`, address: `192.0.2.${i + 1}` }));

describe('a new topology', () => {
  it("has the tutorial's names, an id of its own, and reads back the same", () => {
    const topology = newTopology({ name: 'mine', hosts, servers: 3 });
    expect(
      topology.datacenters[0]?.nodes.map((n) => [n.name, n.host, n.role, n.bootstrap, n.container]),
    ).toEqual([
      ['node1', 'docker01', 'server', true, 'consul01'],
      ['node2', 'docker02', 'server', false, 'consul02'],
      ['node3', 'docker03', 'server', false, 'consul03'],
      ['node4', 'docker04', 'client', false, 'consul04'],
    ]);
    expect(readTopology(serialiseTopology(topology))).toEqual({ topology, findings: [] });
    expect(newTopology({ name: 'mine', hosts }).id).not.toBe(topology.id);
  });

  it('takes ssh settings and choices as given', () => {
    const [host] = newTopology({
      name: 'x',
      hosts: [
        { name: 'h', address: 'h.example', advertise: '192.0.2.9', ssh: { port: 2222, identity: '/k' } },
      ],
      bootstrap: 'classic',
    }).hosts;
    expect(host).toEqual({
      name: 'h',
      address: 'h.example',
      advertise: '192.0.2.9',
      ssh: {
        user: 'root',
        port: 2222,
        // The port is said, the user is left to ~/.ssh/config.
        open: ['user'],
        identity: '/k',
        agent: false,
        hostKeys: [],
        jump: [],
      },
    });
    expect(() => hostOf(newTopology({ name: 'x', hosts }), 'nobody')).toThrow(/no host "nobody"/);
  });
});

describe('addresses', () => {
  it.each([
    '1.2.3.4',
    '255.255.255.255',
    '::',
    '::1',
    '2001:db8::',
    '1:2:3:4:5:6:7:8',
    '::ffff:1.2.3.4',
    '1::8',
    '64:ff9b::1.2.3.4',
  ])('%s is an IP', (ip) => expect(isIpAddress(ip)).toBe(true));
  it.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8:9',
    '12345::',
    'g::',
    '::1%lo',
    '1.2.3.4::',
    '::1.2.3.4:5',
  ])('%j is none', (ip) => expect(isIpAddress(ip)).toBe(false));
  it('are the same however written', () => {
    expect(canonicalAddress('2001:DB8:0:0::1')).toBe(canonicalAddress('2001:db8::1'));
    expect(canonicalAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(canonicalAddress('Host.Example.')).toBe('host.example');
  });
  it.each([
    ['a', true],
    ['a.b-c.d0', true],
    ['a.', true],
    ['-a', false],
    ['a-', false],
    ['a_b', false],
    ['1.2.3', false],
    ['', false],
    ['.', false],
    [`${'a'.repeat(64)}.b`, false],
    [`${'a.'.repeat(127)}a`, false],
  ])('host name %j: %s', (name, good) => expect(isHostName(name)).toBe(good));
});

describe('small parts', () => {
  it('image references are taken apart', () => {
    expect(parseImage('localhost:5000/a/b:1.2')).toEqual({ name: 'localhost:5000/a/b', tag: '1.2' });
    expect(parseImage('consul')).toEqual({ name: 'consul' });
    expect(parseImage(`c:t@sha256:${'a'.repeat(64)}`)).toEqual({
      name: 'c',
      tag: 't',
      digest: `sha256:${'a'.repeat(64)}`,
    });
  });
  it('suggestions are near or none', () => {
    expect(suggest('hsots', ['hosts', 'name'])).toBe('hosts');
    expect(suggest('nam', ['hosts', 'name'])).toBe('name');
    expect(suggest('firewallmode', ['firewall', 'name'])).toBeUndefined();
    expect(suggest('x'.repeat(1000), ['hosts'])).toBeUndefined();
  });
});
