import { desiredNodes } from '../desired/index.js';
import type { DesiredNode } from '../desired/types.js';
import { digestOf } from '../digest.js';
import type { Topology } from '../topology/types.js';
import { addAgentTokens, addTokens, needsMoreRights, withoutToken } from './acl.js';
import { addMinQuorum, followsServers } from './autopilot.js';
import { PlanBuilder } from './builder.js';
import {
  addContainers,
  addFederation,
  addJoin,
  addNetworkChecks,
  addQuorum,
  hasBootstrapped,
  writesStop,
} from './cluster-steps.js';
import { addNames } from './dns.js';
import { documentIssues } from './document-issues.js';
import type { Facts, ReachableFacts } from './facts.js';
import { foundOf } from './found.js';
import { archiveBlocker, pullWarning } from './image.js';
import { lockPath } from './lock.js';
import { type NodeOptions, type PlanOptions, planNode } from './node.js';
import { askToStart, refusedServers } from './rejoin-age.js';
import { factsDigest } from './relevant.js';
import { rollOutOf } from './roll-out.js';
import { addRotation } from './rotation.js';
import { addRounds } from './rounds.js';
import { secretIssues } from './secrets.js';
import { addServices } from './services.js';
import { CHANGING, type Plan, type PlanIssue } from './types.js';
import { versionIssues } from './versions.js';
import type { NodeWork } from './work.js';

/**
 * The steps from what the hosts are to what the document says. Pure: the same document and the same facts give the
 * same plan with the same id. Blockers and conflicts are issues of the plan, never thrown.
 */
export function planApply(topology: Topology, facts: Facts, options: PlanOptions = {}): Plan {
  const builder = new PlanBuilder();
  const nodes = desiredNodes(topology, foundOf(topology, facts));
  documentIssues(topology, nodes, builder);
  versionIssues(topology, nodes, facts, builder);
  const unpulled = pullWarning(nodes, facts, options.archive === true);
  if (unpulled !== null) builder.issue(unpulled);
  const unproven = archiveBlocker(nodes, facts, options.archiveKnown);
  if (unproven !== null) builder.issue(unproven);
  const rollOut = rollOutOf(nodes, facts);
  secretIssues(topology, nodes, facts, rollOut, options.secrets, builder);
  // A client needs its token to start: tokens are made by the servers first.
  const locked = topology.secure.acl && rollOut.active.size === 0;
  // One datacenter after the other, the primary first, as Consul's own instructions have it.
  let turn: readonly string[] = [];
  const planned = topology.datacenters.map((datacenter) => {
    const made = planDatacenter(
      nodes.filter((node) => node.datacenter === datacenter.name),
      facts,
      { ...options, rollOut, locked, turn, rejoinAge: topology.serverRejoinAgeMax },
      builder,
    );
    turn = [...turn, ...made.quorum];
    return made;
  });
  const works = planned.flatMap((datacenter) => datacenter.works);
  const proven = planned.flatMap(({ quorum }) => quorum);
  const makeTokens = (needs: readonly string[]) =>
    addTokens(builder, topology, works, needs, options.secrets?.resetAcl === true);
  if (rollOut.active.size > 0) addRounds(builder, works, rollOut, proven, makeTokens);
  else if (options.secrets?.rotate === true) addRotation(builder, works, options.secrets, proven);
  const tokenless = rollOut.active.size > 0 ? [] : withoutToken(works, options.secrets);
  const reset = rollOut.active.size === 0 && options.secrets?.resetAcl === true;
  const rights = locked && needsMoreRights(works);
  const known = tokenless.length === 0 && !reset && !rights ? proven : makeTokens(proven);
  const federated =
    topology.datacenters.length > 1 && planned.some(({ started }) => started.length > 0)
      ? addFederation(
          builder,
          nodes,
          works.map((work) => work.node),
          known,
        )
      : [];
  const given =
    tokenless.length === 0
      ? rights
        ? known
        : proven
      : [...known, ...addAgentTokens(tokenless.filter(hasAgent), [...known, ...federated])];
  const began: string[] = [];
  if (locked)
    for (const { name } of topology.datacenters) {
      const same = works.filter((work) => work.node.datacenter === name);
      const clients = startClients(same, facts, given);
      // Only with tokens the servers tell who is a member.
      if (same.length > 0 && tokenless.length + clients.length > 0)
        addQuorum(builder, same, [...given, ...clients]);
      if (clients.length > 0) addNetworkChecks(builder, same, clients);
      began.push(...clients);
    }
  const rolling = rollOut.active.has('acl');
  addServices(works, topology.secure.acl, {
    late: rolling,
    tokens: rolling || tokenless.length > 0 || reset ? (rolling ? [] : given) : undefined,
    proven: [...proven, ...began],
    makeTokens,
  });
  addNames(builder, works);
  for (const { name } of topology.datacenters)
    addMinQuorum(
      builder,
      nodes.filter(({ datacenter }) => datacenter === name),
      facts,
      works,
      options.minQuorum,
    );
  writesStop(builder, nodes, facts);
  return finishPlan('apply', topology, facts, builder);
}

