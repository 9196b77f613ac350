/** What Consul's HTTP API answers, read defensively: an answer comes from a machine that may be broken or hostile. */
import { z } from 'zod';

/** Absent, null or of another type: the default. Old and new Consul versions leave fields out. */
const text = z.string().catch('');
const flag = z.boolean().catch(false);
const tags = z.record(z.string(), z.string()).catch({});

/** Serf's member states by number (https://developer.hashicorp.com/consul/api-docs/agent#list-members). */
const STATUS = ['none', 'alive', 'leaving', 'left', 'failed'] as const;
export type MemberStatus = (typeof STATUS)[number];

export const leaderAnswer = z.string();

/** 0.5.2 answers `null` while it has no peers. */
export const peersAnswer = z
  .array(z.string())
  .nullable()
  .transform((value) => value ?? []);

const member = z
  .object({
    Name: z.string(),
    Addr: text,
    Port: z.number().catch(0),
    Tags: tags,
    Status: z.number().catch(0),
  })
  .transform((value) => ({
    name: value.Name,
    address: value.Addr,
    port: value.Port,
    status: STATUS[value.Status] ?? 'none',
    /** `consul` marks servers, `node` clients. */
    server: value.Tags['role'] === 'consul',
    datacenter: value.Tags['dc'] ?? '',
    version: versionOf(value.Tags['build'] ?? ''),
    tags: value.Tags,
  }));
export type Member = z.output<typeof member>;
export const membersAnswer = z
  .array(member)
  .nullable()
  .transform((value) => value ?? []);

const UNITS_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000001,
};

/** Go's way to write a duration (`1m2.5s`, `15.3ms`, `0`) in milliseconds; null for `never` and anything else. */
export function goDurationMs(written: string): number | null {
  if (written === '0') return 0;
  const parts = [...written.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== written) return null;
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS_MS[unit ?? ''] ?? 0), 0);
}

/** An agent's configuration as it is in force; what it says of TLS went into a block of its own in 1.12. */
const debugConfig = z.object({
  EncryptVerifyIncoming: flag,
  EncryptVerifyOutgoing: flag,
  CAFile: text,
  VerifyIncoming: flag,
  VerifyIncomingRPC: flag,
  VerifyOutgoing: flag,
  VerifyServerHostname: flag,
  ACLsEnabled: flag,
  ACLDefaultPolicy: text,
  /** Where both went in 1.10. */
  ACLResolverSettings: z.object({ ACLsEnabled: flag, ACLDefaultPolicy: text }).nullish().catch(null),
  TLS: z
    .object({
      InternalRPC: z.object({
        CAFile: text,
        VerifyIncoming: flag,
        VerifyOutgoing: flag,
        VerifyServerHostname: flag,
      }),
    })
    .nullish()
    .catch(null),
});
type DebugConfig = z.output<typeof debugConfig> | null | undefined;

/** How an agent talks RPC; null where it does not say. */
function tlsOf(config: DebugConfig) {
  if (config === null || config === undefined) return null;
  const block = config.TLS?.InternalRPC;
  const { CAFile, VerifyOutgoing, VerifyServerHostname } = block ?? config;
  return {
    configured: CAFile !== '',
    verifyOutgoing: VerifyOutgoing,
    verifyIncoming: block?.VerifyIncoming ?? (config.VerifyIncoming || config.VerifyIncomingRPC),
    verifyServerHostname: VerifyServerHostname,
  };
}

/** Whether an agent asks for tokens; null where it does not say. */
function aclOf(config: DebugConfig) {
  if (config === null || config === undefined) return null;
  const { ACLsEnabled, ACLDefaultPolicy } = config.ACLResolverSettings ?? config;
  return { enabled: ACLsEnabled, deny: ACLsEnabled && ACLDefaultPolicy === 'deny' };
}

/** How an agent gossips; null where it does not say. */
function gossipOf(pool: Readonly<Record<string, string>> | undefined, config: DebugConfig) {
  const encrypted = pool?.['encrypted'];
  if (encrypted === undefined) return null;
  return {
    encrypted: encrypted === 'true',
    verifyOutgoing: config?.EncryptVerifyOutgoing === true,
    verifyIncoming: config?.EncryptVerifyIncoming === true,
  };
}

