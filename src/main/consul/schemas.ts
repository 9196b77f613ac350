/**
 * What Consul's HTTP API answers, read defensively: an answer comes from a machine that may be broken or hostile. A shape
 * that no version is known to have is refused, never filled up; what an agent says of itself is read in self.ts.
 */
import { z } from 'zod';
import { goDurationMs, roundedMs } from './duration.js';
import { versionOf } from './fields.js';
import { integers } from './integers.js';
import { portsAnswer, portsOf } from './ports.js';

/** What decides something: an answer without it is none. */
const text = z.string();
const flag = z.boolean();
const number = z.number();
/** For people's eyes only, or not there in every version: absent, null or of another type is nothing. */
const words = z.string().catch('');
/** Go writes an empty list as `null`. */
const list = <S extends z.ZodType>(entry: S) =>
  z
    .array(entry)
    .nullable()
    .transform((value) => value ?? []);

/** Serf's member states by number (https://developer.hashicorp.com/consul/api-docs/agent#list-members). */
const STATUS = ['none', 'alive', 'leaving', 'left', 'failed'] as const;
export type MemberStatus = (typeof STATUS)[number];

export const leaderAnswer = z.string();

/** 0.5.2 answers `null` while it has no peers. */
export const peersAnswer = list(text);

const member = z
  .object({
    Name: text,
    Addr: text,
    Port: number,
    Tags: z.record(text, text),
    Status: number
      .int()
      .min(0)
      .max(STATUS.length - 1),
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
export const membersAnswer = list(member);

export const keyringAnswer = z.array(
  z
    .object({ WAN: flag, Datacenter: text, NumNodes: number, Keys: z.record(text, number) })
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
    Index: number,
    Servers: list(
      z
        .object({
          ID: text,
          Node: text,
          Address: text,
          Leader: flag,
          Voter: flag,
          /** Since 1.0. */
          ProtocolVersion: words,
        })
        .transform((s) => ({
          id: s.ID,
          node: s.Node,
          address: s.Address,
          leader: s.Leader,
          voter: s.Voter,
          ...(s.ProtocolVersion === '' ? {} : { protocol: s.ProtocolVersion }),
        })),
    ),
  })
  .transform(({ Index, Servers }) => ({ index: Index, servers: Servers }));
export type RaftConfiguration = z.output<typeof raftAnswer>;

/** Since 0.8: https://developer.hashicorp.com/consul/api-docs/operator/autopilot#read-health */
export const autopilotAnswer = z
  .object({
    Healthy: flag,
    FailureTolerance: number,
    Servers: list(
      z
        .object({
          ID: text,
          Name: text,
          Address: text,
          SerfStatus: text,
          Version: text,
          Healthy: flag,
          Voter: flag,
          Leader: flag,
          LastContact: text,
          LastTerm: number,
          LastIndex: number,
          StableSince: text,
        })
        .transform((s) => ({
          id: s.ID,
          name: s.Name,
          address: s.Address,
          /** Serf's words, see {@link MemberStatus}. */
          serf: s.SerfStatus,
          version: s.Version,
          healthy: s.Healthy,
          voter: s.Voter,
          leader: s.Leader,
          /** With the leader; null where there was none. */
          lastContactMs: roundedMs(goDurationMs(s.LastContact)),
          lastTerm: s.LastTerm,
          lastIndex: s.LastIndex,
          /** ISO 8601: since when it is as healthy as it is. */
          stableSince: s.StableSince,
        })),
    ),
  })
  .transform((value) => ({
    healthy: value.Healthy,
    failureTolerance: value.FailureTolerance,
    servers: value.Servers,
  }));
export type AutopilotHealth = z.output<typeof autopilotAnswer>;

export const check = z
  .object({
    Node: text,
    CheckID: text,
    Name: words,
    Status: text,
    ServiceID: text,
    ServiceName: text,
    Output: words,
    Notes: words,
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
  }));
export const checksAnswer = list(check);
export type HealthCheck = z.output<typeof checksAnswer>[number];

export const kvAnswer = z
  .array(
    z.object({
      Value: text.nullable(),
      ModifyIndex: number,
      /** 64 bits, of which a number of JavaScript keeps 53. */
      Flags: integers,
    }),
  )
  .min(1);

export const keysAnswer = z.array(text);

/** Service name → tags of its instances. */
export const servicesAnswer = z.record(text, list(text));

export const instancesAnswer = z.array(
  z
    .object({
      Node: text,
      Address: text,
      ServiceID: text,
      ServiceName: text,
      ServiceAddress: text,
      ServicePort: number,
      ServicePorts: portsAnswer,
      ServiceTags: list(text),
    })
    .transform((s) => ({
      node: s.Node,
      id: s.ServiceID,
      service: s.ServiceName,
      // A service without an address of its own is at its node's.
      address: s.ServiceAddress || s.Address,
      ...portsOf(s.ServicePort, s.ServicePorts),
      tags: s.ServiceTags,
    })),
);
export type ServiceInstance = z.output<typeof instancesAnswer>[number];

const coordinate = z
  .object({
    Node: text,
    /** Since 0.9.3. */
    Segment: words,
    Coord: z.object({ Vec: z.array(number), Height: number, Adjustment: number }),
  })
  .transform(({ Node, Segment, Coord }) => ({
    node: Node,
    segment: Segment,
    coordinate: { vec: Coord.Vec, height: Coord.Height, adjustment: Coord.Adjustment },
  }));

export const coordinatesAnswer = list(coordinate);

export const wanCoordinatesAnswer = list(
  z
    // Areas came with 0.8.
    .object({ Datacenter: text, AreaID: words, Coordinates: coordinatesAnswer })
    .transform((d) => ({ datacenter: d.Datacenter, area: d.AreaID, coordinates: d.Coordinates })),
);

export const bootstrapAnswer = z.object({ SecretID: z.string().min(1) });
export const policiesAnswer = z.array(z.object({ ID: text, Name: text }));
export const tokenAnswer = z
  .object({
    AccessorID: text,
    SecretID: text,
    Description: words,
    Policies: z.array(z.object({ Name: text })).nullish(),
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
    .object({ AccessorID: text, Description: words })
    .transform(({ AccessorID, Description }) => ({ accessor: AccessorID, description: Description })),
);
/** `null`, or an object with a `Node` of null, for a node that is not registered. */
export const catalogNodeAnswer = z
  .object({ Node: z.object({}).nullable() })
  .nullable()
  .transform((value) => value?.Node ?? null);