/** Seals a plan: its id is the digest of all that it holds. */
export function finishPlan(kind: Plan['kind'], topology: Topology, facts: Facts, builder: PlanBuilder): Plan {
  if (builder.steps.some((step) => CHANGING.has(step.action.kind)))
    builder.issue({
      severity: 'note',
      code: 'lock',
      message: `While this runs, ${lockPath(topology.id)} on each host that changes keeps others from changing it; it is removed at the end.`,
    });
  const body = {
    version: 1 as const,
    kind,
    clusterId: topology.id,
    clusterName: topology.name,
    documentDigest: digestOf(topology),
    factsDigest: factsDigest(facts),
    issues: builder.issues,
    steps: builder.steps,
  };
  return { ...body, id: digestOf(body) };
}

/** Number of steps that change a host; 0 when the hosts already are as the document says. */
export function changeCount(plan: Plan): number {
  return plan.steps.filter((step) => CHANGING.has(step.action.kind)).length;
}

/** What keeps a plan from being applied. */
export const stoppers = (plan: Pick<Plan, 'issues'>): readonly PlanIssue[] =>
  plan.issues.filter(({ severity }) => severity === 'blocker' || severity === 'conflict');

/** Whether the hosts are as the document says: nothing to change, nothing in the way, and every host was seen. */
export const isAsWanted = (plan: Plan): boolean =>
  changeCount(plan) === 0 &&
  stoppers(plan).length === 0 &&
  !plan.issues.some(({ code }) => code === 'host-unreachable');

function reachable(
  nodes: readonly DesiredNode[],
  facts: Facts,
  builder: PlanBuilder,
): [DesiredNode, ReachableFacts][] {
  return nodes.flatMap((node): [DesiredNode, ReachableFacts][] => {
    const found = facts[node.host];
    if (found?.reachable === true) return [[node, found]];
    builder.issue({
      severity: 'confirm',
      code: 'host-unreachable',
      host: node.host,
      message: `${node.host} cannot be reached: ${found?.error.message ?? 'no facts'}; nothing is done there`,
      ...(found?.error.hint === undefined ? {} : { hint: found.error.hint }),
    });
    return [];
  });
}

/** A server, which is started without its token, or a client that runs already. */
const hasAgent = ({ node, need }: NodeWork): boolean =>
  node.role === 'server' || need === 'none' || need === 'later';

/** Starts the clients of a cluster with ACLs once there are tokens: without one they get no certificate from the servers. */
function startClients(works: readonly NodeWork[], facts: Facts, needs: readonly string[]): readonly string[] {
  const clients = works.filter((work) => work.node.role === 'client');
  const live = hasBootstrapped(
    works.map(({ node }) => node),
    facts,
  );
  return addContainers(clients, live, needs);
}

/** What was planned for a datacenter: its nodes that can be worked on, and ids of steps. */
interface PlannedDatacenter {
  readonly works: readonly NodeWork[];
  readonly started: readonly string[];
  /** The step that proves its quorum. */
  readonly quorum: readonly string[];
}

interface DatacenterOptions extends Omit<NodeOptions, 'live' | 'follows' | 'refused'> {
  /** ACLs are on: clients are started later, see {@link startClients}. */
  readonly locked: boolean;
  /** Steps of the datacenters before this one: agents that run are stopped only after them. */
  readonly turn: readonly string[];
  /** The document's serverRejoinAgeMax. */
  readonly rejoinAge?: string | undefined;
}

function planDatacenter(
  nodes: readonly DesiredNode[],
  facts: Facts,
  options: DatacenterOptions,
  builder: PlanBuilder,
): PlannedDatacenter {
  const bootstrapped = hasBootstrapped(nodes, facts);
  const follows = followsServers(nodes, facts, options.minQuorum);
  const refused = refusedServers(nodes, facts, options.rejoinAge);
  askToStart(builder, nodes[0]?.datacenter ?? '', refused);
  const works: NodeWork[] = [];
  for (const [node, found] of reachable(nodes, facts, builder)) {
    const work = planNode(node, found, facts, { ...options, follows, refused, live: bootstrapped }, builder);
    if (work !== null) works.push(work);
  }
  if (works.length === 0) return { works, started: [], quorum: [] };
  const now = (role: DesiredNode['role']): boolean => !options.locked || role === 'server';
  const begun = works.filter(({ node }) => now(node.role));
  const started = addContainers(begun, bootstrapped, [], options.turn);
  const fresh = begun.some((work) => work.need === 'run' || work.need === 'start');
  const joined = fresh ? addJoin(builder, begun, []) : undefined;
  if (joined !== undefined) gateOn(builder, joined, started);
  // Unreachable servers are still expected: quorum is what the document says, not what we could reach.
  const away = missing(nodes, works, facts).filter(({ node }) => now(node.role));
  const quorum = addQuorum(builder, [...begun, ...away], started);
  if (started.length > 0) addNetworkChecks(builder, begun, started);
  return { works, started, quorum: [quorum] };
}

/** The join starts once the containers were attempted, whether or not one of them failed. */
function gateOn(builder: PlanBuilder, id: string, after: readonly string[]): void {
  const index = builder.steps.findIndex((step) => step.id === id);
  const step = builder.steps[index];
  if (step !== undefined) builder.steps[index] = { ...step, startAfter: after };
}

function missing(nodes: readonly DesiredNode[], works: readonly NodeWork[], facts: Facts): NodeWork[] {
  const sample = works[0];
  if (sample === undefined) return [];
  return nodes
    .filter((node) => !works.some((work) => work.node === node) && facts[node.host]?.reachable !== true)
    .map((node) => ({
      ...sample,
      node,
      existing: undefined,
      aside: undefined,
      need: 'none' as const,
      why: [],
    }));
}
