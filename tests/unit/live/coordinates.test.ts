import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Coordinate, lanRtt, roundTripMs, wanRtt } from '../../../src/shared/live/index.js';

const at = (vec: readonly number[], height = 0, adjustment = 0): Coordinate => ({ vec, height, adjustment });

describe('round-trip times', () => {
  it('adds heights and adjustments to the distance, in seconds', () => {
    expect(roundTripMs(at([0, 0]), at([0.003, 0.004]))).toBe(5);
    expect(roundTripMs(at([0, 0], 0.001), at([0.003, 0.004], 0.002))).toBe(8);
    expect(roundTripMs(at([0, 0], 0.001, 0.001), at([0.003, 0.004], 0.002, -0.003))).toBe(6);
  });

  it('leaves adjustments out that would make the time negative or nothing', () => {
    expect(roundTripMs(at([0], 0.001, -0.01), at([0], 0.001))).toBe(2);
  });

  it('compares nothing of different dimension', () => {
    expect(roundTripMs(at([0, 0]), at([0]))).toBeNull();
    expect(roundTripMs(at([]), at([]))).toBeNull();
  });

  it('is the same both ways and never negative', () => {
    const number = fc.double({ min: -1, max: 1, noNaN: true });
    const height = fc.double({ min: 0.00001, max: 0.1, noNaN: true });
    const any = fc.tuple(fc.array(number, { minLength: 8, maxLength: 8 }), height, number);
    fc.assert(
      fc.property(any, any, (a, b) => {
        const there = roundTripMs(at(...a), at(...b));
        expect(there).toBe(roundTripMs(at(...b), at(...a)));
        expect(there ?? -1).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('names every pair of a segment once', () => {
    const node = (name: string, segment = '') => ({ node: name, segment, coordinate: at([0], 0.001) });
    const pairs = lanRtt([node('c'), node('a'), node('b'), node('x', 'other')], () => false);
    expect(pairs.map(({ a, b }) => a + b)).toEqual(['ab', 'ac', 'bc']);
  });

  it('keeps to pairs with a server in a large datacenter', () => {
    const many = Array.from({ length: 100 }, (_, index) => ({
      node: `n${String(index).padStart(3, '0')}`,
      segment: '',
      coordinate: at([index / 1000]),
    }));
    const pairs = lanRtt(many, (name) => name === 'n000');
    expect(pairs).toHaveLength(99);
    expect(pairs.every(({ a }) => a === 'n000')).toBe(true);
  });

  it('takes the median between datacenters', () => {
    expect(wanRtt([at([0])], [at([0.001]), at([0.002]), at([0.1])])).toBe(2);
    expect(wanRtt([], [at([0])])).toBeNull();
  });
});
