/** What happened between two pictures, for the timeline. */
import { isMaintenanceCheck } from './maintenance.js';
import type { LiveDatacenter, LiveEvent, LiveNode, LiveSnapshot } from './types.js';

type Draft = Omit<LiveEvent, 'at' | 'datacenter'>;

function leaderEvent(before: LiveDatacenter, after: LiveDatacenter): Draft[] {
  if (before.leader === after.leader) return [];
  if (after.leader === null)
    return before.leader === null ? [] : [{ kind: 'leader-lost', from: before.leader }];
  // The first one that we hear of was perhaps elected long ago.
  if (before.staleSince !== null && before.lastLeader === null) return [];
  const from = before.leader ?? before.lastLeader;
  return from === null || from === after.leader
    ? [{ kind: 'leader-elected', to: after.leader }]
    : [{ kind: 'leader-moved', from, to: after.leader }];
}

const GONE: ReadonlySet<string> = new Set(['failed', 'left', 'leaving', 'missing', 'unreachable']);

function statusEvent(before: LiveNode | undefined, after: LiveNode): Draft[] {
  const { name: node, status: to } = after;
  const from = before?.status;
  if (from === to || from === 'none') return [];
  if (to === 'failed') return [{ kind: 'node-failed', node, ...(from === undefined ? {} : { from }), to }];
  if (to === 'left') {
    // A member that had left before we looked is no news.
    return from === undefined ? [] : [{ kind: 'node-left', node, from, to }];
  }
  if (to !== 'alive') return [];
  if (from === undefined || from === 'missing' || from === 'unreachable')
    return [{ kind: 'node-joined', node, ...(from === undefined ? {} : { from }), to }];
  return GONE.has(from) ? [{ kind: 'node-alive', node, from, to }] : [];
}

function voterEvent(before: LiveNode | undefined, after: LiveNode): Draft[] {
  const was = before?.voter ?? null;
  if (after.voter === true && was === false) return [{ kind: 'voter-added', node: after.name }];
  if (after.voter === false && was === true) return [{ kind: 'voter-removed', node: after.name }];
  if (after.voter === true && before === undefined) return [{ kind: 'voter-added', node: after.name }];
  return [];
}

function containerEvent(before: LiveNode | undefined, after: LiveNode): Draft[] {
  const from = before?.container ?? null;
  const to = after.container;
  if (from === null || to === null || from === to) return [];
  if (to === 'running') return [{ kind: 'container-started', node: after.name, from, to }];
  return from === 'running' ? [{ kind: 'container-stopped', node: after.name, from, to }] : [];
}

interface Check {
  readonly node: string;
  readonly service?: string;
  readonly check: string;
  readonly status: string;
}

/** Every check by a key of its own; `serfHealth` says what the member status says. */
function checksOf(snapshot: LiveSnapshot, datacenter: LiveDatacenter): Map<string, Check> {
  const found = new Map<string, Check>();
  for (const node of datacenter.nodes)
    for (const check of node.nodeChecks)
      if (check.id !== 'serfHealth' && !isMaintenanceCheck(check.id))
        found.set(JSON.stringify([node.name, check.id]), {
          node: node.name,
          check: check.name,
          status: check.status,
        });
  for (const service of snapshot.services) {
    if (service.datacenter !== datacenter.name) continue;
    for (const { node, id, checks } of service.instances)
      for (const check of checks)
        if (!isMaintenanceCheck(check.id))
          found.set(JSON.stringify([node, id, check.id]), {
            node,
            service: service.name,
            check: check.name,
            status: check.status,
          });
  }
  return found;
}

function checkEvents(before: Map<string, Check>, after: Map<string, Check>): Draft[] {
  const events: Draft[] = [];
  for (const [key, { status, ...what }] of after) {
    const was = before.get(key)?.status;
    if (status === was) continue;
    if (status === 'critical') events.push({ kind: 'check-critical', ...what });
    else if (status === 'passing' && was === 'critical') events.push({ kind: 'check-passing', ...what });
  }
  return events;
}

interface Paused {
  readonly node: string;
  readonly service?: string;
  readonly reason: string;
}

