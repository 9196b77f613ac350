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

export const selfAnswer = z
  .object({
    Config: z
      .object({ Datacenter: text, NodeName: text, Server: flag, Version: text, NodeID: text })
      .catch({ Datacenter: '', NodeName: '', Server: false, Version: '', NodeID: '' }),
    Member: z.object({ Name: text, Addr: text, Tags: tags }).catch({ Name: '', Addr: '', Tags: {} }),
  })
  .transform(({ Config, Member }) => ({
    nodeName: Config.NodeName || Member.Name,
    nodeId: Config.NodeID,
    datacenter: Config.Datacenter || (Member.Tags['dc'] ?? ''),
    server: Config.Server || Member.Tags['role'] === 'consul',
    version: Config.Version || versionOf(Member.Tags['build'] ?? ''),
    address: Member.Addr,
    tags: Member.Tags,
  }));
export type Self = z.output<typeof selfAnswer>;

export const raftAnswer = z
  .object({
    Index: z.number().catch(0),
    Servers: z
      .array(
        z.object({ ID: text, Node: text, Address: text, Leader: flag, Voter: flag }).transform((s) => ({
          id: s.ID,
          node: s.Node,
          address: s.Address,
          leader: s.Leader,
          voter: s.Voter,
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
    z.object({ Node: text, CheckID: text, Status: text, ServiceName: text, Output: text }).transform((c) => ({
      node: c.Node,
      check: c.CheckID,
      status: c.Status,
      service: c.ServiceName,
      output: c.Output,
    })),
  )
  .nullable()
  .transform((value) => value ?? []);
export type HealthCheck = z.output<typeof checksAnswer>[number];

/** `1.8.7+dfsg1:` or `0.5.2:9a9cc934` → the version before the colon. */
export function versionOf(build: string): string {
  return build.split(':')[0] ?? '';
}

export const kvAnswer = z.array(z.object({ Value: z.string().nullable().catch(null) })).min(1);
