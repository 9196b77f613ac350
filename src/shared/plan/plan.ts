import { capability, flagName, imageFamily, knowsFlag, listensOn, takesOption } from '../consul/index.js';
import { desiredNodes, HTTPS_PORT } from '../desired/index.js';
import { CLUSTER_LABEL } from '../desired/labels.js';
import type { DesiredNode } from '../desired/types.js';
import { digestOf } from '../digest.js';
import type { Topology } from '../topology/types.js';
import { addAgentTokens, addTokens, needsMoreRights, withoutToken } from './acl.js';
import { addMinQuorum, followsServers, newlyFollows } from './autopilot.js';
import { Lane, PlanBuilder } from './builder.js';
import {
  addContainers,
  addFederation,
  addJoin,
  addNetworkChecks,
  addQuorum,
  containerNeed,
  hasBootstrapped,
  type NodeWork,
  writesStop,
} from './cluster-steps.js';
import { isOurs } from './compare.js';
import { addDnsRules, addNames } from './dns.js';
import { dnsBlockers, dnsNotes, restartIssue } from './dns-issues.js';
import { dnsChanges, dnsNeed } from './dns-need.js';
import type { Facts, ReachableFacts } from './facts.js';
import { foundOf } from './found.js';
import {
  addFiles,
  addFirewall,
  addRecord,
  addVolume,
  fileNeeds,
  firewallNeed,
  type HostInput,
  recordedState,
} from './host-steps.js';
import { type ArchiveKnown, addImage, archiveBlocker, imageBlocker, pullWarning } from './image.js';
import {
  adoptedCannot,
  conflicts,
  existingContainer,
  grpcBlocker,
  hostBlockers,
  leftAside,
  upgradeBlocker,
} from './issues.js';
import { lockPath } from './lock.js';
import {
  addRejoin,
  askToStart,
  type Refused,
  refusedBlocker,
  refusedServers,
  unsentAge,
} from './rejoin-age.js';
import { factsDigest } from './relevant.js';
import { type RollOut, rollOutOf } from './roll-out.js';
import { addRotation } from './rotation.js';
import { addRounds } from './rounds.js';
import { addReload, addSecretFiles, type PlanSecrets, secretIssues, secretNeeds } from './secrets.js';
import { addServiceFiles, addServices, serviceIssues, servicesNeed } from './services.js';
import { CHANGING, type Plan, type PlanIssue } from './types.js';
import { versionBlocker, versionIssues } from './versions.js';

export interface PlanOptions {
  /** Take over containers of the desired names that Raftyard did not make, as they are. */
  readonly adopt?: boolean;
  /** An image archive is at hand on this computer: images are loaded from it instead of pulled. */
  readonly archive?: boolean;
  /** What is known of that archive; needed where the image is pinned. */
  readonly archiveKnown?: ArchiveKnown;
  /** The cluster's secrets, as far as a plan may know them; needed where the document asks for some. */
  readonly secrets?: PlanSecrets;
  /** From now on autopilot's MinQuorum is the number of servers, and follows it. */
  readonly minQuorum?: boolean;
}

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
      : addAgentTokens(tokenless.filter(hasAgent), [...known, ...federated]);
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

/** What an open API means depends on what guards it. */
function exposedIssue({ secure }: Topology, builder: PlanBuilder): void {
  const port = secure.tls ? HTTPS_PORT : 8500;
  const open = `Port ${port} is open to everyone who can reach the hosts`;
  const [severity, rest] = !secure.acl
    ? (['confirm', 'without ACLs they control the cluster'] as const)
    : secure.tls
      ? (['note', 'what they may do, their tokens say'] as const)
      : (['confirm', 'without TLS tokens cross the network readable'] as const);
  builder.issue({ severity, code: 'api-exposed', message: `${open}; ${rest}.` });
}

/** Ports that follow the API's address, and so are open with it where no firewall of ours keeps them shut. */
function exposedWithIt({ dns, firewall }: Topology, server: DesiredNode, builder: PlanBuilder): void {
  if (firewall === 'open') return;
  const ports = listensOn({ family: imageFamily(server.container.image, server.version), role: 'server' })
    .map(({ port }) => port)
    // The addresses that DNS answers on are the document's own, where it says something of them.
    .filter((port) => port === 8503 || (port === 8600 && dns === undefined));
  if (ports.length === 0) return;
  builder.issue({
    severity: 'note',
    code: 'api-exposed-ports',
    message: `The servers’ ${ports.join(' and ')} are open with the API, unless the hosts’ own firewalls keep them shut: DNS, and from Consul 1.14 on gRPC`,
  });
}

