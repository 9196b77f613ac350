import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf, sha256Hex } from '../../../src/shared/digest.js';

describe('sha256Hex', () => {
  it('is what Node computes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(sha256Hex(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
      }),
    );
  });
});

describe('digestOf', () => {
  it('does not depend on the order of keys or on undefined keys, at any depth', () => {
    expect(digestOf({ a: 1, b: { c: [{ d: 1, e: 2 }] } })).toBe(
      digestOf({ b: { c: [{ e: 2, d: 1 }], x: undefined }, a: 1 }),
    );
  });

  it('tells apart what differs', () => {
    const values = [
      null,
      0,
      '0',
      [],
      {},
      [1, 2],
      [2, 1],
      { a: 1 },
      { a: '1' },
      { a: null },
      { a: [undefined] },
      '',
    ];
    expect(new Set(values.map(digestOf)).size).toBe(values.length);
  });

  it('refuses what has no JSON form', () => {
    expect(() => digestOf(undefined)).toThrow(TypeError);
    expect(() => digestOf(1n)).toThrow(TypeError);
  });

  it('survives a round trip through JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(digestOf(JSON.parse(JSON.stringify(value)))).toBe(digestOf(value));
      }),
    );
  });
});