/** What a server's agent says of its own Raft; null for a client. Consul's words, all of them text. */
function raftStats(stats: Readonly<Record<string, string>> | undefined) {
  if (stats === undefined) return null;
  const index = (value: string | undefined): number | null =>
    value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
  const contact = goDurationMs(stats['last_contact'] ?? '');
  return {
    lastContactMs: contact === null ? null : Math.round(contact * 10) / 10,
    lastIndex: index(stats['last_log_index']),
    appliedIndex: index(stats['applied_index']),
  };
}

export const selfAnswer = z
  .object({
    Config: z
      .object({ Datacenter: text, NodeName: text, Server: flag, Version: text, NodeID: text })
      .catch({ Datacenter: '', NodeName: '', Server: false, Version: '', NodeID: '' }),
    Member: z.object({ Name: text, Addr: text, Tags: tags }).catch({ Name: '', Addr: '', Tags: {} }),
    /** Clients have no `raft`. */
    Stats: z
      .object({
        raft: z.record(z.string(), text).optional().catch(undefined),
        serf_lan: z.record(z.string(), text).optional().catch(undefined),
      })
      .nullish()
      .catch(null),
    /** Since 1.0. */
    DebugConfig: debugConfig.nullish().catch(null),
  })
  .transform(({ Config, Member, Stats, DebugConfig }) => ({
    nodeName: Config.NodeName || Member.Name,
    nodeId: Config.NodeID,
    datacenter: Config.Datacenter || (Member.Tags['dc'] ?? ''),
    server: Config.Server || Member.Tags['role'] === 'consul',
    version: Config.Version || versionOf(Member.Tags['build'] ?? ''),
    address: Member.Addr,
    tags: Member.Tags,
    raft: raftStats(Stats?.raft),
    gossip: gossipOf(Stats?.serf_lan, DebugConfig),
    tls: tlsOf(DebugConfig),
    acl: aclOf(DebugConfig),
  }));
export type Self = z.output<typeof selfAnswer>;

export const keyringAnswer = z.array(
  z
    .object({ WAN: flag, Datacenter: text, NumNodes: z.number(), Keys: z.record(z.string(), z.number()) })
    .transform(({ WAN, Datacenter, NumNodes, Keys }) => ({
      wan: WAN,
      datacenter: Datacenter,
      nodes: NumNodes,
      /** Number of agents that have a key, by key. */
      keys: Keys,
    })),
);
export type KeyringPool = z.output<typeof keyringAnswer>[number];

export const raftAnswer = z
  .object({
    Index: z.number().catch(0),
    Servers: z
      .array(
        z
          .object({ ID: text, Node: text, Address: text, Leader: flag, Voter: flag, ProtocolVersion: text })
          .transform((s) => ({
            id: s.ID,
            node: s.Node,
            address: s.Address,
            leader: s.Leader,
            voter: s.Voter,
            ...(s.ProtocolVersion === '' ? {} : { protocol: s.ProtocolVersion }),
          })),
      )
      .nullable()
      .transform((value) => value ?? []),
  })
  .transform(({ Index, Servers }) => ({ index: Index, servers: Servers }));
export type RaftConfiguration = z.output<typeof raftAnswer>;

export const autopilotAnswer = z
  .object({
    Healthy: z.boolean(),
    FailureTolerance: z.number().catch(0),
    Servers: z
      .array(
        z
          .object({ ID: text, Name: text, Address: text, Healthy: flag, Voter: flag, Leader: flag })
          .transform((s) => ({
            id: s.ID,
            name: s.Name,
            address: s.Address,
            healthy: s.Healthy,
            voter: s.Voter,
            leader: s.Leader,
          })),
      )
      .catch([]),
  })
  .transform((value) => ({
    healthy: value.Healthy,
    failureTolerance: value.FailureTolerance,
    servers: value.Servers,
  }));
