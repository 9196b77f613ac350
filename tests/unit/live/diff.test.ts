import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CheckSeen,
  type ClusterSeen,
  diffLive,
  inDatacenter,
  inServer,
  type LiveSnapshot,
  type LiveStatus,
  nothingSeen,
  reuse,
  sawLeader,
  sawMembers,
  sawSilence,
} from '../../../src/shared/live/index.js';
import { healthy, leaderAt, member, NAMES, planned, raft, snapshotOf } from './fixture.js';

const everywhere = (seen: ClusterSeen, change: Parameters<typeof inServer>[3]): ClusterSeen =>
  NAMES.reduce((all, name) => inServer(all, 'dc1', name, change), seen);

const leads = (seen: ClusterSeen, name: string, now = 3000): ClusterSeen =>
  everywhere(seen, (view) => sawLeader(view, name === '' ? '' : leaderAt(name), now));
const statuses = (seen: ClusterSeen, status: Record<string, LiveStatus>, now = 3000): ClusterSeen =>
  everywhere(seen, (view) =>
    sawMembers(
      view,
      [...NAMES, 'node4'].map((name) => member(name, status[name] ?? 'alive')),
      now,
    ),
  );

/** Kinds of events along a way of states. */
function story(...states: readonly ClusterSeen[]): string[] {
  let before: LiveSnapshot | null = null;
  return states.flatMap((state) => {
    const after: LiveSnapshot = snapshotOf(state, before);
    const events = diffLive(before, after);
    before = after;
    return events.map((event) => [event.kind, event.node ?? event.to ?? event.from].join(' '));
  });
}

describe('what happened', () => {
  it('is nothing at first sight, nor when nothing changed', () => {
    expect(story(healthy(), healthy())).toEqual([]);
    expect(diffLive(null, snapshotOf(healthy()))).toEqual([]);
  });

  it('is told with the voters that are left', () => {
    const before = snapshotOf(healthy());
    const after = snapshotOf(statuses(healthy(), { node3: 'failed' }), before, 5000);
    expect(diffLive(before, after)).toEqual([
      {
        at: new Date(5000).toISOString(),
        kind: 'node-failed',
        datacenter: 'dc1',
        node: 'node3',
        from: 'alive',
        to: 'failed',
        votersAlive: 2,
        voters: 3,
      },
    ]);
  });

  it('a leader is lost, and moves', () => {
    const seen = healthy('node1');
    expect(story(seen, leads(seen, ''), leads(seen, 'node3', 4000))).toEqual([
      'leader-lost node1',
      'leader-moved node3',
    ]);
    expect(story(seen, leads(seen, 'node2'))).toEqual(['leader-moved node2']);
    expect(story(seen, leads(seen, ''), leads(seen, 'node1', 4000))).toEqual([
      'leader-lost node1',
      'leader-elected node1',
    ]);
  });

  it('a first leader is elected', () => {
    expect(story(leads(healthy(), ''), leads(healthy(), 'node2', 4000))).toEqual(['leader-elected node2']);
  });

  it('nodes fail, come back, leave and join', () => {
    const seen = healthy();
    expect(
      story(
        seen,
        statuses(seen, { node2: 'failed' }),
        seen,
        statuses(seen, { node4: 'left' }, 4000),
        statuses(seen, { node4: 'alive' }, 5000),
      ),
    ).toEqual(['node-failed node2', 'node-alive node2', 'node-left node4', 'node-alive node4']);
    const more = everywhere(seen, (view) =>
      sawMembers(
        view,
        [...NAMES, 'node4', 'node9'].map((name) => member(name)),
        4000,
      ),
    );
    expect(story(seen, more, seen)).toEqual(['node-joined node9', 'node-left node9']);
  });

  it('voters come and go', () => {
    const seen = healthy();
    const fewer = everywhere(seen, (view) => ({ ...view, raft: raft(['node1', 'node2'], 2) }));
    const again = everywhere(seen, (view) => ({ ...view, raft: raft(NAMES, 3) }));
    expect(story(seen, fewer, again)).toEqual(['voter-removed node3', 'voter-added node3']);
    // Learning who votes is no change of it.
    const unknown = everywhere(seen, (view) => ({ ...view, raft: undefined }));
    expect(story(unknown, seen)).toEqual([]);
  });

  it('checks turn critical and recover; serfHealth is told as the node', () => {
    const check = (id: string, status: CheckSeen['status']): CheckSeen => ({
      node: 'node2',
      id,
      name: id,
      status,
      output: '',
      serviceId: '',
      service: '',
    });
    const checks = (...list: CheckSeen[]): ClusterSeen =>
      inDatacenter(healthy(), 'dc1', (datacenter) => ({ ...datacenter, checks: list }));
    expect(
      story(
        checks(check('disk', 'passing'), check('serfHealth', 'passing')),
        checks(check('disk', 'critical'), check('serfHealth', 'critical')),
        checks(check('disk', 'warning')),
        checks(check('disk', 'critical')),
        checks(check('disk', 'passing')),
        checks(),
      ),
    ).toEqual(['check-critical node2', 'check-critical node2', 'check-passing node2']);
  });

  it('containers stop and start, and an engine that cannot be asked is no stop', () => {
    const container = (state: 'running' | 'exited' | null): ClusterSeen => ({
      ...healthy(),
      containers: { ...healthy().containers, node3: state },
    });
    expect(
      story(
        container('running'),
        container('exited'),
        container('running'),
        container(null),
        container('running'),
      ),
    ).toEqual(['container-stopped node3', 'container-started node3']);
  });

  it('sight is lost and comes back, with what changed meanwhile', () => {
    const seen = healthy();
    const silent = everywhere(seen, (view) => sawSilence(view, 'gone'));
    const back = statuses(leads(healthy(), 'node2', 9000), { node1: 'failed' }, 9000);
    expect(story(seen, silent, back).map((event) => event.split(' ')[0])).toEqual([
      'stale',
      'fresh',
      'node-failed',
      'leader-moved',
    ]);
    // Beginning to see is not a return.
    expect(story(nothingSeen(planned, 0), seen).map((event) => event.split(' ')[0])).toEqual(['fresh']);
  });
});

