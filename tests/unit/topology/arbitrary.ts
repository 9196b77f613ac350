/** Generated topologies for every suite that takes one: all of them are valid documents. */
import fc from 'fast-check';
import {
  type Datacenter,
  type DnsOptions,
  type Host,
  NOT_SECURED,
  type Node,
  type Service,
  type ServiceCheck,
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

const dns = fc.option(
  fc.record({
    containers: fc.boolean(),
    hosts: fc.boolean(),
    upstream: fc.constantFrom([], ['192.0.2.53'], ['2001:db8::53', '192.0.2.54']),
    search: fc.constantFrom(['service.consul'], [], ['service.consul', 'example.org']),
  }),
);

const pull = fc.option(
  fc.constantFrom(
    { mirror: 'registry.example:5000/hub' },
    { user: "o'neill$(id)", password: 'prompt' },
    { mirror: 'localhost/a', user: 'me', password: 'env:REGISTRY_PASSWORD' },
  ),
);

const MOVES_DNS = /^-(domain|dns-port)=/;

const hasDockerCheck = ({ services = [] }: Node): boolean =>
  services.some(({ checks }) => checks.some(({ docker }) => docker !== undefined));

/** With `dns` where somebody asks, and then without what stands in its way. */
function withDns(topology: Topology, chosen: DnsOptions | null): Topology {
  if (chosen === null) return topology;
  const socket = topology.datacenters.some(({ nodes }) => nodes.some(hasDockerCheck));
  // Started without root for a docker check, Consul cannot listen on port 53.
  const dns = socket ? { ...chosen, containers: false } : chosen;
  if (!dns.containers && !dns.hosts) return topology;
  const stays = (options: readonly string[]) => options.filter((option) => !MOVES_DNS.test(option));
  return {
    ...topology,
    // With progrium/consul's one address for API and DNS, containers reach it only where it is exposed.
    ...(topology.bootstrap === 'classic' && topology.image.startsWith('progrium/')
      ? { api: 'exposed' as const }
      : {}),
    dns,
    agentOptions: stays(topology.agentOptions),
    datacenters: topology.datacenters.map((datacenter) => ({
      ...datacenter,
      nodes: datacenter.nodes.map((node) => ({ ...node, agentOptions: stays(node.agentOptions) })),
    })),
  };
}

const workdir = fc.oneof(
  fc.constant('/opt/consul'),
  word([...LOWER, '_', '-', '@', '集'], 12).map((n) => `/srv/${n}`),
);

const image = fc.constantFrom(
  `hashicorp/consul:1.22@sha256:${'0a'.repeat(32)}`,
  'hashicorp/consul:1.22',
  'progrium/consul',
  'consul',
  'registry.example:5000/team/consul:1.8.7',
  `hashicorp/consul@sha256:${'0a'.repeat(32)}`,
);

const interval = fc.constantFrom('1s', '10s', '1m30s', '500ms');

/** Ways that every version of the generated images knows, and those that it does not: see {@link servicesFor}. */
const oldCheck: fc.Arbitrary<ServiceCheck> = fc.oneof(
  fc.record({ http: fc.constantFrom('http://127.0.0.1:80/a?b=$(id)&c', 'https://[::1]/'), interval }),
  fc.record({ ttl: fc.constantFrom('30s', '1h') }),
);
const newCheck: fc.Arbitrary<ServiceCheck> = fc.oneof(
  oldCheck,
  fc.record(
    { tcp: fc.constantFrom('127.0.0.1:80', 'db.example.org:5432', '[::1]:9'), interval, timeout: interval },
    { requiredKeys: ['tcp', 'interval'] },
  ),
  fc.record({ script: fc.array(freeText, { minLength: 1, maxLength: 3 }), interval }),
  fc.record({
    docker: fc.constantFrom('web', 'a1b2c3d4'),
    command: fc.array(freeText, { minLength: 1, maxLength: 3 }),
    interval,
  }),
);

const services = (check: fc.Arbitrary<ServiceCheck>, meta: boolean): fc.Arbitrary<Service[]> =>
  fc
    .array(
      fc.record(
        {
          name: fc.constantFrom('web', 'a.b', 'team/api', 'Cache'),
          port: fc.integer({ min: 1, max: 65535 }),
          address: fc.constantFrom('192.0.2.11', 'db.example.org'),
          tags: fc.uniqueArray(freeText, { maxLength: 3 }),
          meta: meta ? fc.dictionary(word(LOWER, 8), freeText, { maxKeys: 2 }) : fc.constant({}),
          checks: fc.array(check, { maxLength: 3 }),
        },
        { requiredKeys: ['name', 'tags', 'meta', 'checks'] },
      ),
      { maxLength: 3 },
    )
    .map((list) =>
      list.map((service, i) => ({ ...service, id: i === 0 ? service.name : `${service.name}-${i}` })),
    );

const runsCommands = ({ checks }: Service): boolean =>
  checks.some(({ script, docker }) => script !== undefined || docker !== undefined);

/** Gives some nodes services; with consent where they run commands. */
function servicesFor(topology: Topology): fc.Arbitrary<Topology> {
  if (topology.bootstrap === 'classic') return fc.constant(topology);
  const old = topology.image.startsWith('progrium/');
  const nodes = topology.datacenters.reduce((sum, datacenter) => sum + datacenter.nodes.length, 0);
  return fc
    .array(services(old ? oldCheck : newCheck, !old), { minLength: 1, maxLength: nodes })
    .map((lists) => {
      let n = 0;
      const datacenters = topology.datacenters.map((datacenter) => ({
        ...datacenter,
        nodes: datacenter.nodes.map((node) => {
          const list = lists[n++] ?? [];
          return list.length === 0 ? node : { ...node, services: list };
        }),
      }));
      const consent = lists.some((list) => list.some(runsCommands));
      return { ...topology, ...(consent ? { scriptChecks: true as const } : {}), datacenters };
    });
}

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
    )
    .chain(servicesFor)
    .chain((topology) => dns.map((chosen) => withDns(topology, chosen)))
    .chain((topology) => pull.map((chosen) => (chosen === null ? topology : { ...topology, pull: chosen })));
}
