/** Whether the servers that stay can do without one. */
import { describe, expect, it } from 'vitest';
import { needed, type ServerState } from '../../../src/main/cluster/apply/gate.js';

/** `H` a healthy voter, `x` one that is not, `h` a healthy server without a vote. */
const servers = (states: string): ServerState[] =>
  [...states].map((state, index) => ({
    name: `node${index + 1}`,
    address: `192.0.2.${index + 1}`,
    healthy: state !== 'x',
    voter: state !== 'h',
  }));

const first = (states: string, wanted = states.length): string | null =>
  needed(servers(states), '192.0.2.1', wanted);

describe('a server is spared', () => {
  it.each([
    ['HHH'],
    ['HHHHH'],
    ['HHHHx'],
    // It is ill itself, and all others are well: this is how it is mended.
    ['xHH'],
    ['xHHHH'],
    // One or two: the plan has asked.
    ['H'],
    ['x'],
    ['HH'],
    ['xH'],
    // Not a voter (yet): the others are a quorum of themselves.
    ['hHHH'],
  ])('of %s', (states) => {
    expect(first(states)).toBeNull();
  });

  it('not when quorum would be lost', () => {
    expect(first('HHx')).toBe('1 of 3 voters would stay healthy, and 2 are needed; not healthy: node3');
    expect(first('HHHxx')).toBe(
      '2 of 5 voters would stay healthy, and 3 are needed; not healthy: node4, node5',
    );
    expect(first('Hx')).toBe('0 of 2 voters would stay healthy, and 1 are needed; not healthy: node2');
  });

  it('not of two that are left of three, nor where nobody is known', () => {
    expect(first('HH', 3)).toBe('1 of 2 voters would stay healthy, and 2 are needed');
    expect(first('')).toBe('no server is known to be a voter');
    expect(first('h')).toBe('no server is known to be a voter');
  });

  it('not when it is ill and another one too', () => {
    expect(first('xHHHx')).toBe('not healthy: node5');
  });

  it('not while its former ID is still a voter: Raft counts both, and waits for neither', () => {
    const [one, ...others] = servers('HHH');
    if (one === undefined) throw new Error('no server');
    expect(needed([{ ...one, healthy: false }, one, ...others], one.address, 3)).toBe(
      '2 of 4 voters would stay healthy, and 3 are needed',
    );
  });
});
