/** What has to happen on one host: its steps as far as they wait for nobody else, and what is left for its agent's turn. */
import { LAST_STAGE } from '../desired/index.js';
import { CLUSTER_LABEL } from '../desired/labels.js';
import type { DesiredNode } from '../desired/types.js';
import { newlyFollows } from './autopilot.js';
import { Lane, type PlanBuilder } from './builder.js';
import { containerNeed } from './cluster-steps.js';
import { isOurs } from './compare.js';
import { addDnsRules } from './dns.js';
import { dnsBlockers, dnsNotes, restartIssue } from './dns-issues.js';
import { dnsChanges, dnsNeed } from './dns-need.js';
import type { ContainerFacts, Facts, ReachableFacts } from './facts.js';
import {
  addFiles,
  addFirewall,
  addRecord,
  addRecordBeforeTurn,
  addVolume,
  firewallNeed,
  type HostInput,
  recordedState,
} from './host-steps.js';
import { type ArchiveKnown, addImage, imageBlocker } from './image.js';
import {
  adoptedCannot,
  conflicts,
  existingContainer,
  grpcBlocker,
  hostBlockers,
  leftAside,
  upgradeBlocker,
} from './issues.js';
import { addRejoin, type Refused, refusedBlocker } from './rejoin-age.js';
import { inForceBefore, type RollOut, reachedOf } from './roll-out.js';
import { addReload, addSecretFiles, type PlanSecrets, secretNeeds } from './secrets.js';
import { addServiceFiles, NO_SERVICES, serviceIssues, servicesNeed } from './services.js';
import { hasFiles } from './turn.js';
import type { PlanIssue } from './types.js';
import { versionBlocker } from './versions.js';
import type { Need, NodeWork, TurnFiles } from './work.js';

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

export interface NodeOptions extends PlanOptions {
  readonly rollOut: RollOut;
  /** The datacenter lives: agents that run are stopped one after the other. */
  readonly live: boolean;
  /** MinQuorum of the datacenter follows the number of its servers. */
  readonly follows: boolean;
  /** Servers that Consul would refuse to start. */
  readonly refused: Refused;
}

/** What stops work on a host, or deserves a word first. */
function firstIssues(
  input: HostInput,
  existing: ContainerFacts | undefined,
  foreign: boolean,
  refused: Refused,
): readonly PlanIssue[] {
  const { node, facts, adopted, archive, dns } = input;
  const extra = [
    imageBlocker(node, facts, archive),
    grpcBlocker(node),
    versionBlocker(node),
    foreign ? null : upgradeBlocker(node, facts, existing),
  ];
  return [
    ...hostBlockers(node, facts, foreign && !adopted ? undefined : existing),
    ...(adopted && node.secret !== undefined ? [adoptedCannot(node)] : []),
    ...extra.flatMap((issue) => (issue === null ? [] : [issue])),
    ...conflicts(input, existing),
    ...refusedBlocker(node, refused),
    ...dnsBlockers(node, facts, adopted),
    ...restartIssue(node, facts, dns),
    ...dnsNotes(node, facts, dns),
  ];
}

/** Containers of this cluster that no node of the document has. */
const orphans = (
  { node, facts }: HostInput,
  known: readonly (ContainerFacts | undefined)[],
): readonly PlanIssue[] =>
  facts.containers
    .filter((container) => container.labels[CLUSTER_LABEL] === node.clusterId && !known.includes(container))
    .map(({ name }) => ({
      severity: 'warning',
      code: 'orphan',
      host: node.host,
      message: `${name} belongs to this cluster but to no node of the document; destroy removes it`,
    }));

/** What should be known of a container that is re-created, or is not yet. */
function containerIssues(node: DesiredNode, need: Need): readonly PlanIssue[] {
  if (need === 'later')
    return [
      {
        severity: 'note',
        code: 'at-next-re-creation',
        host: node.host,
        message: `${node.node}: the bootstrap flags differ from the document; they take effect when the container is next re-created, and do not matter until then`,
      },
    ];
  if (need === 'replace' && node.volume === undefined)
    return [
      {
        severity: 'confirm',
        code: 'data-loss',
        host: node.host,
        message: `${node.node} is re-created on an anonymous volume: its Raft state is lost and it comes back under a new node ID`,
      },
    ];
  return [];
}

