/** ACLs in a plan: the first token, the others, and every agent with its own. */
import { versionOfImage } from '../consul/index.js';
import {
  type AclPolicy,
  aclObjects,
  MANAGEMENT_DESCRIPTION,
  primaryDatacenter,
  readsOperator,
  templateOf,
} from '../desired/index.js';
import type { Topology } from '../topology/types.js';
import type { PlanBuilder } from './builder.js';
import { addSecretFile, type PlanSecrets } from './secrets.js';
import type { NodeWork } from './work.js';

const policyNames = (policies: readonly AclPolicy[]): string => policies.map(({ name }) => name).join('\n');

/**
 * Adds the steps that make tokens: the management token where there is none yet, then policies and tokens. Asked of a server
 * of the primary datacenter. Gives the ids that come before whatever needs a token.
 */
export function addTokens(
  builder: PlanBuilder,
  topology: Topology,
  works: readonly NodeWork[],
  needs: readonly string[],
  reset = false,
): readonly string[] {
  const primary = primaryDatacenter(topology);
  const server = works.find(({ node }) => node.role === 'server' && node.datacenter === primary);
  if (server === undefined) return needs;
  const { node, container, host } = server.node;
  const bootstrap = builder.add(
    host,
    { kind: 'acl-bootstrap', reset },
    {
      node,
      title: reset ? 'Make a new management token' : 'Make the management token',
      before: reset ? 'the management token is lost' : 'ACLs without a token that may manage them',
      after: 'the management token is in your store of secrets, and nowhere else',
      ...(reset
        ? { note: 'Management tokens that Raftyard made before are no longer good; those of people stay.' }
        : {}),
      risk: reset ? 'medium' : 'low',
      commands: [
        ...(reset
          ? [
              `docker exec ${container.name} sh -c 'echo N > DATA/acl-bootstrap-reset'   # on the leader; N as Consul says`,
            ]
          : []),
        `docker exec ${container.name} consul acl bootstrap   # the token comes over SSH, and is shown to nobody`,
        ...(reset
          ? [
              `consul acl token delete -id …   # every other token with the description “${MANAGEMENT_DESCRIPTION}”`,
            ]
          : []),
      ],
      needs,
    },
  );
  const versions = new Map(works.map(({ node: { node: name, version } }) => [name, version]));
  const fallback = server.node.version;
  const { policies, tokens } = aclObjects(topology, (name) => versions.get(name) ?? fallback);
  const made = builder.add(
    host,
    { kind: 'acl-tokens', policies, tokens },
    {
      node,
      title: `Make ${policies.length} policies and ${tokens.length} tokens`,
      before: 'absent, or otherwise',
      after: policyNames(policies),
      note: 'Anonymous requests may read nodes and services, so that DNS answers; nothing else.',
      commands: policies.map(({ name }) => `consul acl policy create -name ${name} …`),
      needs: [bootstrap],
    },
  );
  return [made];
}

/** Agents of a cluster with ACLs whose file is not as it should be in the end: they have no token yet. */
export function withoutToken(
  works: readonly NodeWork[],
  secrets: PlanSecrets | undefined,
): readonly NodeWork[] {
  return works.filter(({ node: { secret }, facts }) => {
    if (secret?.parts.some(({ part }) => part === 'acl') !== true) return false;
    const have = facts.workdir.files.find((file) => file.path === secret.path);
    return have === undefined || have.sha256 !== secrets?.digest(templateOf(secret));
  });
}

/** Whether some client is about to become one that needs a right more than its policy gives: policies are written before it starts. */
export const needsMoreRights = (works: readonly NodeWork[]): boolean =>
  works.some(
    ({ node, need, facts, existing }) =>
      need === 'replace' &&
      readsOperator(node.role, node.version) &&
      !readsOperator(
        node.role,
        facts.agent?.version ?? (existing === undefined ? undefined : versionOfImage(existing)),
      ),
  );

/** Adds the steps that give each of these agents its token: at once, and in its file for the next start. */
export function addAgentTokens(works: readonly NodeWork[], needs: readonly string[]): readonly string[] {
  return works.flatMap(({ node, lane }) => {
    const { secret } = node;
    if (secret === undefined) return [];
    const template = templateOf(secret);
    addSecretFile(
      lane,
      secret,
      { path: secret.path, template },
      {
        after: 'holds the agent’s token, for its next start',
        needs,
      },
    );
    const replication = template.includes('"replication"');
    return [
      lane.add(
        { kind: 'agent-token', replication },
        {
          title: `Give ${node.node} its token`,
          before: 'the agent may do nothing',
          after: 'it registers itself in the catalog; nothing is restarted',
          commands: [
            `docker exec ${node.container.name} consul acl set-agent-token agent …   # over SSH, in no argument`,
          ],
          needs,
        },
      ),
    ];
  });
}