/** The risks that the document itself chooses: stated, and confirmed before anything runs. */
function documentIssues(topology: Topology, nodes: readonly DesiredNode[], builder: PlanBuilder): void {
  const confirm = (code: string, message: string): void =>
    builder.issue({ severity: 'confirm', code, message });
  if (topology.api === 'exposed') {
    exposedIssue(topology, builder);
    const server = nodes.find(({ role }) => role === 'server');
    if (server !== undefined) exposedWithIt(topology, server, builder);
  }
  if (topology.firewall === 'disable')
    confirm(
      'firewall-disable',
      'The firewall of every host is stopped and disabled; no port is protected afterwards.',
    );
  if (topology.data === 'anonymous')
    confirm(
      'data-anonymous',
      'The Raft state lies on an anonymous volume and is lost when a container is re-created.',
    );
  for (const issue of optionIssues(topology, nodes)) builder.issue(issue);
  unsentAge(nodes, topology.serverRejoinAgeMax, builder);
}

/** Options that are not sent, since a node's Consul would not start with them: each once, however many nodes have it. */
function optionIssues({ agentOptions, datacenters }: Topology, nodes: readonly DesiredNode[]): PlanIssue[] {
  const own = new Map(
    datacenters.flatMap((datacenter) => datacenter.nodes.map((node) => [node.name, node.agentOptions])),
  );
  const issues = nodes.flatMap(({ node, version }) =>
    version === undefined
      ? []
      : [...agentOptions, ...(own.get(node) ?? [])]
          .filter((option) => !takesOption({ version }, option))
          .map((option) => optionIssue(version, option)),
  );
  return [...new Map(issues.map((issue) => [issue.message, issue])).values()];
}

function optionIssue(version: string, option: string): PlanIssue {
  const issue = { severity: 'warning', code: 'option-unknown' } as const;
  const name = flagName(option);
  const values = capability('flag', name)?.only?.values.join(', ');
  if (!knowsFlag(version, option) || values === undefined)
    return {
      ...issue,
      message: `-${name} is not sent: Consul ${version} does not know it and would not start with it`,
    };
  return {
    ...issue,
    code: 'option-value',
    message: `${option} is not sent: Consul ${version} takes no other value than ${values} and would not start with it`,
  };
}

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

