import { describe, expect, it } from 'vitest';
import { checkHosts } from '../../../src/shared/plan/checks.js';
import type { ContainerFacts, HostFacts, ReachableFacts } from '../../../src/shared/plan/facts.js';
import { NOT_SECURED } from '../../../src/shared/topology/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';

const ssh = { user: 'op', port: 22, agent: true, hostKeys: [], jump: [] };
const TOPOLOGY: Topology = {
  version: 1,
  id: '00000000-0000-4000-8000-000000000001',
  name: 'test',
  image: 'hashicorp/consul:1.22',
  bootstrap: 'robust',
  api: 'loopback',
  firewall: 'open',
  data: 'volume',
  secure: NOT_SECURED,
  workdir: '/opt/consul',
  raftMultiplier: 1,
  agentOptions: [],
  datacenters: [
    {
      name: 'dc1',
      nodes: [
        {
          name: 'node1',
          host: 'h1',
          role: 'server',
          bootstrap: true,
          container: 'consul01',
          agentOptions: [],
        },
      ],
    },
  ],
  hosts: [{ name: 'h1', address: '10.0.0.1', advertise: '10.0.0.1', ssh }],
};

const GOOD: ReachableFacts = {
  host: 'h1',
  reachable: true,
  latencyMs: 3,
  os: { id: 'debian', pretty: 'Debian 12', kernel: '6.1', architecture: 'amd64' },
  clockOffsetMs: -20,
  user: 'op',
  root: 'sudo',
  systemd: true,
  selinux: 'disabled',
  docker: {
    kind: 'engine',
    version: '28.1.0',
    apiVersion: '1.49',
    storageDriver: 'overlay2',
    usernsRemap: false,
    enabledAtBoot: true,
    publishing: [],
  },
  image: { reference: 'hashicorp/consul:1.22', present: true },
  containers: [],
  addresses: [{ interface: 'eth0', address: '10.0.0.1', private: true }],
  sourceTowards: { h2: '10.0.0.1' },
  listeners: [{ protocol: 'tcp', address: '*', port: 22, process: 'sshd' }],
  firewall: { kind: 'none', active: false, enabledAtBoot: false, runtime: [], permanent: [] },
  diskFreeBytes: 50 * 1024 ** 3,
  workdir: { exists: false, files: [] },
};

const CONTAINER: ContainerFacts = {
  id: 'c',
  name: 'consul01',
  image: 'progrium/consul',
  imageId: 'sha256:1',
  running: true,
  restarting: false,
  labels: {},
  hostname: 'node1',
  command: [],
  env: [],
  networkMode: 'host',
  restart: 'always',
  mounts: [],
};

/** Findings above `ok`, as `check severity`. */
function findings(change: Partial<ReachableFacts>, topology: Partial<Topology> = {}): string[] {
  const facts: HostFacts = { ...GOOD, ...change };
  return checkHosts({ ...TOPOLOGY, ...topology }, { h1: facts })
    .filter((row) => row.severity !== 'ok')
    .map((row) => `${row.check} ${row.severity}`);
}
const { docker = undefined, ...WITHOUT_DOCKER } = GOOD;
const engine = (change: Partial<NonNullable<ReachableFacts['docker']>>): Partial<ReachableFacts> =>
  docker === undefined ? {} : { docker: { ...docker, ...change } };

