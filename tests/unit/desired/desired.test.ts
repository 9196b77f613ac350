import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageFamily, knowsFlag } from '../../../src/shared/consul/index.js';
import { desiredNodes } from '../../../src/shared/desired/index.js';
import { modernTopology, seedTopology, topologyArbitrary } from './arbitrary.js';

const valuesOf = (command: readonly string[], flag: string): string[] =>
  command.flatMap((argument, index) => (argument === flag ? [command[index + 1] ?? ''] : []));

describe('desiredNodes', () => {
  it('is the tutorial’s commands in the classic style', () => {
    expect(
      desiredNodes(seedTopology()).map((node) => [node.container.name, node.container.command.join(' ')]),
    ).toEqual([
      ['consul01', '-server -advertise 193.168.0.95 -bootstrap-expect 3'],
      ['consul02', '-server -advertise 193.168.0.96 -retry-join 193.168.0.95'],
      ['consul03', '-server -advertise 193.168.0.97 -retry-join 193.168.0.95'],
    ]);
    for (const node of desiredNodes(seedTopology())) {
      expect(node.volume).toBeUndefined();
      expect(node.container.mounts).toEqual([]);
      expect(node.files.map((file) => [file.path, file.mode])).toEqual([
        ['/opt/consul/consul-start.sh', 0o755],
      ]);
    }
  });

  it('follows the bootstrap flag, not the position', () => {
    const topology = seedTopology();
    const [datacenter] = topology.datacenters;
    const nodes = (datacenter?.nodes ?? []).map((node) => ({ ...node, bootstrap: node.name === 'node3' }));
    const commands = desiredNodes({ ...topology, datacenters: [{ name: 'dc1', nodes }] }).map(
      ({ container }) => container.command.join(' '),
    );
    expect(commands[0]).toBe('-server -advertise 193.168.0.95 -retry-join 193.168.0.97');
    expect(commands[2]).toBe('-server -advertise 193.168.0.97 -bootstrap-expect 3');
  });

  it('mounts data and configuration of a modern cluster', () => {
    const [first] = desiredNodes(modernTopology());
    expect(first?.container.mounts).toEqual([
      { type: 'volume', source: 'raftyard-1c6ea0ff-node1', target: '/consul/data', readOnly: false },
      { type: 'bind', source: '/opt/consul/config', target: '/opt/consul/config', readOnly: true },
    ]);
    expect(first?.volume).toEqual({
      name: 'raftyard-1c6ea0ff-node1',
      labels: { 'raftyard.cluster': '1c6ea0ff-2c6f-4b39-9d0f-6a5a3f2f7e10', 'raftyard.node': 'node1' },
    });
    expect(first?.container.command).toContain('-config-dir=/opt/consul/config');
    expect(first?.files[1]).toMatchObject({ path: '/opt/consul/config/raftyard.json', mode: 0o644 });
    expect(JSON.parse(first?.files[1]?.content ?? '')).toEqual({
      leave_on_terminate: false,
      performance: { raft_multiplier: 1 },
    });
    expect(first?.firewall.sources).toEqual(['193.168.0.96', '193.168.0.97']);
  });

  it('tells agents to leave HashiCorp’s server alone where the document says so, in either style', () => {
    const quiet = { disableUpdateCheck: true as const };
    const [robust] = desiredNodes(modernTopology(quiet));
    expect(JSON.parse(robust?.files[1]?.content ?? '')).toMatchObject({ disable_update_check: true });
    const classic = { ...modernTopology(), bootstrap: 'classic' as const };
    const said = (change: Partial<typeof classic>): boolean =>
      desiredNodes({ ...classic, ...change })[0]?.container.command.includes(
        '-hcl=disable_update_check = true',
      ) ?? false;
    expect(said(quiet)).toBe(true);
    expect(said({})).toBe(false);
    // It has no option for it, and would not start with one that it does not know.
    expect(said({ ...quiet, image: 'progrium/consul' })).toBe(false);
  });

  it('gives 0.5.2 no configuration key that it would refuse', () => {
    const [first] = desiredNodes(modernTopology({ image: 'progrium/consul' }));
    expect(JSON.parse(first?.files[1]?.content ?? '')).toEqual({ leave_on_terminate: false });
  });

  it('changes the configuration digest with all that makes the container, and with nothing else', () => {
    const digest = (change: Parameters<typeof modernTopology>[0]): string | undefined =>
      desiredNodes(modernTopology(change))[0]?.container.labels['raftyard.config'];
    const before = digest({});
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    for (const change of [
      { image: 'hashicorp/consul:1.21' },
      { raftMultiplier: 2 },
      { data: 'anonymous' },
      { api: 'exposed' },
      { agentOptions: ['-log-level=debug'] },
      { bootstrap: 'classic' },
    ] as const) {
      expect(digest(change)).not.toBe(before);
    }
    for (const change of [{ name: 'other' }, { firewall: 'leave' }] as const)
      expect(digest(change)).toBe(before);
  });

  it('refuses what validation refuses', () => {
    const topology = modernTopology();
    const [first] = topology.hosts;
    expect(() => desiredNodes({ ...topology, hosts: first === undefined ? [] : [first] })).toThrow(
      'not listed',
    );
    const nodes = (topology.datacenters[0]?.nodes ?? []).map((node) => ({ ...node, host: 'docker01' }));
    expect(() => desiredNodes({ ...topology, datacenters: [{ name: 'dc1', nodes }] })).toThrow(
      'both on the host',
    );
    expect(() => desiredNodes(modernTopology({ workdir: '/opt/a:b' }))).toThrow('colon');
    expect(() => desiredNodes(modernTopology({ image: '--privileged' }))).toThrow('no image reference');
  });

  it('holds its promises for any topology', () => {
    fc.assert(
      fc.property(topologyArbitrary, (topology) => {
        const nodes = desiredNodes(topology);
        const family = imageFamily(topology.image);
        expect(nodes.map((node) => node.node)).toEqual(
          topology.datacenters.flatMap((datacenter) => datacenter.nodes.map((node) => node.name)),
        );
        expect(desiredNodes(structuredClone(topology))).toEqual(nodes);
        for (const node of nodes) {
          const { command } = node.container;
          const servers = nodes.filter(
            (other) => other.datacenter === node.datacenter && other.role === 'server',
          );
          const joins = valuesOf(command, '-retry-join').map((a) => a.replace(/^\[(.*)\]:8301$/, '$1'));
          expect(joins).not.toContain(node.advertise);
          expect(command.includes('-server')).toBe(node.role === 'server');
          const own = command.filter((a) => /^-[a-z]/.test(a) && !a.startsWith('-log-file='));
          const unknown = own.filter((a) => !knowsFlag(family.version ?? 'latest', a));
          expect(unknown).toEqual([]);
          if (topology.bootstrap === 'robust') {
            const others = servers.filter((other) => other !== node).map((other) => other.advertise);
            expect(joins).toEqual(others);
            const expected = node.role === 'server' ? [String(servers.length)] : [];
            expect(valuesOf(command, '-bootstrap-expect')).toEqual(expected);
          } else {
            const starts = servers.filter((server) =>
              server.container.command.some((a) => a.startsWith('-bootstrap')),
            );
            expect(starts).toHaveLength(1);
            expect(joins).toEqual(starts[0] === node ? [] : [starts[0]?.advertise]);
          }
          expect(node.firewall.sources).not.toContain(node.advertise);
          const sources = nodes
            .filter((other) => other !== node)
            .flatMap((other) =>
              other.datacenter === node.datacenter ? [other.advertise] : [other.advertise, other.wanAddress],
            );
          expect(node.firewall.sources).toEqual([...new Set(sources)]);
          // Servers of other datacenters are joined where they are reached, and so is this one.
          const far = nodes.filter(
            (other) => other.datacenter !== node.datacenter && other.role === 'server',
          );
          const wan = node.role === 'server' && far.length > 0;
          expect(valuesOf(command, '-retry-join-wan').map((a) => a.replace(/^\[(.*)\]:8302$/, '$1'))).toEqual(
            wan ? far.map((other) => other.wanAddress) : [],
          );
          expect(valuesOf(command, '-advertise-wan')).toEqual(
            wan && node.wanAddress !== node.advertise ? [node.wanAddress] : [],
          );
        }
      }),
    );
  });
});
