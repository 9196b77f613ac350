import { describe, expect, it } from 'vitest';
import {
  agentArguments,
  bootstrapOnlyDifference,
  CONSUL_PORTS,
  imageFamily,
  knowsFlag,
  parseReference,
  portsFor,
  portsOf,
  pullReference,
  registryOf,
  runReference,
} from '../../../src/shared/consul/index.js';

describe('imageFamily', () => {
  it.each([
    ['progrium/consul', 'progrium', '0.5.2'],
    ['progrium/consul:latest', 'progrium', '0.5.2'],
    ['docker.io/progrium/consul:consul-0.4', 'progrium', '0.4'],
    ['registry.example:5000/progrium/consul', 'progrium', '0.5.2'],
    ['hashicorp/consul:1.22', 'hashicorp', '1.22'],
    ['mirror.example/hashicorp/consul:1.22.1', 'hashicorp', '1.22.1'],
    ['localhost:5000/mirror/hashicorp/consul:1.22', 'hashicorp', '1.22'],
    ['hashicorp/consul-enterprise:1.21.3-ent', 'hashicorp', '1.21.3'],
    ['consul', 'hashicorp', undefined],
    ['consul:1.15.4', 'hashicorp', '1.15.4'],
    ['docker.io/library/consul:latest', 'hashicorp', undefined],
    ['hashicorp/consul@sha256:0123', 'hashicorp', undefined],
    ['registry.example:5000/consul:1.8.7', 'plain', '1.8.7'],
    ['example/consul-debian:v1.8.7', 'plain', '1.8.7'],
    ['myprogrium/consul', 'plain', undefined],
    ['nothashicorp/consul', 'plain', undefined],
  ])('%s is %s %s', (reference, family, version) => {
    const got = imageFamily(reference);
    expect([got.family, got.version]).toEqual([family, version]);
  });

  it('does not take a registry’s port for a tag', () => {
    expect(parseReference('registry.example:5000/a/consul')).toEqual({
      registry: 'registry.example:5000',
      path: 'a/consul',
    });
  });
});

describe('the reference that is pulled', () => {
  const digest = `sha256:${'0'.repeat(64)}`;

  it.each([
    ['hashicorp/consul:1.22', undefined, 'hashicorp/consul:1.22'],
    ['consul', 'mirror.example', 'mirror.example/library/consul'],
    [
      'docker.io/library/consul:1.15',
      'mirror.example:5000/hub',
      'mirror.example:5000/hub/library/consul:1.15',
    ],
    ['hashicorp/consul:1.22', 'localhost:5000', 'localhost:5000/hashicorp/consul:1.22'],
    ['ghcr.io/acme/consul:1', 'mirror.example', 'mirror.example/acme/consul:1'],
    ['registry.example:5000/consul', 'mirror.example', 'mirror.example/consul'],
    [`hashicorp/consul:1.22@${digest}`, undefined, `hashicorp/consul@${digest}`],
    [`registry.example:5000/a/consul@${digest}`, undefined, `registry.example:5000/a/consul@${digest}`],
    [`consul:1.15@${digest}`, 'mirror.example', `mirror.example/library/consul@${digest}`],
  ])('of %s by %s is %s', (image, mirror, from) => {
    expect(pullReference(image, mirror)).toBe(from);
  });

  it('is run by a tag', () => {
    expect(runReference(`hashicorp/consul:1.22@${digest}`)).toBe('hashicorp/consul:1.22');
    expect(runReference(`registry.example:5000/consul@${digest}`)).toBe(
      'registry.example:5000/consul:pinned-000000000000',
    );
    expect(imageFamily(runReference(`progrium/consul@${digest}`)).version).toBe('0.5.2');
  });

  it('says whose registry it is', () => {
    expect(['consul', 'docker.io/a/b', 'r.example:5000/a'].map(registryOf)).toEqual([
      'docker.io',
      'docker.io',
      'r.example:5000',
    ]);
  });
});

const question = {
  family: imageFamily('hashicorp/consul:1.22'),
  style: 'robust',
  role: 'server',
  datacenter: 'dc1',
  advertise: '10.0.0.1',
  servers: 3,
  bootstrap: true,
  join: ['10.0.0.2', '10.0.0.3'],
  api: 'loopback',
  configDirs: [],
  options: [],
} as const;

