import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressNumber,
  addressText,
  freeSubnet,
  hostAddress,
  parseBlock,
  parseRoutes,
} from '../../../src/main/range/subnet.js';

const block = (cidr: string) => {
  const value = parseBlock(cidr);
  if (value === null) throw new Error(cidr);
  return value;
};

describe('addresses', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (n) => addressNumber(addressText(n)) === n),
    );
  });

  it('are refused when they are none', () => {
    for (const text of ['', '1.2.3', '1.2.3.256', '1.2.3.4.5', '::1', 'a.b.c.d', '1.2.3.-4']) {
      expect(addressNumber(text), text).toBeNull();
    }
  });

  it('of hosts start at .11', () => {
    expect(hostAddress('198.18.7.0/24', 0)).toBe('198.18.7.11');
    expect(hostAddress('198.18.7.0/24', 15)).toBe('198.18.7.26');
  });
});

describe('parseBlock', () => {
  it('takes the network, not the address', () => {
    expect(block('198.18.4.7/24')).toEqual(block('198.18.4.0/24'));
    expect(block('10.1.2.3')).toEqual({ start: addressNumber('10.1.2.3'), size: 1 });
    expect(parseBlock('fd00::/64')).toBeNull();
    expect(parseBlock('10.0.0.0/33')).toBeNull();
  });
});

describe('freeSubnet', () => {
  it('never overlaps what is in use, and stays in 198.18.0.0/15', () => {
    const used = fc.array(
      fc
        .tuple(fc.integer({ min: 0, max: 131_071 }), fc.integer({ min: 16, max: 32 }))
        .map(([offset, bits]) => {
          return block(`${addressText(198 * 2 ** 24 + 18 * 2 ** 16 + offset)}/${bits}`);
        }),
      { maxLength: 30 },
    );
    const first = block('198.18.0.0/15').start;
    const free = (start: number, blocks: readonly { start: number; size: number }[]) =>
      blocks.every((b) => start + 256 <= b.start || b.start + b.size <= start);
    const all = Array.from({ length: 512 }, (_, n) => first + n * 256);
    fc.assert(
      fc.property(fc.string(), used, (name, blocks) => {
        const found = freeSubnet(name, blocks);
        // Blocks that together leave nothing over: a few large ones are enough.
        if (found === null) return !all.some((start) => free(start, blocks));
        const own = block(found).start;
        return all.includes(own) && free(own, blocks);
      }),
      { examples: [['', ['198.18.0.0/16', '198.19.0.0/17', '198.19.128.0/17'].map(block)]] },
    );
  });

  it('is not blocked by a default route, but by the whole range', () => {
    expect(freeSubnet('a', [block('0.0.0.0/0')])).not.toBeNull();
    expect(freeSubnet('a', [block('198.18.0.0/15')])).toBeNull();
  });

  it('spreads names out', () => {
    expect(freeSubnet('one', [])).not.toBe(freeSubnet('two', []));
  });
});

describe('parseRoutes', () => {
  const text =
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n' +
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n' +
    'tun0\t000012C6\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n';

  it('reads the kernel’s table', () => {
    expect(parseRoutes(text, true)).toEqual([{ start: 0, size: 2 ** 32 }, block('198.18.0.0/16')]);
  });

  it('keeps a range off a VPN’s addresses', () => {
    expect(freeSubnet('x', parseRoutes(text, true))).toMatch(/^198\.19\./);
  });
});
