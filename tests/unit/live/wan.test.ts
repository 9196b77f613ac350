import { describe, expect, it } from 'vitest';
import {
  buildSnapshot,
  type ClusterSeen,
  diffLive,
  type LiveWanLink,
  nothingSeen,
  type PlannedCluster,
  type WanView,
} from '../../../src/shared/live/index.js';

const planned: PlannedCluster = {
  name: 'shop',
  datacenters: ['dc1', 'east', 'west'].map((name, index) => ({
    name,
    nodes: [{ name: `node${index}`, role: 'server', address: `10.0.0.${index}`, host: `host${index}` }],
  })),
};

const view = (from: string, alive: Readonly<Record<string, boolean>>): WanView => ({
  from,
  members: Object.entries(alive).map(([datacenter, lives]) => ({ datacenter, alive: lives })),
});

/** What is seen when these datacenters answer and say this. */
function seen(answering: readonly string[], wanViews: readonly WanView[]): ClusterSeen {
  const nothing = nothingSeen(planned, 0);
  return {
    ...nothing,
    wanViews,
    datacenters: nothing.datacenters.map((entry) => ({
      ...entry,
      readingFrom: answering.includes(entry.name) ? (entry.servers[0]?.node ?? null) : null,
    })),
  };
}

const linksOf = (state: ClusterSeen): [string, LiveWanLink['state']][] =>
  buildSnapshot(planned, state, null, 0).wan.map(({ a, b, state: is }) => [`${a}-${b}`, is]);

const ALL = ['dc1', 'east', 'west'];
const everybody = { dc1: true, east: true, west: true };
const whole = ALL.map((name) => view(name, everybody));

describe('links between datacenters', () => {
  it('are connected when each side sees the other', () => {
    expect(linksOf(seen(ALL, whole))).toEqual([
      ['dc1-east', 'connected'],
      ['dc1-west', 'connected'],
      ['east-west', 'connected'],
    ]);
  });

  it('are cut when one side sees no server of the other alive, whatever the other says', () => {
    const views = [
      view('dc1', { ...everybody, east: false }),
      view('east', everybody),
      view('west', everybody),
    ];
    expect(linksOf(seen(ALL, views))).toEqual([
      ['dc1-east', 'cut'],
      ['dc1-west', 'connected'],
      ['east-west', 'connected'],
    ]);
    // Never met is as good as cut.
    expect(linksOf(seen(ALL, [view('dc1', { dc1: true })]))[0]).toEqual(['dc1-east', 'cut']);
  });

  it('are not known where nobody answers, also when something was said before', () => {
    expect(linksOf(seen([], whole)).map(([, state]) => state)).toEqual([null, null, null]);
    expect(linksOf(seen(['west'], whole))).toEqual([
      ['dc1-east', null],
      ['dc1-west', 'connected'],
      ['east-west', 'connected'],
    ]);
  });

  it('that are cut are a problem with both names, and an event when it happens and when it is over', () => {
    const before = buildSnapshot(planned, seen(ALL, whole), null, 0);
    const broken = seen(ALL, [view('dc1', { ...everybody, west: false })]);
    const cut = buildSnapshot(planned, broken, before, 1000);
    expect(cut.problems.filter(({ code }) => code === 'wan-cut')).toEqual([
      { code: 'wan-cut', datacenter: 'dc1', detail: 'west' },
    ]);
    const at = cut.asOf;
    expect(diffLive(before, cut)).toContainEqual({ at, datacenter: 'dc1', kind: 'wan-cut', to: 'west' });
    expect(diffLive(cut, cut)).toEqual([]);
    const after = buildSnapshot(planned, seen(ALL, whole), cut, 2000);
    expect(diffLive(cut, after)).toContainEqual({
      at: after.asOf,
      datacenter: 'dc1',
      kind: 'wan-back',
      to: 'west',
    });
    // What was not known before has not come back.
    const unknown = buildSnapshot(planned, seen([], []), null, 0);
    expect(diffLive(unknown, before).map(({ kind }) => kind)).not.toContain('wan-back');
  });
});
