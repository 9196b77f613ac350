/**
 * Autopilot's MinQuorum in a plan. While it is 0, a server that is away for longer than it takes to be found dead is taken out
 * of the Raft configuration, as far as the others hold quorum: of three, two are left, which can spare nobody.
 * Source: https://developer.hashicorp.com/consul/docs/manage/scale/autopilot; https://github.com/hashicorp/consul/issues/8118
 */
import { has } from '../consul/index.js';
import type { DesiredNode } from '../desired/types.js';
import { commandLine } from '../shell/quote.js';
import type { PlanBuilder } from './builder.js';
import { hasBootstrapped } from './cluster-steps.js';
import type { Facts, ReachableFacts } from './facts.js';
import type { HostInput } from './host-steps.js';
import { existingContainer } from './issues.js';
import type { StepKind } from './types.js';
import type { NodeWork } from './work.js';

const serversOf = (nodes: readonly DesiredNode[]): readonly DesiredNode[] =>
  nodes.filter(({ role }) => role === 'server');

function seen(nodes: readonly DesiredNode[], facts: Facts): [DesiredNode, ReachableFacts][] {
  return serversOf(nodes).flatMap((node): [DesiredNode, ReachableFacts][] => {
    const found = facts[node.host];
    return found?.reachable === true ? [[node, found]] : [];
  });
}

const follows = ({ clusterId }: DesiredNode, { workdir: { state } }: ReachableFacts): boolean =>
  state?.clusterId === clusterId && state.minQuorum === true;

/** Nothing of the node is there, and nothing of an earlier apply: with most servers so, the datacenter is about to be raised. */
const isBare = (node: DesiredNode, facts: ReachableFacts): boolean =>
  facts.workdir.state?.clusterId !== node.clusterId && existingContainer(node, facts) === undefined;

/**
 * Whether MinQuorum follows the number of a datacenter's servers: where this Raftyard raises it or has raised it, which the
 * servers' hosts remember, and where a person asked for it. A cluster that was adopted, or raised by an earlier Raftyard, keeps
 * what it has.
 *
 * @param nodes of one datacenter
 * @param asked a person asks for it now
 */
export function followsServers(nodes: readonly DesiredNode[], facts: Facts, asked = false): boolean {
  const reached = seen(nodes, facts);
  if (asked || reached.some(([node, found]) => follows(node, found))) return true;
  return (
    !hasBootstrapped(nodes, facts) &&
    reached.length * 2 > serversOf(nodes).length &&
    reached.every(([node, found]) => isBare(node, found))
  );
}

/** Whether a server's host does not remember yet that MinQuorum follows. */
export const newlyFollows = ({ node, facts }: HostInput): boolean =>
  node.role === 'server' && !follows(node, facts);

/** What gives the servers their leader, and the step its token. */
const BEFORE: ReadonlySet<StepKind> = new Set<StepKind>([
  'acl-bootstrap',
  'acl-tokens',
  'agent-token',
  'federation',
]);

/**
 * Adds the step that makes MinQuorum the number of the datacenter's servers, after those servers hold quorum: one that was added
 * is a voter by then. No step of a plan makes a server leave, so that one that the document no longer has leaves after it. Where
 * MinQuorum does not follow, a note offers it.
 *
 * @param nodes of one datacenter
 */
export function addMinQuorum(
  builder: PlanBuilder,
  nodes: readonly DesiredNode[],
  facts: Facts,
  works: readonly NodeWork[],
  asked = false,
): void {
  const servers = serversOf(nodes);
  const work = works.find(({ node }) => servers.includes(node));
  if (work === undefined) return;
  if (!servers.every(({ version }) => has(version, 'key', 'autopilot.min_quorum'))) return;
  const { datacenter, host, node, container } = work.node;
  const minQuorum = servers.length;
  const now = seen(nodes, facts).find(([, { agent }]) => agent?.minQuorum !== undefined)?.[1].agent
    ?.minQuorum;
  if (now === minQuorum) return;
  if (!followsServers(nodes, facts, asked)) {
    // Of one or two servers none is ever taken out.
    if (now !== undefined && (minQuorum > 2 || now > minQuorum))
      builder.issue({
        severity: 'note',
        code: 'min-quorum',
        message: `${datacenter} has ${minQuorum} servers, and autopilot’s MinQuorum is ${now}: that is how many it keeps when servers are away for long`,
        hint: 'raftyard min-quorum makes it the number of servers, and lets it follow from then on.',
      });
    return;
  }
  // What cannot be read of a cluster that lives is left to the next look: nothing is said to change that may be so already.
  const raised = works.some((other) => servers.includes(other.node) && other.need === 'run');
  if (now === undefined && (hasBootstrapped(nodes, facts) || !raised)) return;
  builder.add(
    host,
    { kind: 'autopilot', datacenter, minQuorum },
    {
      node,
      title: `Let autopilot keep ${minQuorum} servers in ${datacenter}`,
      before: now === undefined ? 'MinQuorum 0, Consul’s own' : `MinQuorum ${now} until now`,
      after: `MinQuorum ${minQuorum}: a server that is away for long stays a member; the rest of autopilot’s configuration stays as it is`,
      commands: [
        commandLine([
          'docker',
          'exec',
          container.name,
          'consul',
          'operator',
          'autopilot',
          'set-config',
          `-min-quorum=${minQuorum}`,
        ]),
      ],
      needs: builder.steps
        .filter(
          ({ action }) =>
            BEFORE.has(action.kind) || (action.kind === 'quorum' && action.datacenter === datacenter),
        )
        .map(({ id }) => id),
      undo: commandLine(['consul', 'operator', 'autopilot', 'set-config', `-min-quorum=${now ?? 0}`]),
    },
  );
}
