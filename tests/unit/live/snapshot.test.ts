import { describe, expect, it } from 'vitest';
import {
  type ClusterSeen,
  inDatacenter,
  inServer,
  isNews,
  mergedLeader,
  nothingSeen,
  sawLeader,
  sawMembers,
  sawSilence,
} from '../../../src/shared/live/index.js';
import { addressOf, healthy, leaderAt, member, NAMES, planned, raft, snapshotOf } from './fixture.js';

const codes = (seen: ClusterSeen): string[] => snapshotOf(seen).problems.map((problem) => problem.code);

describe('the picture', () => {
  it('of a healthy cluster has a leader, voters, a quorum and no problem', () => {
    const snapshot = snapshotOf(healthy());
    const [datacenter] = snapshot.datacenters;
    expect(datacenter).toMatchObject({
      leader: 'node1',
      lastLeader: 'node1',
      staleSince: null,
      quorum: { voters: 3, alive: 3, needed: 2, tolerates: 1 },
    });
    expect(datacenter?.nodes.map(({ name, voter, leader }) => [name, voter, leader])).toEqual([
      ['node1', true, true],
      ['node2', true, false],
      ['node3', true, false],
      ['node4', false, false],
    ]);
    expect(snapshot).toMatchObject({ staleSince: null, readingFrom: { dc1: 'node2' }, problems: [] });
  });

  it('claims nothing before anything was told', () => {
    const snapshot = snapshotOf(nothingSeen(planned, 500));
    expect(snapshot.staleSince).toBe(new Date(500).toISOString());
    expect(snapshot.datacenters[0]?.nodes.map((node) => node.status)).toEqual([
      'none',
      'none',
      'none',
      'none',
    ]);
    expect(snapshot.datacenters[0]).toMatchObject({ leader: null, quorum: null, raft: null, rtt: [] });
    expect(snapshot.problems.map((problem) => problem.code)).toEqual(['stale']);
  });

  it('claims no voters where Consul cannot tell them', () => {
    let seen = healthy();
    for (const name of NAMES) seen = inServer(seen, 'dc1', name, (view) => ({ ...view, raft: null }));
    const [datacenter] = snapshotOf(seen).datacenters;
    expect(datacenter?.nodes.map((node) => node.voter)).toEqual([null, null, null, false]);
    expect(datacenter).toMatchObject({ quorum: null, raft: null });
  });

  it('keeps what it knew when nobody answers, and says since when', () => {
    const before = snapshotOf(healthy('node1', 1000));
    let seen = healthy('node1', 1000);
    for (const name of NAMES) seen = inServer(seen, 'dc1', name, (view) => sawSilence(view, 'cut off'));
    const after = snapshotOf(seen, before, 9000);
    expect(after.staleSince).toBe(new Date(1000).toISOString());
    expect(after.datacenters[0]?.leader).toBe('node1');
    expect(after.datacenters[0]?.nodes.every((node) => node.status === 'alive')).toBe(true);
    expect(after.problems).toMatchObject([{ code: 'stale', datacenter: 'dc1' }]);
  });

  it('tells a node that Consul never met from one that does not answer either', () => {
    let seen = healthy();
    for (const name of NAMES)
      seen = inServer(seen, 'dc1', name, (view) =>
        sawMembers(view, [member('node1'), member('node2')], 1500),
      );
    seen = inServer(seen, 'dc1', 'node3', (view) => sawSilence(view, 'refused'));
    const status = new Map(snapshotOf(seen).datacenters[0]?.nodes.map((node) => [node.name, node.status]));
    expect(status.get('node3')).toBe('unreachable');
    expect(status.get('node4')).toBe('missing');
  });

  it('shows members that the document does not have, and the voters among them', () => {
    let seen = healthy();
    for (const name of NAMES)
      seen = inServer(seen, 'dc1', name, (view) => ({
        ...sawMembers(
          view,
          [...NAMES, 'node4', 'node9'].map((entry) => member(entry)),
          1500,
        ),
        raft: raft([...NAMES, 'node9'], 2),
      }));
    const [datacenter] = snapshotOf(seen).datacenters;
    expect(datacenter?.nodes.at(-1)).toMatchObject({
      name: 'node9',
      inTopology: false,
      voter: true,
      container: null,
    });
    expect(datacenter?.quorum).toEqual({ voters: 4, alive: 4, needed: 3, tolerates: 1 });
    expect(codes(seen)).toContain('not-in-topology');
  });

  it('finds a failed voter by its address, where Consul no longer knows its name', () => {
    let seen = healthy();
    for (const name of NAMES)
      seen = inServer(seen, 'dc1', name, (view) => ({
        ...view,
        raft: {
          index: 3,
          servers: raft().servers.map((s) => (s.node === 'node3' ? { ...s, node: '(unknown)' } : s)),
        },
      }));
    const [datacenter] = snapshotOf(seen).datacenters;
    expect(datacenter?.nodes.find((node) => node.name === 'node3')?.voter).toBe(true);
    expect(datacenter?.raft?.map((entry) => entry.node)).toEqual(['node1', 'node2', 'node3']);
  });

  it('counts and sorts checks, and puts those of services with their instance', () => {
    const check = { node: 'node2', name: 'n', output: '', serviceId: '', service: '' };
    const seen = inDatacenter(healthy(), 'dc1', (datacenter) => ({
      ...datacenter,
      instances: [
        { service: 'web', node: 'node2', id: 'web-1', address: '10.0.0.2', port: 80, tags: ['v1'] },
      ],
      checks: [
        { ...check, id: 'serfHealth', status: 'passing' },
        { ...check, id: 'disk', status: 'warning' },
        { ...check, id: 'http', status: 'critical', serviceId: 'web-1', service: 'web' },
      ],
    }));
    const snapshot = snapshotOf(seen);
    const node = snapshot.datacenters[0]?.nodes.find((entry) => entry.name === 'node2');
    expect(node?.checks).toEqual({ passing: 1, warning: 1, critical: 1 });
    expect(node?.nodeChecks.map((entry) => entry.id)).toEqual(['serfHealth', 'disk']);
    expect(snapshot.services[0]?.instances[0]?.checks).toMatchObject([{ id: 'http', status: 'critical' }]);
    expect(snapshot.problems).toMatchObject([{ code: 'check-critical', service: 'web', node: 'node2' }]);
  });

  it('is no news when only the time and the figures of Raft are new, and keeps what is equal', () => {
    const first = snapshotOf(healthy());
    const moved = inServer(healthy(), 'dc1', 'node1', (view) => ({ ...view, stats: { lastIndex: 7 } }));
    const second = snapshotOf(moved, first, 3000);
    expect(isNews(first, second)).toBe(false);
    expect(second.datacenters[0]?.nodes[0]?.raft).toEqual({ lastIndex: 7 });
    expect(second.datacenters[0]?.nodes[1]).toBe(first.datacenters[0]?.nodes[1]);
    expect(second.services).toBe(first.services);
    const gone = inServer(moved, 'dc1', 'node3', (view) => sawSilence(view, 'gone'));
    expect(isNews(second, snapshotOf(gone, second, 4000))).toBe(true);
  });
});

