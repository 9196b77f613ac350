import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desiredNodes } from '../../../src/shared/desired/index.js';
import { exportTopology } from '../../../src/shared/export/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';
import { modernTopology, seedTopology, topologyArbitrary } from '../desired/arbitrary.js';
import { arbitraryTopology } from '../topology/arbitrary.js';
import { at } from './parse.js';

type Document = Record<string, unknown>;

const documentOf = (topology: Topology, host = 'docker01'): Document =>
  JSON.parse(at(exportTopology(topology, 'config'), `${host}/consul.json`)) as Document;
const readmeOf = (topology: Topology): string => at(exportTopology(topology, 'config'), 'docker01/README.md');

describe('config', () => {
  it('is what the container’s agent is told, for a current Consul', () => {
    expect(documentOf(modernTopology({ raftMultiplier: 2 }), 'docker02')).toEqual({
      node_name: 'node2',
      data_dir: '/consul/data',
      leave_on_terminate: false,
      performance: { raft_multiplier: 2 },
      server: true,
      advertise_addr: '193.168.0.96',
      bootstrap_expect: 3,
      retry_join: ['193.168.0.95', '193.168.0.97'],
      retry_interval: '1s',
      ui_config: { enabled: true },
    });
    const readme = readmeOf(modernTopology());
    expect(readme).toContain('consul validate /opt/consul/consul.json');
    expect(readme.split('\n')).toContain('consul agent -config-file=/opt/consul/consul.json');
  });

  it('has only keys that 0.5.2 knows, and what its image sets by itself', () => {
    expect(documentOf(seedTopology(), 'docker02')).toEqual({
      node_name: 'node2',
      data_dir: '/data',
      ui_dir: '/ui',
      client_addr: '0.0.0.0',
      ports: { dns: 53 },
      recursors: ['8.8.8.8'],
      server: true,
      advertise_addr: '193.168.0.96',
      retry_join: ['193.168.0.95'],
    });
    expect(documentOf(seedTopology({ api: 'loopback', bootstrap: 'robust' }))).toMatchObject({
      client_addr: '127.0.0.1',
      leave_on_terminate: false,
      bootstrap_expect: 3,
    });
    expect(readmeOf(seedTopology())).toContain('consul configtest -config-file=/opt/consul/consul.json');
  });

  it('follows the version', () => {
    const at18 = documentOf(modernTopology({ image: 'hashicorp/consul:1.8.7' }));
    expect(at18).toMatchObject({ ui: true });
    expect(at18).not.toHaveProperty('ui_config');
    const at06 = documentOf(modernTopology({ image: 'consul:0.6.4' }));
    expect(at06).toMatchObject({ ui: true });
    expect(at06).not.toHaveProperty('performance');
    expect(documentOf(modernTopology({ image: 'example/consul' }))).toMatchObject({
      data_dir: '/consul/data',
      ui_config: { enabled: true },
    });
  });

  it('turns further options into keys, the last of each, and keeps the others as options', () => {
    const agentOptions = [
      '-log-level=warn',
      '-log-level=debug',
      '-dns-port=8653',
      '-recursor=192.0.2.1',
      '-recursor=192.0.2.2',
      '-node-meta=__proto__:x',
      "-node-meta=rack:a:b'c",
      '-rejoin',
      '-disable-host-node-id=false',
      '-grpc-port=many',
      '-unheard-of=$(id)',
    ];
    const topology = modernTopology({ agentOptions });
    const document = documentOf(topology);
    expect(document).toMatchObject({
      log_level: 'debug',
      ports: { dns: 8653 },
      recursors: ['192.0.2.1', '192.0.2.2'],
      rejoin_after_leave: true,
      disable_host_node_id: false,
    });
    expect(JSON.stringify(document['node_meta'])).toBe(`{"__proto__":"x","rack":"a:b'c"}`);
    expect(readmeOf(topology).split('\n')).toContain(
      "consul agent -config-file=/opt/consul/consul.json -grpc-port=many '-unheard-of=$(id)'",
    );
  });

  it('leaves out an option that the version does not know, as the container’s command does', () => {
    const topology = modernTopology({
      image: 'hashicorp/consul:1.8.7',
      agentOptions: ['-grpc-tls-port=8503'],
    });
    expect(documentOf(topology)).not.toHaveProperty('ports');
    expect(readmeOf(topology)).not.toContain('-grpc-tls-port');
  });

  it('has the keys of the version, as its agents ask for them', () => {
    const keys = (version: string): Document =>
      documentOf(
        modernTopology({
          image: `hashicorp/consul:${version}`,
          agentOptions: ['-join=192.0.2.77', '-ui', '-raft-protocol=2'],
        }),
      );
    expect(keys('1.8.7')).toMatchObject({ start_join: ['192.0.2.77'], ui: true, raft_protocol: 2 });
    expect(keys('1.9.17')).toMatchObject({ start_join: ['192.0.2.77'], ui_config: { enabled: true } });
    expect(keys('1.9.17')).not.toHaveProperty('raft_protocol');
    expect(keys('1.14.11')).toHaveProperty('start_join');
    expect(keys('1.15.0')).not.toHaveProperty('start_join');
    expect(keys('1.15.0')['retry_join']).toContain('192.0.2.77');
  });

  it('says for every topology what its commands say', () => {
    fc.assert(
      fc.property(fc.oneof(topologyArbitrary, arbitraryTopology()), (topology) => {
        const files = exportTopology(topology, 'config');
        for (const node of desiredNodes(topology)) {
          const document = JSON.parse(at(files, `${node.host}/consul.json`)) as Document;
          const { command } = node.container;
          const after = (flag: string): string[] =>
            command.flatMap((argument, index) => (argument === flag ? [command[index + 1] ?? ''] : []));
          expect(document).toMatchObject({ node_name: node.node, advertise_addr: node.advertise });
          expect(document['server'] ?? false).toBe(command.includes('-server'));
          expect(document['retry_join'] ?? []).toEqual(after('-retry-join'));
          expect(String(document['bootstrap_expect'] ?? '')).toBe(after('-bootstrap-expect').join());
          expect(document['bootstrap'] ?? false).toBe(command.includes('-bootstrap'));
          expect([undefined, node.datacenter]).toContain(document['datacenter']);
          expect(document).toHaveProperty('data_dir');
          for (const file of node.files.slice(1)) expect(document).toMatchObject(JSON.parse(file.content));
        }
      }),
    );
  });
});
