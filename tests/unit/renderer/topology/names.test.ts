import { describe, expect, it } from 'vitest';
import { halves } from '../../../../src/renderer/features/topology/halves.js';
import { fittedName } from '../../../../src/renderer/features/topology/svg-parts.js';

describe('a name that has no room', () => {
  it('keeps what tells it from others: its last parts, or its last characters', () => {
    const tails = [
      'client-worker-01',
      'web_east_7',
      'ip-10-20-30-40',
      'app-3f2a9c81d4',
      'longestofnames',
      'a',
    ];
    expect(tails.map((name) => halves(name).tail)).toEqual([
      '-01',
      '_east_7',
      '-30-40',
      '2a9c81d4',
      'estofnames'.slice(-8),
      '',
    ]);
    for (const name of [...tails, 'ends-in-dash-', '', '节点-华东-零一']) {
      const { head, tail } = halves(name);
      expect(head + tail).toBe(name);
    }
  });

  it('is cut in its middle in the exported picture too', () => {
    const names = Array.from({ length: 60 }, (_, i) => `client-worker-${String(i + 1).padStart(2, '0')}`);
    const drawn = names.map((name) => fittedName(name, 100, 12));
    expect(new Set(drawn).size).toBe(60);
    expect(drawn[0]).toBe('client-wo…-01');
    expect(fittedName('node1', 100, 12)).toBe('node1');
  });
});