describe('any sequence of answers', () => {
  type Act =
    | { readonly kind: 'leader'; readonly of: string; readonly to: string }
    | { readonly kind: 'silent'; readonly of: string }
    | { readonly kind: 'members'; readonly of: string; readonly node: string; readonly status: LiveStatus };
  const name = fc.constantFrom(...NAMES);
  const act: fc.Arbitrary<Act> = fc.oneof(
    fc.record({ kind: fc.constant('leader' as const), of: name, to: fc.constantFrom(...NAMES, '') }),
    fc.record({ kind: fc.constant('silent' as const), of: name }),
    fc.record({
      kind: fc.constant('members' as const),
      of: name,
      node: name,
      status: fc.constantFrom<LiveStatus>('alive', 'failed', 'left'),
    }),
  );

  function apply(seen: ClusterSeen, step: Act, now: number): ClusterSeen {
    return inServer(seen, 'dc1', step.of, (view) => {
      if (step.kind === 'silent') return sawSilence(view, 'gone');
      if (step.kind === 'leader') return sawLeader(view, step.to === '' ? '' : leaderAt(step.to), now);
      const members = (view.members ?? []).map((entry) =>
        entry.name === step.node ? { ...entry, status: step.status } : entry,
      );
      return sawMembers(view, members, now);
    });
  }

  it('gives events that lead from each picture to the next, and none without a change', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (steps) => {
        let seen = healthy();
        let before = snapshotOf(seen);
        steps.forEach((step, index) => {
          seen = apply(seen, step, 3000 + index);
          const after = snapshotOf(seen, before, 3000 + index);
          const events = diffLive(before, after);
          const old = before.datacenters[0];
          const now = after.datacenters[0];
          if (old === undefined || now === undefined) throw new Error('no datacenter');
          // At most one word on the leader, and exactly when it is another one.
          const told = events.filter((event) => event.kind.startsWith('leader-'));
          expect(told).toHaveLength(old.leader === now.leader ? 0 : 1);
          if (now.leader === null && told.length > 0) expect(told[0]?.from).toBe(old.leader);
          if (now.leader !== null && told.length > 0) expect(told[0]?.to).toBe(now.leader);
          for (const node of now.nodes) {
            const was = old.nodes.find((entry) => entry.name === node.name)?.status;
            const about = events.filter(
              (event) => event.node === node.name && event.kind.startsWith('node-'),
            );
            expect(about).toHaveLength(was === node.status ? 0 : 1);
          }
          expect(events.some((event) => event.kind === 'stale')).toBe(
            old.staleSince === null && now.staleSince !== null,
          );
          expect(now.leader === null || now.nodes.filter((node) => node.leader).length === 1).toBe(true);
          expect(reuse(before, after)).toEqual(after);
          before = after;
        });
      }),
    );
  });

  it('keeps what is equal, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(reuse(a, b)).toEqual(b);
        expect(reuse(a, structuredClone(a))).toBe(a);
      }),
    );
  });
});