export type AutopilotHealth = z.output<typeof autopilotAnswer>;

export const checksAnswer = z
  .array(
    z
      .object({
        Node: text,
        CheckID: text,
        Name: text,
        Status: text,
        ServiceID: text,
        ServiceName: text,
        Output: text,
        Notes: text,
      })
      .transform((c) => ({
        node: c.Node,
        check: c.CheckID,
        name: c.Name || c.CheckID,
        status: c.Status,
        /** Empty for a check of the node itself. */
        serviceId: c.ServiceID,
        service: c.ServiceName,
        output: c.Output,
        /** What its author says of it; of a maintenance, the reason. */
        notes: c.Notes,
      })),
  )
  .nullable()
  .transform((value) => value ?? []);
export type HealthCheck = z.output<typeof checksAnswer>[number];

/** `1.8.7+dfsg1:` or `0.5.2:9a9cc934` → the version before the colon. */
export function versionOf(build: string): string {
  return build.split(':')[0] ?? '';
}

export const kvAnswer = z
  .array(
    z.object({
      Value: z.string().nullable().catch(null),
      ModifyIndex: z.number().catch(0),
      Flags: z.number().catch(0),
    }),
  )
  .min(1);

export const keysAnswer = z.array(z.string());

const names = z
  .array(z.string())
  .nullable()
  .catch(null)
  .transform((value) => value ?? []);

/** Service name → tags of its instances. */
export const servicesAnswer = z.record(z.string(), names);

export const instancesAnswer = z.array(
  z
    .object({
      Node: text,
      Address: text,
      ServiceID: text,
      ServiceName: text,
      ServiceAddress: text,
      ServicePort: z.number().catch(0),
      ServiceTags: names,
    })
    .transform((s) => ({
      node: s.Node,
      id: s.ServiceID,
      service: s.ServiceName,
      // A service without an address of its own is at its node's.
      address: s.ServiceAddress || s.Address,
      port: s.ServicePort,
      tags: s.ServiceTags,
    })),
);
export type ServiceInstance = z.output<typeof instancesAnswer>[number];

const coordinate = z
  .object({
    Node: text,
    Segment: text,
    Coord: z.object({
      Vec: z.array(z.number()),
      Height: z.number().catch(0),
      Adjustment: z.number().catch(0),
    }),
  })
  .transform(({ Node, Segment, Coord }) => ({
    node: Node,
    segment: Segment,
    coordinate: { vec: Coord.Vec, height: Coord.Height, adjustment: Coord.Adjustment },
  }));

export const coordinatesAnswer = z
  .array(coordinate)
  .nullable()
  .transform((value) => value ?? []);

export const wanCoordinatesAnswer = z
  .array(
    z
      .object({ Datacenter: text, AreaID: text, Coordinates: coordinatesAnswer.catch([]) })
      .transform((d) => ({ datacenter: d.Datacenter, area: d.AreaID, coordinates: d.Coordinates })),
  )
  .nullable()
  .transform((value) => value ?? []);

export const bootstrapAnswer = z.object({ SecretID: z.string().min(1) });
export const policiesAnswer = z.array(z.object({ ID: z.string(), Name: z.string() }));
export const tokenAnswer = z
  .object({
    AccessorID: text,
    SecretID: text,
    Description: text,
    Policies: z
      .array(z.object({ Name: text }))
      .nullish()
      .catch([]),
  })
  .transform(({ AccessorID, SecretID, Description, Policies }) => ({
    accessor: AccessorID,
    secret: SecretID,
    description: Description,
    policies: (Policies ?? []).map(({ Name }) => Name),
  }));
/** The list leaves secrets out in versions of before 1.10. */
export const tokensAnswer = z.array(
  z
    .object({ AccessorID: z.string(), Description: text })
    .transform(({ AccessorID, Description }) => ({ accessor: AccessorID, description: Description })),
);
/** `null`, or an object with a `Node` of null, for a node that is not registered. */
export const catalogNodeAnswer = z
  .object({ Node: z.object({}).nullable() })
  .nullable()
  .transform((value) => value?.Node ?? null);
