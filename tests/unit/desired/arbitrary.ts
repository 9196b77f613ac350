/** Generated topologies that validation would let through, with as odd values as it lets through. */
import fc from 'fast-check';
import { NOT_SECURED } from '../../../src/shared/topology/index.js';
import type { Datacenter, Host, Topology } from '../../../src/shared/topology/types.js';

/** Characters that a shell, Docker or Markdown might act on. */
export const HOSTILE = [
  '$(touch /tmp/raftyard-pwned)',
  '`id`',
  "it's",
  '"; rm -rf / #',
  '日本語 ñ 🚀',
  '\\',
  '-rf',
  '*',
  '~root',
  "'\\''",
  '!!',
  `\${HOME}`,
  '|',
  '<script>',
];

const image = fc.constantFrom(
  'progrium/consul',
  'hashicorp/consul:1.22',
  'hashicorp/consul:1.8.7',
  'consul',
  'mirror.example:5000/hashicorp/consul:1.21.3',
  'example/consul-debian:1.8.7',
  `hashicorp/consul:1.22@sha256:${'0a'.repeat(32)}`,
  `registry.example:5000/consul@sha256:${'0b'.repeat(32)}`,
);
const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'grapheme', maxLength: 30 }));
const printable = hostile.map((text) => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '·'));
const option = printable.map((value) => `-log-file=${value}`);

interface Shape {
  readonly sizes: readonly { readonly servers: number; readonly clients: number }[];
  readonly options: readonly string[];
  readonly v6: boolean;
  /** Another address for the other datacenters. */
  readonly wan: boolean;
}

function build({ sizes, options, v6, wan }: Shape): Pick<Topology, 'datacenters' | 'hosts'> {
  const hosts: Host[] = [];
  const datacenters: Datacenter[] = sizes.map(({ servers, clients }, dc) => ({
    name: `dc${dc + 1}`,
    nodes: Array.from({ length: servers + clients }, (_, index) => {
      const number = hosts.length + 1;
      const address = v6 ? `2001:db8::${number}` : `198.18.${dc}.${number}`;
      hosts.push({
        name: `docker${String(number).padStart(2, '0')}`,
        address,
        advertise: address,
        ...(wan ? { advertiseWan: v6 ? `2001:db8:1::${number}` : `203.0.113.${number}` } : {}),
        ssh: { user: 'root', port: 22, agent: true, hostKeys: [], jump: [] },
      });
      return {
        name: `node${number}`,
        host: `docker${String(number).padStart(2, '0')}`,
        role: index < servers ? ('server' as const) : ('client' as const),
        bootstrap: index === Math.min(1, servers - 1),
        container: `consul.${number}`,
        agentOptions: index === 0 ? options : [],
      };
    }),
  }));
  return { datacenters, hosts };
}

const shape: fc.Arbitrary<Shape> = fc.record({
  sizes: fc.array(
    fc.record({ servers: fc.integer({ min: 1, max: 5 }), clients: fc.integer({ min: 0, max: 3 }) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
  options: fc.array(option, { maxLength: 2 }),
  v6: fc.boolean(),
  wan: fc.boolean(),
});

export const topologyArbitrary: fc.Arbitrary<Topology> = fc
  .record({
    id: fc.uuid(),
    name: printable.map((text) => `c${text}`),
    image,
    bootstrap: fc.constantFrom('robust' as const, 'classic' as const),
    api: fc.constantFrom('loopback' as const, 'exposed' as const),
    firewall: fc.constantFrom('open' as const, 'disable' as const, 'leave' as const),
    data: fc.constantFrom('volume' as const, 'anonymous' as const),
    secure: fc.record({ gossip: fc.boolean(), tls: fc.boolean(), acl: fc.boolean() }),
    workdir: fc.constantFrom('/opt/consul', '/srv/données/@a+b=c', '/opt/a b$c'),
    raftMultiplier: fc.integer({ min: 1, max: 10 }),
    agentOptions: fc.array(option, { maxLength: 2 }),
    quiet: fc.boolean(),
    patient: fc.boolean(),
    shape,
  })
  .map(({ shape: of, quiet, patient, ...rest }) => ({
    version: 1 as const,
    ...rest,
    ...(quiet ? { disableUpdateCheck: true as const } : {}),
    ...(patient ? { serverRejoinAgeMax: '720h' } : {}),
    ...build(of),
  }));

/** The tutorial's cluster as data. */
export function seedTopology(change: Partial<Topology> = {}): Topology {
  const numbers = [1, 2, 3];
  return {
    version: 1,
    id: '1c6ea0ff-2c6f-4b39-9d0f-6a5a3f2f7e10',
    name: 'docker consul集群',
    image: 'progrium/consul',
    bootstrap: 'classic',
    api: 'exposed',
    firewall: 'disable',
    secure: NOT_SECURED,
    data: 'anonymous',
    workdir: '/opt/consul',
    raftMultiplier: 1,
    agentOptions: [],
    datacenters: [
      {
        name: 'dc1',
        nodes: numbers.map((n) => ({
          name: `node${n}`,
          host: `docker0${n}`,
          role: 'server',
          bootstrap: n === 1,
          container: `consul0${n}`,
          agentOptions: [],
        })),
      },
    ],
    hosts: numbers.map((n) => ({
      name: `docker0${n}`,
      address: `193.168.0.${94 + n}`,
      advertise: `193.168.0.${94 + n}`,
      ssh: { user: 'root', port: 22, agent: true, hostKeys: [], jump: [] },
    })),
    ...change,
  };
}

/** A modern cluster of the same shape. */
export function modernTopology(change: Partial<Topology> = {}): Topology {
  return seedTopology({
    image: 'hashicorp/consul:1.22',
    bootstrap: 'robust',
    api: 'loopback',
    firewall: 'open',
    data: 'volume',
    ...change,
  });
}