interface NodeOptions extends PlanOptions {
  readonly rollOut: RollOut;
  /** ACLs are on: clients are started later, see {@link startClients}. */
  readonly locked: boolean;
  /** Steps of the datacenters before this one: agents that run are stopped only after them. */
  readonly turn: readonly string[];
  /** MinQuorum of the datacenter follows the number of its servers. */
  readonly follows?: boolean;
  /** The document's serverRejoinAgeMax. */
  readonly rejoinAge?: string | undefined;
  /** Servers that Consul would refuse to start. */
  readonly refused?: Refused;
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

function planDatacenter(
  nodes: readonly DesiredNode[],
  facts: Facts,
  options: NodeOptions,
  builder: PlanBuilder,
): PlannedDatacenter {
  const bootstrapped = hasBootstrapped(nodes, facts);
  const follows = followsServers(nodes, facts, options.minQuorum);
  const refused = refusedServers(nodes, facts, options.rejoinAge);
  askToStart(builder, nodes[0]?.datacenter ?? '', refused);
  const works: NodeWork[] = [];
  for (const [node, found] of reachable(nodes, facts, builder)) {
    const work = planNode(node, found, facts, { ...options, follows, refused }, builder, bootstrapped);
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

function planNode(
  node: DesiredNode,
  facts: ReachableFacts,
  all: Facts,
  options: NodeOptions,
  builder: PlanBuilder,
  bootstrapped: boolean,
): NodeWork | null {
  const archive = options.archive === true;
  const existing = existingContainer(node, facts);
  const foreign = existing !== undefined && !isOurs(existing, node);
  const recorded = facts.workdir.state?.adopted === true && facts.workdir.state.clusterId === node.clusterId;
  const adopted = foreign && (recorded || options.adopt === true);
  const lane = new Lane(builder, node);
  const dns = dnsNeed(node, facts);
  const input: HostInput = {
    node,
    facts,
    all,
    lane,
    adopted,
    archive,
    ...(dns === undefined ? {} : { dns }),
    minQuorum: options.follows === true,
  };

  const blockers = hostBlockers(node, facts, foreign && !adopted ? undefined : existing);
  const extra = [
    imageBlocker(node, facts, archive),
    grpcBlocker(node),
    versionBlocker(node),
    foreign ? null : upgradeBlocker(node, facts, existing),
  ];
  const stopping = [
    ...blockers,
    ...(adopted && node.secret !== undefined ? [adoptedCannot(node)] : []),
    ...extra.flatMap((issue) => (issue === null ? [] : [issue])),
    ...conflicts(input, existing),
    ...(options.refused === undefined ? [] : refusedBlocker(node, options.refused)),
    ...dnsBlockers(node, facts, adopted),
    ...restartIssue(node, facts, dns),
    ...dnsNotes(node, facts, dns),
  ];
  for (const issue of stopping) builder.issue(issue);
  if (stopping.some((issue) => issue.severity === 'blocker' || issue.severity === 'conflict')) return null;
  const aside = leftAside(node, facts, existing);
  for (const orphan of facts.containers) {
    if (orphan.labels[CLUSTER_LABEL] === node.clusterId && orphan !== existing && orphan !== aside)
      builder.issue({
        severity: 'warning',
        code: 'orphan',
        host: node.host,
        message: `${orphan.name} belongs to this cluster but to no node of the document; destroy removes it`,
      });
  }

  const firewall = firewallNeed(input);
  const runs = existing?.running === true;
  const secrets = secretNeeds(input, options.rollOut, options.secrets, runs);
  const services = servicesNeed(input, options.secrets);
  serviceIssues(node, facts, existing, adopted, builder);
  // While ACLs are turned on, the files stay until every agent has its token.
  const servicesNow = !options.rollOut.active.has('acl');
  const { need, why } = containerNeed(node, facts, existing, adopted, bootstrapped);
  if (need === 'later')
    builder.issue({
      severity: 'note',
      code: 'at-next-re-creation',
      host: node.host,
      message: `${node.node}: the bootstrap flags differ from the document; they take effect when the container is next re-created, and do not matter until then`,
    });
  if (need === 'replace' && node.volume === undefined)
    builder.issue({
      severity: 'confirm',
      code: 'data-loss',
      host: node.host,
      message: `${node.node} is re-created on an anonymous volume: its Raft state is lost and it comes back under a new node ID`,
    });

  const touchesFirewall = firewall.missing.length > 0 || firewall.disable || firewall.enable;
  const creating = need === 'run' || need === 'replace';
  const newlyAdopted = adopted && !recorded;
  const changes =
    creating ||
    need === 'start' ||
    aside !== undefined ||
    touchesFirewall ||
    fileNeeds(input).length > 0 ||
    secrets.length > 0 ||
    services.secret !== undefined ||
    services.unwanted.length > 0 ||
    newlyAdopted ||
    (options.minQuorum === true && newlyFollows(input)) ||
    dnsChanges(dns);
  if (changes) addRecord(input, firewall);
  if (newlyAdopted && existing !== undefined)
    lane.add(
      { kind: 'adopt', id: existing.id, name: existing.name },
      {
        title: `Adopt the running container ${existing.name}`,
        before: 'unknown to Raftyard',
        after: 'recorded as part of this cluster; container and volume stay as they are',
        risk: 'none',
        needsRoot: true,
        undo: 'destroy leaves an adopted container alone',
      },
    );
  addFirewall(input, firewall);
  if (dns !== undefined) addDnsRules(lane, facts, dns.rules);
  addFiles(input);
  addSecretFiles(lane, secrets, options.rollOut, runs && need !== 'replace');
  if (servicesNow) addServiceFiles(lane, services);
  const goesOn = (need === 'none' || need === 'later') && options.rollOut.active.size === 0;
  if (goesOn && secrets.some(({ path }) => path !== node.secret?.path)) addReload(lane);
  if (creating) {
    addImage(input);
    addVolume(input);
  }
  if (options.refused !== undefined) addRejoin(lane, node, existing, options.refused);
  const names = dns === undefined ? {} : { names: { need: dns, state: recordedState(input, firewall) } };
  return { node, facts, lane, existing, aside, need, why, services, ...names };
}