/** What is in maintenance, by a key of its own. */
function pausedIn(snapshot: LiveSnapshot, datacenter: LiveDatacenter): Map<string, Paused> {
  const found = new Map<string, Paused>();
  for (const { name: node, maintenance: reason } of datacenter.nodes)
    if (reason !== undefined) found.set(JSON.stringify([node]), { node, reason });
  for (const { name: service, instances, datacenter: of } of snapshot.services)
    for (const { node, id, maintenance: reason } of instances)
      if (of === datacenter.name && reason !== undefined)
        found.set(JSON.stringify([node, id]), { node, service, reason });
  return found;
}

function maintenanceEvents(before: Map<string, Paused>, after: Map<string, Paused>): Draft[] {
  return [
    ...[...after]
      .filter(([key]) => !before.has(key))
      .map(([, what]): Draft => ({ kind: 'maintenance-on', ...what })),
    ...[...before]
      .filter(([key]) => !after.has(key))
      .map(([, { reason: _reason, ...what }]): Draft => ({ kind: 'maintenance-off', ...what })),
  ];
}

function datacenterEvents(
  before: LiveSnapshot,
  after: LiveSnapshot,
  old: LiveDatacenter,
  now: LiveDatacenter,
): Draft[] {
  const drafts: Draft[] = [];
  if (old.staleSince === null && now.staleSince !== null)
    drafts.push({ kind: 'stale', from: now.staleSince });
  if (old.staleSince !== null && now.staleSince === null)
    drafts.push({ kind: 'fresh', from: old.staleSince });
  const nodes = new Map(old.nodes.map((node) => [node.name, node]));
  // Before the first answer there is nothing to compare with.
  const firstSight = old.staleSince !== null && old.nodes.every((node) => node.status === 'none');
  for (const node of now.nodes) drafts.push(...containerEvent(nodes.get(node.name), node));
  if (!firstSight) for (const node of now.nodes) drafts.push(...statusEvent(nodes.get(node.name), node));
  drafts.push(...leaderEvent(old, now));
  if (!firstSight && old.raft !== null && now.raft !== null)
    for (const node of now.nodes) drafts.push(...voterEvent(nodes.get(node.name), node));
  for (const node of old.nodes)
    if (node.status === 'alive' && !now.nodes.some((entry) => entry.name === node.name))
      drafts.push({ kind: 'node-left', node: node.name, from: node.status });
  if (!firstSight)
    drafts.push(
      ...checkEvents(checksOf(before, old), checksOf(after, now)),
      ...maintenanceEvents(pausedIn(before, old), pausedIn(after, now)),
    );
  return drafts;
}

const COUNTED: ReadonlySet<string> = new Set([
  'leader-elected',
  'leader-lost',
  'leader-moved',
  'node-failed',
  'node-left',
  'node-alive',
  'node-joined',
  'voter-added',
  'voter-removed',
]);

/** Links between datacenters; the first sight of one is no news. */
function wanEvents(before: LiveSnapshot, after: LiveSnapshot): LiveEvent[] {
  return after.wan.flatMap(({ a, b, state }): LiveEvent[] => {
    const was = before.wan.find((link) => link.a === a && link.b === b)?.state ?? null;
    if (state === 'cut' && was !== 'cut') return [{ at: after.asOf, datacenter: a, kind: 'wan-cut', to: b }];
    return state === 'connected' && was === 'cut'
      ? [{ at: after.asOf, datacenter: a, kind: 'wan-back', to: b }]
      : [];
  });
}

/** The changes from one picture to the next, in the order in which they are best read. Pure; nothing for the first picture. */
export function diffLive(before: LiveSnapshot | null, after: LiveSnapshot): LiveEvent[] {
  if (before === null) return [];
  const within = after.datacenters.flatMap((now) => {
    const old = before.datacenters.find((entry) => entry.name === now.name);
    if (old === undefined) return [];
    const quorum = now.quorum === null ? {} : { votersAlive: now.quorum.alive, voters: now.quorum.voters };
    return datacenterEvents(before, after, old, now).map(
      (draft): LiveEvent => ({
        at: after.asOf,
        datacenter: now.name,
        ...draft,
        ...(COUNTED.has(draft.kind) ? quorum : {}),
      }),
    );
  });
  return [...within, ...wanEvents(before, after)];
}