describe('checkHosts', () => {
  it('finds nothing wrong with a good host', () => {
    expect(findings({})).toEqual([]);
  });

  it.each<[string, Partial<ReachableFacts>, Partial<Topology>, string[]]>([
    ['clock off', { clockOffsetMs: 700 }, {}, ['clock warning']],
    ['clock unsure for a slow answer', { clockOffsetMs: 700, latencyMs: 900 }, {}, []],
    ['no root', { root: 'none' }, {}, ['root blocker']],
    ['podman', engine({ kind: 'podman' }), {}, ['docker blocker']],
    ['rootless', engine({ kind: 'rootless' }), {}, ['docker blocker']],
    ['snap', engine({ kind: 'snap' }), {}, ['docker warning']],
    ['userns-remap', engine({ usernsRemap: true }), {}, ['docker warning']],
    ['Docker off at boot', engine({ enabledAtBoot: false }), {}, ['docker-boot warning']],
    ['image to pull', { image: { reference: 'x', present: false, pullable: true } }, {}, ['image note']],
    [
      'image that cannot be pulled',
      { image: { reference: 'x', present: false, pullable: false } },
      {},
      ['image warning'],
    ],
    [
      'schema 1',
      { image: { reference: 'progrium/consul', present: false } },
      { image: 'progrium/consul' },
      ['image blocker'],
    ],
    [
      'schema 1 on an old engine',
      { ...engine({ version: '20.10.24' }), image: { reference: 'progrium/consul', present: false } },
      { image: 'progrium/consul' },
      ['image note'],
    ],
    [
      'port taken',
      { listeners: [{ protocol: 'tcp', address: '*', port: 8500, process: 'nginx' }] },
      {},
      ['ports blocker'],
    ],
    ['port of another protocol', { listeners: [{ protocol: 'udp', address: '*', port: 8500 }] }, {}, []],
    [
      'several addresses',
      { addresses: [...GOOD.addresses, { interface: 'eth1', address: '192.168.1.1', private: true }] },
      {},
      ['address warning'],
    ],
    [
      'NAT',
      { addresses: [{ interface: 'eth0', address: '192.168.1.1', private: true }] },
      {},
      ['address warning'],
    ],
    ['another source', { sourceTowards: { h2: '10.0.9.9' } }, {}, ['source note']],
    ['little disk', { diskFreeBytes: 1e8 }, {}, ['disk warning']],
    ['SELinux', { selinux: 'enforcing' }, {}, ['system note']],
    ['foreign container', { containers: [CONTAINER] }, {}, ['container blocker']],
    ['other Consul container', { containers: [{ ...CONTAINER, name: 'x' }] }, {}, ['container note']],
    ['foreign volume', { volume: { name: 'v', labels: {} } }, {}, ['volume blocker']],
    [
      'firewall left',
      { firewall: { ...GOOD.firewall, kind: 'firewalld', active: true } },
      { firewall: 'leave' },
      ['firewall warning'],
    ],
    [
      'firewall unknown to us',
      { firewall: { ...GOOD.firewall, kind: 'nftables', active: true } },
      {},
      ['firewall warning'],
    ],
    [
      'file in the way',
      {
        workdir: { exists: true, files: [{ path: '/opt/consul/consul-start.sh', mode: 0o755, sha256: 'a' }] },
      },
      {},
      ['workdir warning'],
    ],
  ])('%s', (_title, change, topology, expected) => {
    expect(findings(change, topology)).toEqual(expected);
  });

  it("takes our own agent's ports for ours, and another program's not", () => {
    const ours = { ...CONTAINER, labels: { 'raftyard.cluster': TOPOLOGY.id } };
    const consul = { protocol: 'tcp', address: '*', port: 8301, process: 'consul' } as const;
    expect(findings({ containers: [ours], listeners: [consul] })).toEqual([]);
    expect(findings({ containers: [ours], listeners: [{ ...consul, process: 'nc' }] })).toEqual([
      'ports blocker',
    ]);
  });

  it('shows why Docker cannot be used, with what to do', () => {
    const problem = { code: 'docker-denied', message: 'denied', hint: 'usermod', retryable: false } as const;
    const rows = checkHosts(TOPOLOGY, { h1: { ...WITHOUT_DOCKER, dockerProblem: problem } });
    expect(rows.find((row) => row.check === 'docker')).toEqual({
      host: 'h1',
      check: 'docker',
      severity: 'blocker',
      message: 'denied',
      hint: 'usermod',
    });
  });

  it('shows an unreachable host, and asks nothing of Docker on a host that is only jumped through', () => {
    const topology = {
      ...TOPOLOGY,
      hosts: [...TOPOLOGY.hosts, { ...TOPOLOGY.hosts[0], name: 'jump', address: 'j', advertise: '', ssh }],
    };
    const rows = checkHosts(topology, {
      h1: { host: 'h1', reachable: false, error: { code: 'timeout', message: 'no answer', retryable: true } },
      jump: { ...WITHOUT_DOCKER, host: 'jump', root: 'none' },
    });
    expect(rows.filter((row) => row.severity === 'blocker').map((row) => [row.host, row.message])).toEqual([
      ['h1', 'no answer'],
    ]);
    expect(rows.some((row) => row.host === 'jump' && row.check === 'docker')).toBe(false);
  });
});