function addAdoption(lane: Lane, { id, name }: ContainerFacts): void {
  lane.add(
    { kind: 'adopt', id, name },
    {
      title: `Adopt the running container ${name}`,
      before: 'unknown to Raftyard',
      after: 'recorded as part of this cluster; container and volume stay as they are',
      risk: 'none',
      needsRoot: true,
      undo: 'destroy leaves an adopted container alone',
    },
  );
}

/**
 * Adds what can be done on a host before its agent's turn, with every issue of it.
 * @returns what is known of the node; null where something is in the way, and nothing is done there
 */
export function planNode(
  node: DesiredNode,
  facts: ReachableFacts,
  all: Facts,
  { live, rollOut, ...options }: NodeOptions,
  builder: PlanBuilder,
): NodeWork | null {
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
    archive: options.archive === true,
    ...(dns === undefined ? {} : { dns }),
    minQuorum: options.follows,
  };

  const issues = firstIssues(input, existing, foreign, options.refused);
  for (const issue of issues) builder.issue(issue);
  if (issues.some(({ severity }) => severity === 'blocker' || severity === 'conflict')) return null;
  const aside = leftAside(node, facts, existing);
  for (const orphan of orphans(input, [existing, aside])) builder.issue(orphan);

  const { need, why } = containerNeed(node, facts, existing, adopted, live);
  const firewall = firewallNeed(input);
  const runs = existing?.running === true;
  // A client that is re-created comes after the tokens, and begins with its own.
  const hasToken = runs && !(need === 'replace' && node.role === 'client');
  const secrets = secretNeeds(input, rollOut, options.secrets, hasToken);
  const services = servicesNeed(input, options.secrets);
  serviceIssues(node, facts, existing, adopted, builder);
  for (const issue of containerIssues(node, need)) builder.issue(issue);

  const creating = need === 'run' || need === 'replace';
  const newlyAdopted = adopted && !recorded;
  // While ACLs are turned on, the files of services stay until every agent has its token.
  const servicesNow = rollOut.active.has('acl') ? NO_SERVICES : services;
  const files: TurnFiles = { input, firewall, secrets, services: servicesNow };
  const waits = runs && need !== 'replace' && rollOut.active.size > 0;
  const stops = waits ? reachedOf(rollOut, node.node) < LAST_STAGE : live && need === 'replace';
  const turn = stops && hasFiles(files) ? files : undefined;
  const changes =
    creating ||
    need === 'start' ||
    aside !== undefined ||
    firewall.missing.length > 0 ||
    firewall.disable ||
    firewall.enable ||
    hasFiles({ ...files, services }) ||
    newlyAdopted ||
    (options.minQuorum === true && newlyFollows(input)) ||
    dnsChanges(dns);
  if (turn !== undefined) addRecordBeforeTurn(input, firewall);
  else if (changes) addRecord(input, recordedState(input, firewall));
  if (newlyAdopted && existing !== undefined) addAdoption(lane, existing);
  addFirewall(input, firewall);
  if (dns !== undefined) addDnsRules(lane, facts, dns.rules);
  if (turn === undefined) {
    addFiles(input);
    addSecretFiles(lane, secrets, waits ? inForceBefore(rollOut, node.node, 1) : undefined);
    addServiceFiles(lane, servicesNow);
  }
  const goesOn = (need === 'none' || need === 'later') && rollOut.active.size === 0;
  if (goesOn && secrets.some(({ path }) => path !== node.secret?.path)) addReload(lane);
  if (creating) {
    addImage(input);
    addVolume(input);
  }
  addRejoin(lane, node, existing, options.refused);
  return {
    node,
    facts,
    lane,
    existing,
    aside,
    need,
    why,
    services,
    ...(turn === undefined ? {} : { turn }),
    ...(dns === undefined ? {} : { names: { need: dns, state: recordedState(input, firewall) } }),
  };
}
