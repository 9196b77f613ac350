import { describe, expect, it } from 'vitest';
import { readTopology } from '../../../src/shared/topology/index.js';

const read = (image: string, dns: object, checks: readonly object[]) =>
  readTopology(`raftyard: 1
id: 6f0c8f5e-3f0b-4b6a-9f5e-0d9f3c1f2a11
name: c
image: ${image}
scriptChecks: true
dns: ${JSON.stringify(dns)}
datacenters:
  - name: dc1
    nodes:
      - { name: node1, host: docker01, role: server, bootstrap: true, services: ${JSON.stringify([{ name: 'web', checks }])} }
hosts:
  - { name: docker01, address: 192.0.2.11 }
`).findings;

const docker = [{ docker: 'web', command: ['/bin/true'], interval: '10s' }];
const script = [{ script: ['/bin/true'], interval: '10s' }];
const refused = (image: string, dns: object, checks: readonly object[]) =>
  read(image, dns, checks)
    .filter(({ severity }) => severity === 'error')
    .map(({ code, path }) => `${code} ${path.join('.')}`);

describe('DNS beside docker checks', () => {
  it('is refused where the image starts Consul without root for the check', () => {
    const containers = { containers: true };
    for (const image of ['hashicorp/consul:1.22', 'registry.example/hashicorp/consul:1.22', 'consul:1.8.7'])
      expect(refused(image, containers, docker)).toEqual(['dns-docker-check dns.containers']);
  });

  it('goes with what does not need port 53, the socket, or another user', () => {
    expect(refused('hashicorp/consul:1.22', { hosts: true }, docker)).toEqual([]);
    expect(refused('hashicorp/consul:1.22', { containers: true }, script)).toEqual([]);
    expect(refused('example.org/own-consul:1.22', { containers: true }, docker)).toEqual([]);
  });
});
