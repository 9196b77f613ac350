/** Generated topologies for every suite that takes one: all of them are valid documents. */
import fc from 'fast-check';
import {
  type Datacenter,
  type Host,
  NOT_SECURED,
  type Node,
  type SshSettings,
  type Topology,
} from '../../../src/shared/topology/index.js';

const LOWER = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
const word = (chars: readonly string[], max: number) =>
  fc.string({ unit: fc.constantFrom(...chars), minLength: 1, maxLength: max });

/** Text in which a shell, YAML or a terminal would find something to do, yet valid where free text is. */
const freeText = fc.oneof(
  fc.constantFrom(
    "a'b",
    'a"b',
    'a $(id)',
    'a`id`',
    'a: b',
    'a #b',
    'no',
    '1',
    '~x',
    'a\\b',
    '集群',
    'a;b|c&d',
  ),
  word([...LOWER, ' ', '-', "'", '"', '$', ':', '#', '集'], 20),
);

const secret = fc.oneof(
  fc.constant('prompt'),
  word([...'ABC_'], 8).map((n) => `env:${n}`),
  word([...LOWER, '/', ' ', '.'], 12).map((p) => `file:/${p}`),
);

const HOST_KEY = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}`;

const ssh: fc.Arbitrary<SshSettings> = fc
  .record(
    {
      user: fc.constantFrom('root', 'deploy', '_ops', 'first.last', 'DOMAIN\\user'),
      port: fc.integer({ min: 1, max: 65535 }),
      identity: freeText.filter((t) => !t.startsWith('-') && t.trim() !== '').map((t) => `~/.ssh/${t}`),
      agent: fc.boolean(),
      password: secret,
      passphrase: secret,
      sudoPassword: secret,
      hostKeys: fc.constantFrom([], [HOST_KEY], [HOST_KEY, `${HOST_KEY} a comment`]),
    },
    { requiredKeys: ['user', 'port', 'agent', 'hostKeys'] },
  )
  .map((settings) => ({ ...settings, jump: [] }));

const agentOptions = fc.uniqueArray(
  fc.constantFrom('-log-level=debug', '-rejoin', "-node-meta=a:b'c", '-domain=x$(id)', '-dns-port=8653'),
  { maxLength: 3 },
);

const workdir = fc.oneof(
  fc.constant('/opt/consul'),
  word([...LOWER, '_', '-', '@', '集'], 12).map((n) => `/srv/${n}`),
);

const image = fc.constantFrom(
  'hashicorp/consul:1.22',
  'progrium/consul',
  'consul',
  'registry.example:5000/team/consul:1.8.7',
  `hashicorp/consul@sha256:${'0a'.repeat(32)}`,
);

interface Shape {
  readonly servers: readonly number[];
  readonly clients: readonly number[];
  readonly ssh: readonly SshSettings[];
  readonly options: readonly (readonly string[])[];
  readonly names: boolean;
  readonly flagged: number;
  readonly extraJump: boolean;
  readonly top: Omit<Topology, 'version' | 'datacenters' | 'hosts'>;
}

function assemble(shape: Shape): Topology {
  const hosts: Host[] = [];
  const pick = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;
  const datacenters: Datacenter[] = shape.servers.map((servers, d) => {
    const nodes: Node[] = [];
    for (let i = 0; i < servers + (shape.clients[d] ?? 0); i++) {
      const n = hosts.length + 1;
      const ip = `198.51.100.${n}`;
      hosts.push({
        name: `docker${String(n).padStart(2, '0')}`,
        address: shape.names ? `host${n}.example.org` : ip,
        advertise: shape.names ? ip : `203.0.113.${n}`,
        ...(shape.names && n % 2 === 0 ? { advertiseWan: `192.0.2.${n}` } : {}),
        ssh: pick(shape.ssh, n),
      });
      nodes.push({
        name: `node${n}`,
        host: `docker${String(n).padStart(2, '0')}`,
        role: i < servers ? 'server' : 'client',
        bootstrap: i === shape.flagged % servers,
        container: `consul${String(n).padStart(2, '0')}`,
        agentOptions: [...pick(shape.options, n)],
      });
    }
    return { name: `dc${d + 1}`, nodes };
  });
  if (shape.extraJump) {
    const settings = pick(shape.ssh, 0);
    hosts.push({ name: 'bastion', address: 'bastion.example.org', advertise: '', ssh: settings });
    const [first] = hosts;
    if (first !== undefined) hosts[0] = { ...first, ssh: { ...first.ssh, jump: ['bastion'] } };
  }
  return { version: 1, ...shape.top, datacenters, hosts };
}

/** A valid topology: 1 or 2 datacenters with 1–7 servers and up to 3 clients each, a host a node. */
export function arbitraryTopology(): fc.Arbitrary<Topology> {
  return fc
    .record({
      servers: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 2 }),
      clients: fc.array(fc.nat(3), { minLength: 2, maxLength: 2 }),
      ssh: fc.array(ssh, { minLength: 1, maxLength: 3 }),
      options: fc.array(agentOptions, { minLength: 1, maxLength: 3 }),
      names: fc.boolean(),
      flagged: fc.nat(6),
      extraJump: fc.boolean(),
      top: fc.record({
        id: fc.uuid(),
        name: freeText.map((t) => `c${t}`.trim()),
        image,
        bootstrap: fc.constantFrom('robust' as const, 'classic' as const),
        api: fc.constantFrom('loopback' as const, 'exposed' as const),
        firewall: fc.constantFrom('open' as const, 'disable' as const, 'leave' as const),
        data: fc.constantFrom('volume' as const, 'anonymous' as const),
        secure: fc.constant(NOT_SECURED),
        workdir,
        raftMultiplier: fc.integer({ min: 1, max: 10 }),
        agentOptions,
      }),
    })
    .map(assemble)
    .chain((topology) =>
      // The classic style has no place for a key, and progrium/consul is too old.
      topology.bootstrap === 'classic' || topology.image.startsWith('progrium/')
        ? fc.constant(topology)
        : fc
            .record({ gossip: fc.boolean(), tls: fc.boolean(), acl: fc.boolean() })
            .map((secure) => ({ ...topology, secure })),
    );
}
