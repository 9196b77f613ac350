import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inServer, quorumAfterLosing, quorumOf, sawMembers } from '../../../src/shared/live/index.js';
import { healthy, member, NAMES, snapshotOf } from './fixture.js';

describe('quorum', () => {
  it.each([
    [1, 1, 1, 0],
    [2, 2, 2, 0],
    [3, 3, 2, 1],
    [3, 2, 2, 0],
    [3, 1, 2, 0],
    [4, 4, 3, 1],
    [5, 5, 3, 2],
    [7, 6, 4, 2],
  ])(
    'of %i voters with %i alive needs %i and tolerates the loss of %i',
    (voters, alive, needed, tolerates) => {
      expect(quorumOf(voters, alive)).toEqual({ voters, alive, needed, tolerates });
    },
  );

  it('stands after every loss that it tolerates, and not after one more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 0, max: 15 }), (voters, dead) => {
        const alive = Math.max(0, voters - dead);
        const { needed, tolerates } = quorumOf(voters, alive);
        expect(needed * 2).toBeGreaterThan(voters);
        expect((needed - 1) * 2).toBeLessThanOrEqual(voters);
        if (alive >= needed) {
          expect(alive - tolerates).toBe(needed);
        } else expect(tolerates).toBe(0);
      }),
    );
  });

  it('warns before the loss that stops writes', () => {
    const three = snapshotOf(healthy());
    expect(quorumAfterLosing(three, 'dc1', 1)).toMatchObject({
      voters: 3,
      aliveAfter: 2,
      writes: 'at-risk',
      stopsWrites: false,
      exact: true,
    });
    expect(quorumAfterLosing(three, 'dc1', ['node4'])).toMatchObject({ aliveAfter: 3, writes: 'safe' });
    let seen = healthy();
    for (const name of NAMES)
      seen = inServer(seen, 'dc1', name, (view) =>
        sawMembers(
          view,
          [member('node1'), member('node2'), member('node3', 'failed'), member('node4')],
          1500,
        ),
      );
    // Docker tells of a stopped container before gossip tells of a failed agent.
    const early = snapshotOf({ ...healthy(), containers: { node3: 'exited' } });
    expect(quorumAfterLosing(early, 'dc1', ['node2'])).toMatchObject({ aliveAfter: 1, stopsWrites: true });
    expect(quorumAfterLosing(early, 'dc1', ['node3'])).toMatchObject({ aliveAfter: 2, stopsWrites: false });
    const two = snapshotOf(seen);
    expect(quorumAfterLosing(two, 'dc1', ['node2'])).toMatchObject({ aliveAfter: 1, stopsWrites: true });
    // One that is dead already is no loss.
    expect(quorumAfterLosing(two, 'dc1', ['node3'])).toMatchObject({ aliveAfter: 2, stopsWrites: false });
  });

  it('counts servers where voters are not told, and says so', () => {
    let seen = healthy();
    for (const name of NAMES) seen = inServer(seen, 'dc1', name, (view) => ({ ...view, raft: null }));
    expect(quorumAfterLosing(snapshotOf(seen), 'dc1', 2)).toMatchObject({
      voters: 3,
      aliveAfter: 1,
      stopsWrites: true,
      exact: false,
    });
    expect(quorumAfterLosing(snapshotOf(seen), 'dc9', 1)).toBeNull();
  });
});
