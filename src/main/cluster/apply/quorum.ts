import { setTimeout as sleep } from 'node:timers/promises';
import { RaftyardError } from '../../../shared/errors.js';
import {
  addressOnly,
  agreedLeader,
  type NodePlace,
  type ServerView,
  viewOf,
  voterAddresses,
} from '../observe.js';
import { type Action, type StepContext, stopIfCancelled } from './context.js';
import { refusalsOf } from './last-words.js';
import type { StepResult } from './scheduler.js';

const DEADLINE_MS = 90_000;
/** With a host that cannot be reached, all that can come does so sooner. */
const DEADLINE_UNREACHABLE_MS = 25_000;
/** With a host that the look found unreachable the step fails; this is for what the others come to meanwhile. */
const DEADLINE_AWAY_MS = 5_000;
/** Servers that all answer, and know only themselves a while after they tried again to join, are kept apart. */
const ALONE_AFTER_RETRY_MS = 5_000;
/** How often they are asked whom they know. */
const ASK_MEMBERS_MS = 1_000;
const PAUSE_MS = 40;

/** Whether every server answers and has no member but itself. Without a token it sees none, which says nothing. */
async function allAlone(views: readonly ServerView[]): Promise<boolean> {
  if (views.length < 2) return false;
  const alone = await Promise.all(
    views.map(async ({ api }) => {
      const members = await api?.members().catch(() => undefined);
      return members?.filter(({ status }) => status === 'alive').length === 1;
    }),
  );
  return alone.every((one) => one);
}

function describe(view: ServerView): string {
  if (view.problem !== undefined) return `${view.node.name}: ${view.problem}`;
  return `${view.node.name}: ${view.leader === '' ? 'knows no leader' : `sees the leader at ${view.leader}`}`;
}

/** What is still missing when a leader is agreed: voters, members; empty when nothing is. */
async function lacking(
  views: readonly ServerView[],
  leader: string,
  action: Action<'quorum'>,
): Promise<string[]> {
  // The leader: while ACLs come to a cluster that lives, a follower that has them on knows not even the anonymous token until
  // a leader that has them on has made it, and refuses everything.
  const { api } = views.find(({ node }) => node.address === addressOnly(leader)) ?? views[0] ?? {};
  if (api === undefined) return ['no server answers'];
  const voters = await voterAddresses(api);
  const missingVoters = views
    .filter((view) => !voters.addresses.includes(view.node.address))
    .map((view) => `${view.node.name} is not a voter yet`);
  const members = await api.members();
  // Not even itself: ACLs are on, and there is no token yet. A quorum step after the tokens proves the members.
  const missingMembers = (members.length === 0 ? [] : action.members)
    .filter((name) => !members.some((member) => member.name === name && member.status === 'alive'))
    .map((name) => `${name} is not alive in the LAN gossip pool`);
  return [...missingVoters, ...missingMembers];
}

/**
 * Waits until all servers agree on one leader, all are voters and all members are alive: asked of Consul, never concluded from
 * containers that run. Source: https://developer.hashicorp.com/consul/api-docs/status
 * @throws RaftyardError quorum-not-reached with what each server said last.
 */
export async function waitForQuorum(action: Action<'quorum'>, context: StepContext): Promise<StepResult> {
  const servers = action.servers.flatMap((name): NodePlace[] => {
    const place = context.nodes.get(name);
    return place === undefined ? [] : [{ name, ...place }];
  });
  const { away } = context.apply;
  const gone = servers.some(({ host }) => away.has(host));
  const view = async (node: NodePlace): Promise<ServerView> => {
    const problem = away.get(node.host);
    return problem === undefined ? await viewOf(node, context.connectionOf) : { node, leader: '', problem };
  };
  const began = performance.now();
  /** Since when all servers answer; and when they were last asked for their members. */
  let answering: number | undefined;
  let asked = 0;
  /** Waiting for servers that are kept apart brings nothing. */
  const keptApart = async (views: readonly ServerView[]): Promise<boolean> => {
    const now = performance.now();
    if (views.some(({ problem }) => problem !== undefined)) answering = undefined;
    else answering ??= now;
    if (answering === undefined || now - answering < context.apply.retryIntervalMs + ALONE_AFTER_RETRY_MS)
      return false;
    if (now - asked < ASK_MEMBERS_MS) return false;
    asked = now;
    return await allAlone(views);
  };
  let reason: string[] = [];
  let silent: readonly NodePlace[] = [];
  for (;;) {
    stopIfCancelled(context);
    const views = await Promise.all(servers.map(view));
    const leader = agreedLeader(views);
    silent = views.flatMap(({ node, problem }) => (problem === undefined ? [] : [node]));
    if (leader !== '') {
      const at = performance.now();
      const name = servers.find((node) => node.address === addressOnly(leader))?.name ?? leader;
      if (!context.apply.quorum.has(action.datacenter))
        context.apply.quorum.set(action.datacenter, { at, leader: name });
      reason = await lacking(views, leader, action).catch((error: unknown) => [
        String((error as Error).message),
      ]);
      if (reason.length === 0) return 'done';
    } else {
      reason = views.map(describe);
    }
    const agreed = views.filter((view) => view.leader !== '').length;
    context.progress(
      undefined,
      leader === '' ? `${agreed} of ${servers.length} servers see a leader` : reason.join(', '),
    );
    if (gone) {
      const others = views.filter(({ node }) => !away.has(node.host));
      if (agreedLeader(others) !== '' || performance.now() - began > DEADLINE_AWAY_MS) break;
    }
    if (leader === '' && (await keptApart(views))) break;
    const unreachable = views.some((view) => view.problem !== undefined && performance.now() - began > 5000);
    if (performance.now() - began > (unreachable ? DEADLINE_UNREACHABLE_MS : DEADLINE_MS)) break;
    await sleep(PAUSE_MS);
  }
  const refusals = await refusalsOf(silent, context);
  const why = [...refusals.map(({ message }) => message), ...reason].join('; ');
  throw new RaftyardError('quorum-not-reached', `no quorum in ${action.datacenter}: ${why}`, {
    host: context.connection.host.name,
    hint:
      refusals[0]?.hint ??
      'Look at the network checks and at `docker logs` of the servers; then apply again.',
    retryable: true,
  });
}
