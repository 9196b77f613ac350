/** ACLs: which tokens a cluster has, what they may do, and what its agents' configuration says of them. */
import { has, imageFamily } from '../consul/index.js';
import type { Node, Role, Topology } from '../topology/types.js';
import type { Settings, Stage } from './types.js';

/** Names under which the cluster's tokens are kept. */
export const MANAGEMENT_TOKEN = 'acl-management';
/** Reads everything but tokens: what status, live view and the Consul UI ask with. */
export const READ_TOKEN = 'acl-read';
/** Reads and writes everything but ACLs and keyrings: the Consul UI while changes are allowed. */
export const WRITE_TOKEN = 'acl-write';
/** Servers of other datacenters fetch ACLs with it. */
export const REPLICATION_TOKEN = 'acl-replication';
export const agentToken = (node: string): string => `acl-agent/${node}`;

/** The datacenter that has the say over ACLs: the document's first. */
export const primaryDatacenter = (topology: Topology): string => topology.datacenters[0]?.name ?? '';

/** What ACLs must know of an agent. */
export interface AclAgent {
  readonly node: string;
  readonly server: boolean;
  readonly datacenter: string;
  readonly primary: string;
}

/** Whether an agent fetches ACLs from the primary datacenter. */
export const replicates = ({ server, datacenter, primary }: AclAgent): boolean =>
  server && datacenter !== primary;

/**
 * What an agent's configuration says of ACLs at a stage: 1 they are on and everything is allowed, 2 the agent has its token,
 * 3 what is not allowed is denied. `fresh` is a new agent's: denied, and without tokens, which are given to it when they
 * are made.
 * Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/acl
 */
export function aclSettings(
  agent: AclAgent,
  stage: Stage | 'fresh',
  place: (name: string) => string,
): Settings {
  const tokens = {
    agent: place(agentToken(agent.node)),
    ...(replicates(agent) ? { replication: place(REPLICATION_TOKEN) } : {}),
  };
  return {
    primary_datacenter: agent.primary,
    acl: {
      enabled: true,
      default_policy: stage === 'fresh' || stage >= 3 ? 'deny' : 'allow',
      down_policy: 'extend-cache',
      ...(replicates(agent) ? { enable_token_replication: true } : {}),
      ...(stage === 'fresh' || stage === 1 ? {} : { tokens }),
    },
  };
}

/** A policy that the app makes: in Consul's rule language. */
export interface AclPolicy {
  readonly name: string;
  readonly description: string;
  readonly rules: string;
}

/** A token that the app makes, by the name under which its secret is kept. */
export interface AclToken {
  readonly secret: string;
  readonly description: string;
  readonly policies: readonly string[];
}

/** By this a management token is known as one that Raftyard made. */
export const MANAGEMENT_DESCRIPTION = 'Raftyard: management';

const quoted = (text: string): string => JSON.stringify(text);

const READ = [
  'agent_prefix "" { policy = "read" }',
  'event_prefix "" { policy = "read" }',
  'key_prefix "" { policy = "read" }',
  'node_prefix "" { policy = "read" }',
  'operator = "read"',
  'query_prefix "" { policy = "read" }',
  'service_prefix "" { policy = "read" intentions = "read" }',
  'session_prefix "" { policy = "read" }',
];

const policyName = (node: string): string => `raftyard-agent-${node.replace(/[^A-Za-z0-9_-]/g, '_')}`;

const READ_POLICY: AclPolicy = {
  name: 'raftyard-read',
  description: 'Raftyard: status, live view and Consul UI, read-only',
  rules: READ.join('\n'),
};
const WRITE_POLICY: AclPolicy = {
  name: 'raftyard-write',
  description: 'Raftyard: the Consul UI while changes are allowed',
  rules: READ.map((rule) => rule.replaceAll('"read"', '"write"')).join('\n'),
};
/** https://developer.hashicorp.com/consul/docs/secure/acl/token/dns */
export const DNS_POLICY: AclPolicy = {
  name: 'raftyard-dns',
  description: 'Raftyard: DNS answers whoever asks',
  rules: ['node_prefix "" { policy = "read" }', 'service_prefix "" { policy = "read" }'].join('\n'),
};
/** https://developer.hashicorp.com/consul/docs/secure/acl/token/replication */
const REPLICATION_POLICY: AclPolicy = {
  name: 'raftyard-replication',
  description: 'Raftyard: other datacenters fetch ACLs',
  rules: [
    'acl = "write"',
    'operator = "write"',
    'service_prefix "" { policy = "read" intentions = "read" }',
  ].join('\n'),
};

/** Whether an agent needs to read what its servers are, for feature gates: clients of 2.1 and later. */
export const readsOperator = (role: Role, version: string | undefined): boolean =>
  role === 'client' && has(version, 'right', 'client agents: operator:read');

/**
 * An agent registers itself and its services, reads services to keep its own in order, and answers about itself.
 * @param version of its Consul; undefined where nobody knows it
 */
const agentPolicy = ({ name: node, role, services = [] }: Node, version: string | undefined): AclPolicy => ({
  name: policyName(node),
  description: `Raftyard: the agent ${node}`,
  rules: [
    `agent ${quoted(node)} { policy = "write" }`,
    `node ${quoted(node)} { policy = "write" }`,
    'node_prefix "" { policy = "read" }',
    'service_prefix "" { policy = "read" }',
    ...(readsOperator(role, version) ? ['operator = "read"'] : []),
    ...[...new Set(services.map(({ name }) => name))]
      .sort()
      .map((name) => `service ${quoted(name)} { policy = "write" }`),
  ].join('\n'),
});

/**
 * All that a topology needs.
 * @param versionOf Consul's version at a node, where it is known otherwise than by the image's tag
 */
export function aclObjects(
  topology: Topology,
  versionOf: (node: string) => string | undefined = () => imageFamily(topology.image).version,
): {
  readonly policies: readonly AclPolicy[];
  readonly tokens: readonly AclToken[];
} {
  const nodes = topology.datacenters.flatMap((datacenter) => [...datacenter.nodes]);
  const several = topology.datacenters.length > 1;
  const token = (secret: string, { name, description }: AclPolicy): AclToken => ({
    secret,
    description,
    policies: [name],
  });
  return {
    policies: [
      READ_POLICY,
      WRITE_POLICY,
      DNS_POLICY,
      ...(several ? [REPLICATION_POLICY] : []),
      ...nodes.map((node) => agentPolicy(node, versionOf(node.name))),
    ],
    tokens: [
      token(READ_TOKEN, READ_POLICY),
      token(WRITE_TOKEN, WRITE_POLICY),
      ...(several ? [token(REPLICATION_TOKEN, REPLICATION_POLICY)] : []),
      ...nodes.map((node) => token(agentToken(node.name), agentPolicy(node, versionOf(node.name)))),
    ],
  };
}
