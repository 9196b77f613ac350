import { describe, expect, it } from 'vitest';
import { looksLikeConsul } from '../../../src/main/cluster/preflight/docker.js';
import * as parse from '../../../src/main/cluster/preflight/parse.js';
import { sections } from '../../../src/main/host/firewall/sections.js';

describe('what a host printed', () => {
  it('is told by section; an answer cannot pass for another section', () => {
    const all = sections('os=ID=debian\nos=PRETTY_NAME="Debian \u001b[31m12"\nkernel=6.1=x\nnoise\n=y');
    expect(parse.parseOs(all)).toEqual({
      id: 'debian',
      pretty: 'Debian  [31m12',
      kernel: '6.1=x',
      architecture: 'unknown',
    });
  });

  it('gives the clock offset by the middle of the round trip, with and without nanoseconds', () => {
    expect(parse.clockOffset('1700000001500000000\n', 1_700_000_000_900, 1_700_000_001_100)).toBe(500);
    expect(parse.clockOffset('1700000001%N', 1_700_000_001_400, 1_700_000_001_600)).toBe(0);
    expect(parse.clockOffset('date: bad', 0, 1)).toBeNull();
  });

  it('gives addresses without loopback and link-local ones, private ones marked', () => {
    const all = sections(
      [
        'addr=1: lo    inet 127.0.0.1/8 scope host lo\\ valid_lft forever',
        'addr=2: eth0    inet 198.51.100.7/24 brd 1.1.1.1 scope global eth0',
        'addr=2: eth0    inet6 fe80::1/64 scope link',
        'addr=3: eth1@if9    inet 10.1.2.3/16 scope global eth1',
        'addr=3: eth1    inet6 fd00::7/64 scope global',
      ].join('\n'),
    );
    expect(parse.parseAddresses(all)).toEqual([
      { interface: 'eth0', address: '198.51.100.7', private: false },
      { interface: 'eth1', address: '10.1.2.3', private: true },
      { interface: 'eth1', address: 'fd00::7', private: true },
    ]);
  });

  it('gives listeners from ss and from netstat', () => {
    const all = sections(
      [
        'ss=udp   UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=1,fd=2))',
        'ss=tcp   LISTEN 0 4096 [::]:8301 [::]:* users:(("consul",pid=7,fd=9))',
        'ss=tcp   LISTEN 0 4096 *:8500 *:*',
        'ss=nonsense',
        'netstat=tcp        0      0 0.0.0.0:8300     0.0.0.0:*    LISTEN      12/consul',
      ].join('\n'),
    );
    expect(parse.parseListeners(all)).toEqual([
      { protocol: 'udp', address: '127.0.0.53', port: 53, process: 'systemd-resolve' },
      { protocol: 'tcp', address: '::', port: 8301, process: 'consul' },
      { protocol: 'tcp', address: '*', port: 8500 },
      { protocol: 'tcp', address: '0.0.0.0', port: 8300, process: 'consul' },
    ]);
  });

  it('gives files by number, and ignores numbers that were not asked for', () => {
    const sum = 'a'.repeat(64);
    const all = sections(`file=0 755 ${sum}\nfile=7 644 ${sum}\nfile=1 rw ${sum}`);
    expect(parse.parseFiles(all, ['/opt/consul/consul-start.sh', '/b'])).toEqual([
      { path: '/opt/consul/consul-start.sh', mode: 0o755, sha256: sum },
    ]);
  });

  it('gives free bytes and sources', () => {
    expect(parse.parseDisk('overlay 1000 400 600 40% /')).toBe(600 * 1024);
    expect(parse.parseDisk(undefined)).toBe(0);
    const lines = [
      '10.0.0.2 dev eth0 src 10.0.0.1 uid 0 \\    cache',
      'RTNETLINK answers: unreachable',
      'local 10.0.0.1 dev lo src 10.0.0.1 uid 0 \\    cache <local>',
      'FD00::0:3 from :: dev eth0 proto kernel src fd00::1 metric 256 pref medium',
    ];
    expect([...parse.parseSources(lines)]).toEqual([
      ['10.0.0.2', '10.0.0.1'],
      ['10.0.0.1', '10.0.0.1'],
      ['fd00:0:0:0:0:0:0:3', 'fd00::1'],
    ]);
    expect(parse.parseSources().size).toBe(0);
  });

  it('gives the recorded state only where it is what we write', () => {
    const state = {
      version: 1,
      clusterId: 'c',
      clusterName: 'n',
      node: 'node1',
      since: 's',
      updated: 'u',
      lastPlan: 'p',
      firewallBefore: { kind: 'firewalld', active: true, enabledAtBoot: true },
      rules: ['8500/tcp'],
      firewallDisabled: false,
      files: [{ path: '/a', sha256: 'x' }],
      madeWorkdir: true,
    };
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
    expect(parse.parseState(encode(state))).toEqual(state);
    expect(parse.parseState(encode({ ...state, rules: 'all' }))).toBeUndefined();
    expect(parse.parseState('%%%')).toBeUndefined();
    expect(parse.parseState(undefined)).toBeUndefined();
  });

  it('knows Consul containers by image or by what they start', () => {
    expect(looksLikeConsul('progrium/consul', '/bin/start -server')).toBe(true);
    expect(looksLikeConsul('registry.example:5000/x/consul:1.2@sha256:aa', '')).toBe(true);
    expect(looksLikeConsul('alpine', 'consul agent -server')).toBe(true);
    expect(looksLikeConsul('gliderlabs/consul-template', '/bin/consul-template')).toBe(false);
  });
});