describe('agentArguments', () => {
  const line = (change: Partial<Parameters<typeof agentArguments>[0]>): string =>
    agentArguments({ ...question, ...change }).join(' ');

  it('gives every robust server the same options', () => {
    expect(line({ configDirs: ['/opt/consul/config'] })).toBe(
      'agent -server -advertise 10.0.0.1 -bootstrap-expect 3 -retry-join 10.0.0.2 -retry-join 10.0.0.3 -retry-interval 1s -ui -config-dir=/opt/consul/config',
    );
  });

  it('fits the image', () => {
    const progrium = imageFamily('progrium/consul');
    expect(line({ family: progrium, datacenter: 'east' })).toBe(
      '-server -advertise 10.0.0.1 -bootstrap-expect 3 -retry-join 10.0.0.2 -retry-join 10.0.0.3 -retry-interval 1s -dc east -client 127.0.0.1',
    );
    expect(line({ family: progrium, api: 'exposed', join: [] })).toBe(
      '-server -advertise 10.0.0.1 -bootstrap-expect 3',
    );
    expect(
      line({ family: imageFamily('example/consul'), api: 'exposed', datacenter: 'east', join: [] }),
    ).toBe(
      'agent -server -advertise 10.0.0.1 -bootstrap-expect 3 -datacenter east -client 0.0.0.0 -ui -data-dir=/consul/data',
    );
    expect(line({ family: imageFamily('consul:0.7.5'), datacenter: 'east' })).toContain(' -dc east');
  });

  it('lets a client join only', () => {
    expect(line({ role: 'client' })).toBe(
      'agent -advertise 10.0.0.1 -retry-join 10.0.0.2 -retry-join 10.0.0.3 -retry-interval 1s',
    );
  });

  it('keeps the tutorial’s single server', () => {
    expect(
      line({
        family: imageFamily('progrium/consul'),
        style: 'classic',
        servers: 1,
        join: [],
        api: 'exposed',
      }),
    ).toBe('-server -advertise 10.0.0.1 -bootstrap');
  });

  it('puts extra options last and joins IPv6 with brackets', () => {
    expect(line({ advertise: '2001:db8::1', join: ['2001:db8::2'], options: ['-log-level=debug'] })).toBe(
      'agent -server -advertise 2001:db8::1 -bind :: -bootstrap-expect 3 -retry-join [2001:db8::2]:8301 -retry-interval 1s -ui -log-level=debug',
    );
  });

  it('gives progrium nothing that 0.5.2 does not know', () => {
    for (const style of ['robust', 'classic'] as const) {
      const args = agentArguments({
        ...question,
        style,
        family: imageFamily('progrium/consul'),
        datacenter: 'east',
        configDirs: ['/opt/consul/config'],
      });
      expect(args.filter((arg) => arg.startsWith('-') && !knowsFlag('0.5.2', arg))).toEqual([]);
    }
  });
});

describe('portsFor', () => {
  const of = (change: Partial<Parameters<typeof portsFor>[0]>): string[] =>
    portsFor({
      role: 'server',
      datacenters: 1,
      api: 'loopback',
      family: { family: 'hashicorp' },
      ...change,
    }).map(({ port, protocol, from }) => `${port}/${protocol} ${from}`);

  it('opens what the role needs', () => {
    expect(of({})).toEqual(['8300/tcp cluster', '8301/tcp cluster', '8301/udp cluster']);
    expect(of({ role: 'client' })).toEqual(['8301/tcp cluster', '8301/udp cluster']);
    expect(of({ datacenters: 2 })).toEqual([...of({}), '8302/tcp cluster', '8302/udp cluster']);
    expect(of({ role: 'client', datacenters: 2 })).toEqual(of({ role: 'client' }));
    expect(of({ api: 'exposed', family: { family: 'progrium', version: '0.5.2' } })).toEqual([
      ...of({}),
      '8500/tcp any',
    ]);
  });

  it('knows what listens', () => {
    expect(CONSUL_PORTS.map(({ port }) => port)).toEqual([
      8300, 8301, 8302, 8400, 8500, 8501, 8502, 8503, 8600,
    ]);
    expect(portsOf(imageFamily('progrium/consul')).map(({ port }) => port)).toEqual([
      53, 8300, 8301, 8302, 8400, 8500, 8501,
    ]);
  });
});

describe('knowsFlag', () => {
  it.each([
    ['0.5.2', '-retry-interval', true],
    ['0.5.2', '-ui', false],
    ['0.5.2', '-dc', true],
    ['0.5.2', '-raft-protocol', false],
    ['0.5.2', '--config-dir=/x', true],
    ['1.22', '-dc', false],
    ['1.22', '-datacenter', true],
    ['1.6.2', '-log-json', false],
    ['1.7.0', '-log-json', true],
    ['latest', '-dc', false],
  ])('%s %s: %s', (version, flag, known) => {
    expect(knowsFlag(version, flag)).toBe(known);
  });
});

describe('bootstrapOnlyDifference', () => {
  const robust =
    '-server -advertise 1.1.1.1 -bootstrap-expect 3 -retry-join 2.2.2.2 -retry-interval 1s -ui'.split(' ');
  it('sees through position, form and number of the bootstrapping options', () => {
    const other = '-server -advertise 1.1.1.1 --retry-join=9.9.9.9 -retry-join 3.3.3.3 -bootstrap -ui'.split(
      ' ',
    );
    expect(bootstrapOnlyDifference(robust, other)).toBe(true);
    expect(bootstrapOnlyDifference(other, robust)).toBe(true);
    expect(bootstrapOnlyDifference(robust, '-server -advertise 1.1.1.1 -ui'.split(' '))).toBe(true);
  });

  it('is no difference at all for the same command', () => {
    expect(bootstrapOnlyDifference(robust, [...robust])).toBe(false);
    expect(bootstrapOnlyDifference(['-ui', '-node', 'a'], ['--ui', '-node=a'])).toBe(false);
  });

  it('is false as soon as anything else differs', () => {
    for (const other of [
      '-server -advertise 1.1.1.2 -bootstrap-expect 3',
      '-advertise 1.1.1.1 -ui',
      '-server -advertise 1.1.1.1 -ui -client 0.0.0.0',
    ]) {
      expect(bootstrapOnlyDifference(robust, other.split(' '))).toBe(false);
    }
    // The value of another option is not an option.
    expect(bootstrapOnlyDifference(['-node', '-bootstrap'], ['-node'])).toBe(false);
    expect(bootstrapOnlyDifference(['agent', '-server'], ['-server'])).toBe(false);
  });
});
