/** Steps for containers and for the cluster as a whole: run, replace one by one, join, quorum, network. */
import { joinAddress } from '../consul/index.js';
import { DOCKER_SOCKET, mountText } from '../desired/index.js';
import type { DesiredContainer, DesiredNode } from '../desired/types.js';
import { commandLine } from '../shell/quote.js';
import type { Lane, PlanBuilder } from './builder.js';
import { containerDifference, staleConfiguration } from './compare.js';
import type { ContainerFacts, Facts, ReachableFacts } from './facts.js';
import { notPinned, versionToCome } from './image.js';
import { addTurn } from './turn.js';
import type { Risk } from './types.js';
import type { Need, NodeWork } from './work.js';

/** The `docker run` that a container stands for, as a person would type it. */
export function dockerRun(container: DesiredContainer): string[] {
  return [
    'docker',
    'run',
    '-d',
    '--restart',
    container.restart,
    '-h',
    container.hostname,
    `--net=${container.networkMode}`,
    '--name',
    container.name,
    ...Object.entries(container.labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
    ...container.env.flatMap((entry) => ['-e', entry]),
    ...container.mounts.flatMap((mount) => ['-v', mountText(mount)]),
    ...(container.dockerUser === undefined ? [] : ['--user', `${container.dockerUser}:DOCKER_GID`]),
    container.image,
    ...container.command,
  ];
}

/** The same in one line. */
function runLine(container: DesiredContainer): string {
  const group = container.dockerUser === undefined ? '' : `   # DOCKER_GID: stat -c %g ${DOCKER_SOCKET}`;
  return `${commandLine(dockerRun(container))}${group}`;
}

/** What has to happen with a node's container. A cluster that has bootstrapped is not touched for bootstrap flags. */
export function containerNeed(
  node: DesiredNode,
  facts: ReachableFacts,
  existing: ContainerFacts | undefined,
  adopted: boolean,
  bootstrapped: boolean,
): { need: Need; why: readonly string[] } {
  if (existing === undefined) return { need: 'run', why: [] };
  if (!adopted) {
    const difference = containerDifference(
      existing,
      node.container,
      staleConfiguration(node, facts, existing),
    );
    const unpinned = notPinned(node, facts, existing);
    const now = [...(unpinned === null ? [] : [unpinned]), ...(difference?.now ?? [])];
    if (now.length > 0) return { need: 'replace', why: now };
    if (difference?.bootstrapOnly === true && !bootstrapped)
      return { need: 'replace', why: ['bootstrap flags'] };
    if (difference?.bootstrapOnly === true && existing.running)
      return { need: 'later', why: ['bootstrap flags'] };
  }
  return { need: existing.running ? 'none' : 'start', why: [] };
}

/** Adds the container steps of a datacenter; servers that only have to start, start together. */
export function addContainers(
  works: readonly NodeWork[],
  live: boolean,
  /** Steps that must be done first. */
  after: readonly string[] = [],
  /** Steps that must be done before an agent that runs is stopped: another datacenter's turn. */
  turn: readonly string[] = [],
): string[] {
  const ready = works.flatMap((work) => (work.lane.last === undefined ? [] : [work.lane.last]));
  const started: string[] = [];
  for (const { node, lane, existing, aside, need } of works) {
    if (need === 'run') {
      started.push(
        lane.add(
          { kind: 'container-run', container: node.container },
          {
            title: `Start ${node.role} ${node.node} (container ${node.container.name})`,
            before: 'no container',
            after: `${node.container.name} running ${node.container.image}`,
            commands: [runLine(node.container)],
            needs: after,
            startAfter: ready,
            undo: 'destroy removes it',
          },
        ),
      );
    } else if (need === 'start' && existing !== undefined) {
      started.push(
        lane.add(
          { kind: 'container-start', name: existing.name, id: existing.id },
          {
            title: `Start ${existing.name} again`,
            before: 'stopped',
            after: 'running',
            commands: [commandLine(['docker', 'start', existing.name])],
            needs: after,
            startAfter: ready,
          },
        ),
      );
    }
    // After the start: were that to fail, the old container would still be there.
    if (aside !== undefined)
      addRemoval(lane, aside, {
        risk: 'low',
        note: 'A re-creation that was cut short left it; its successor is there.',
      });
  }
  return [...started, ...addReplacements(works, live, [...started, ...after, ...turn])];
}

/** Adds the step that stops and removes a container. */
export function addRemoval(
  lane: Lane,
  { name, id, running }: ContainerFacts,
  more: { readonly risk: Risk; readonly note?: string },
): void {
  lane.add(
    { kind: 'container-remove', name, id },
    {
      title: `Remove the container ${name}`,
      before: running ? 'running' : 'stopped',
      after: 'absent',
      ...more,
      commands: [commandLine(['docker', 'stop', name]), commandLine(['docker', 'rm', name])],
    },
  );
}

/**
 * A server that is down first: while it is, no other can be spared. Then followers, the leader, and the clients: a client that is newer than its servers gets wrong answers from them.
 * Source: https://developer.hashicorp.com/consul/docs/upgrade/instructions/general
 */
export function inTurn(works: readonly NodeWork[]): NodeWork[] {
  const isLeader = (work: NodeWork): boolean => {
    const leader = work.facts.agent?.leader ?? '';
    return leader !== '' && leader.startsWith(`${work.node.advertise}:`);
  };
  const rank = ({ node, existing }: NodeWork, leads: boolean): number =>
    node.role === 'client' ? 3 : existing?.running === false ? 0 : leads ? 2 : 1;
  return [...works].sort((a, b) => rank(a, isLeader(a)) - rank(b, isLeader(b)));
}

/** How the agents of a cluster that lives are stopped, in words. */
export const ONE_AT_A_TIME =
  'One agent at a time: servers first, the leader last, then clients. A server is stopped only while the others hold quorum without it, healthy and caught up, and the next waits until it is back.';

/** Steps that stop an agent that runs, and start it again. */
const STOPS: ReadonlySet<string> = new Set(['container-replace', 'container-restart', 'engine-dns']);

/** Where there are one or two servers, none can be spared without that writes stop: said, and agreed to. */
export function writesStop(builder: PlanBuilder, nodes: readonly DesiredNode[], facts: Facts): void {
  for (const datacenter of new Set(nodes.map((node) => node.datacenter))) {
    const same = nodes.filter((node) => node.datacenter === datacenter);
    const servers = same.filter(({ role }) => role === 'server').map(({ node }) => node);
    if (servers.length > 2 || !hasBootstrapped(same, facts)) continue;
    const stopped = builder.steps.flatMap(({ node, action }) =>
      node !== undefined && servers.includes(node) && STOPS.has(action.kind) ? [node] : [],
    );
    if (stopped.length === 0) continue;
    builder.issue({
      severity: 'confirm',
      code: 'writes-stop',
      message: `${datacenter} has ${servers.length === 1 ? 'one server' : 'two servers'}: while ${[...new Set(stopped)].join(' or ')} is away, nothing can be written there`,
    });
  }
}

function addReplacements(works: readonly NodeWork[], live: boolean, started: readonly string[]): string[] {
  const ordered = inTurn(works.filter((work) => work.need === 'replace'));
  const ids: string[] = [];
  let gate: readonly string[] = started;
  for (const work of ordered) {
    const { node, lane, existing } = work;
    if (existing === undefined) continue;
    if (work.turn !== undefined) addTurn(lane, work.turn, gate);
    const version = versionToCome(node, work.facts);
    const id = lane.add(
      {
        kind: 'container-replace',
        container: node.container,
        oldId: existing.id,
        ...(version === undefined ? {} : { version }),
        live,
      },
      {
        title: `Re-create ${node.role} ${node.node}`,
        before: `${existing.name} (${existing.image})`,
        after: `${node.container.name}: ${work.why.join(', ')}`,
        risk: 'medium',
        note: live ? ONE_AT_A_TIME : '',
        commands: [
          commandLine(['docker', 'stop', existing.name]),
          runLine(node.container),
          commandLine(['docker', 'rm', existing.name]),
        ],
        needs: live ? gate : [],
      },
    );
    ids.push(id);
    // The step itself proves that its agent is back, and that all servers are well.
    if (live) gate = [id];
  }
  return ids;
}

/** Waits until every server of the datacenter agrees on a leader, all are voters and all members are alive. */
export function addQuorum(
  builder: PlanBuilder,
  works: readonly NodeWork[],
  needs: readonly string[],
): string {
  const servers = works.filter((work) => work.node.role === 'server');
  const first = servers[0] ?? works[0];
  const names = servers.map((work) => work.node.node);
  const datacenter = first?.node.datacenter ?? '';
  return builder.add(
    first?.node.host ?? '',
    {
      kind: 'quorum',
      datacenter,
      servers: names,
      members: works.map((work) => work.node.node),
    },
    {
      title: `Wait for quorum in ${datacenter}`,
      before: 'asked of Consul itself',
      after: `${names.length} ${names.length === 1 ? 'server agrees' : 'servers agree'} on one leader, all voters, all members alive`,
      risk: 'none',
      commands: ['consul operator raft list-peers', 'consul members'],
      needs,
    },
  );
}

export function addJoin(
  builder: PlanBuilder,
  works: readonly NodeWork[],
  needs: readonly string[],
): string | undefined {
  const servers = works.filter((work) => work.node.role === 'server');
  const first = servers.find((work) => work.node.bootstrapFlag) ?? servers[0];
  const others = works.filter((work) => work !== first).map((work) => work.node.advertise);
  if (first === undefined || others.length === 0) return undefined;
  return builder.add(
    first.node.host,
    { kind: 'join', addresses: others },
    {
      node: first.node.node,
      title: 'Join the others as soon as the agent answers',
      before: 'each agent alone',
      after: `one LAN gossip pool: ${others.join(', ')}`,
      risk: 'none',
      note: '-retry-join does the same a little later; this saves its first interval.',
      commands: [commandLine(['docker', 'exec', first.node.container.name, 'consul', 'join', ...others])],
      needs,
    },
  );
}

/** One server of each datacenter joins those of the others over WAN gossip, and proves that it sees them all. */
export function addFederation(
  builder: PlanBuilder,
  nodes: readonly DesiredNode[],
  reachable: readonly DesiredNode[],
  needs: readonly string[],
): readonly string[] {
  const ids: string[] = [];
  const servers = nodes.filter((node) => node.role === 'server');
  const datacenters = [...new Set(servers.map((node) => node.datacenter))];
  for (const datacenter of datacenters) {
    const own = reachable.find((node) => node.role === 'server' && node.datacenter === datacenter);
    if (own === undefined) continue;
    const addresses = servers
      .filter((node) => node.datacenter !== datacenter)
      .map(({ wanAddress }) => joinAddress(wanAddress, 8302));
    const id = builder.add(
      own.host,
      {
        kind: 'federation',
        addresses,
        servers: servers.map((node) => ({ name: node.node, datacenter: node.datacenter })),
      },
      {
        node: own.node,
        title: `Join ${datacenter} to the other datacenters`,
        before: 'each datacenter alone',
        after: `one WAN gossip pool: ${datacenters.join(', ')}`,
        risk: 'none',
        note: '-retry-join-wan does the same a little later; this saves its first interval.',
        commands: [
          commandLine(['docker', 'exec', own.container.name, 'consul', 'join', '-wan', ...addresses]),
        ],
        needs,
      },
    );
    ids.push(id);
  }
  return ids;
}

/** Every direction between two nodes: 8300/tcp towards servers, 8301/tcp and 8301/udp towards all. */
export function addNetworkChecks(
  builder: PlanBuilder,
  works: readonly NodeWork[],
  needs: readonly string[],
): string[] {
  if (works.length < 2) return [];
  return works.map(({ node }) =>
    builder.add(
      node.host,
      {
        kind: 'network-check',
        peers: works
          .filter((other) => other.node !== node)
          .map((other) => ({
            host: other.node.host,
            address: other.node.advertise,
            server: other.node.role === 'server',
          })),
      },
      {
        node: node.node,
        title: `Test the ports from ${node.node} to every other node`,
        before: 'untested',
        after: '8300/tcp, 8301/tcp and 8301/udp answer',
        risk: 'none',
        commands: works
          .filter((other) => other.node !== node)
          .map((other) => commandLine(['nc', '-z', other.node.advertise, '8301'])),
        needs,
      },
    ),
  );
}

/** Whether a cluster of this datacenter has bootstrapped: some agent knows Raft peers or a leader. */
export function hasBootstrapped(nodes: readonly DesiredNode[], facts: Facts): boolean {
  return nodes.some((node) => {
    const host = facts[node.host];
    return (
      host?.reachable === true &&
      host.agent !== undefined &&
      (host.agent.leader !== '' || host.agent.peers.length > 0)
    );
  });
}
