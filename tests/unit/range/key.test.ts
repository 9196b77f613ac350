import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { newKeyPair } from '../../../src/main/range/key.js';
import { runs } from '../generated.js';

/** One key in 256 begins with a zero byte: with fewer, a fault that is there might not show. */
const MANY = runs(20);

describe('a new key pair', () => {
  it('can be read and signs, whatever byte it begins with', () => {
    const message = Buffer.from('raftyard');
    for (let i = 0; i < MANY; i += 1) {
      const pair = newKeyPair(`key ${i}`);
      const [known, own] = [ssh2.utils.parseKey(pair.public), ssh2.utils.parseKey(pair.private)];
      if (known instanceof Error || own instanceof Error) throw new Error(`key ${i} cannot be read`);
      expect(known.comment).toBe(`key ${i}`);
      expect(known.verify(message, own.sign(message))).toBe(true);
    }
  });
});