describe('one leader from several views', () => {
  const leader = (
    said: readonly (string | null)[],
    since: readonly number[] = [1, 1, 1],
  ): string | undefined => {
    let seen = nothingSeen(planned, 0);
    NAMES.forEach((name, index) => {
      const word = said[index];
      seen = inServer(seen, 'dc1', name, (view) =>
        word === null || word === undefined
          ? sawSilence(view, 'gone')
          : sawLeader(view, word === '' ? '' : leaderAt(word), since[index] ?? 1),
      );
    });
    return mergedLeader(seen.datacenters[0]?.servers ?? [], addressOf)?.address;
  };

  it.each<[string, (string | null)[], number[], string | undefined]>([
    ['all agree', ['node1', 'node1', 'node1'], [1, 1, 1], addressOf('node1')],
    [
      'the leader does not answer us and nobody has noticed anything',
      [null, 'node1', 'node1'],
      [1, 1, 1],
      addressOf('node1'),
    ],
    ['one has noticed that it is gone', [null, '', 'node1'], [1, 2, 1], ''],
    ['nobody knows one', ['', '', ''], [1, 1, 1], ''],
    ['nobody answers', [null, null, null], [1, 1, 1], undefined],
    ['a follower is cut off from a leader that lives', ['node1', '', 'node1'], [1, 2, 1], addressOf('node1')],
    ['a new leader names itself', [null, 'node2', 'node1'], [1, 3, 1], addressOf('node2')],
    [
      'a follower names the new leader before it does',
      [null, 'node3', 'node1'],
      [1, 3, 1],
      addressOf('node3'),
    ],
    [
      'an old leader that is cut off still names itself',
      ['node1', 'node2', 'node2'],
      [1, 3, 3],
      addressOf('node2'),
    ],
  ])('%s', (_title, said, since, expected) => {
    expect(leader(said, since)).toBe(expected);
  });

  it('reads IPv6 addresses', () => {
    let seen = nothingSeen(planned, 0);
    seen = inServer(seen, 'dc1', 'node1', (view) => sawLeader(view, '[fd00::1]:8300', 1));
    expect(mergedLeader(seen.datacenters[0]?.servers ?? [], () => 'fd00::1')?.address).toBe('fd00::1');
  });
});

describe('members from several views', () => {
  it('takes the status that changed last', () => {
    const seen = inServer(healthy(), 'dc1', 'node2', (view) =>
      sawMembers(view, [member('node1'), member('node2'), member('node3', 'failed'), member('node4')], 5000),
    );
    expect(snapshotOf(seen).datacenters[0]?.nodes[2]?.status).toBe('failed');
    expect(snapshotOf(seen).datacenters[0]?.quorum).toMatchObject({ alive: 2, tolerates: 0 });
    expect(codes(seen)).toEqual(['quorum-at-risk', 'node-failed']);
  });

  it('does not believe a server that is cut off from its leader', () => {
    const seen = inServer(healthy(), 'dc1', 'node3', (view) =>
      sawMembers(
        sawLeader(view, '', 5000),
        [member('node1', 'failed'), member('node2', 'failed'), member('node3'), member('node4', 'failed')],
        5000,
      ),
    );
    expect(snapshotOf(seen).datacenters[0]?.nodes.map((node) => node.status)).toEqual([
      'alive',
      'alive',
      'alive',
      'alive',
    ]);
  });
});
