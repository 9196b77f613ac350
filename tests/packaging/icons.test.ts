/** The containers that scripts/icons.mjs writes, read back by their formats. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './support.js';

const folder = join(root, 'assets', 'icons');

/** Width and height that a PNG says it has. */
function size(png: Buffer): [number, number] {
  expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

describe.each(['icon', 'document'])('%s', (name) => {
  test('.ico: every entry holds a picture of the size that it says, up to 256', () => {
    const file = readFileSync(join(folder, `${name}.ico`));
    expect([file.readUInt16LE(0), file.readUInt16LE(2)]).toEqual([0, 1]);
    const sizes = Array.from({ length: file.readUInt16LE(4) }, (_, index) => {
      const at = 6 + 16 * index;
      const wanted = file.readUInt8(at) || 256;
      const start = file.readUInt32LE(at + 12);
      expect(size(file.subarray(start, start + file.readUInt32LE(at + 8)))).toEqual([wanted, wanted]);
      return wanted;
    });
    expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256]);
  });

  test('.icns: its blocks fill it, up to 1024', () => {
    const file = readFileSync(join(folder, `${name}.icns`));
    expect(file.toString('latin1', 0, 4)).toBe('icns');
    expect(file.readUInt32BE(4)).toBe(file.length);
    const blocks: Record<string, number> = {};
    let at = 8;
    while (at < file.length) {
      const length = file.readUInt32BE(at + 4);
      blocks[file.toString('latin1', at, at + 4)] = size(file.subarray(at + 8, at + length))[0];
      at += length;
    }
    expect(at).toBe(file.length);
    const sizes = { ic11: 32, ic12: 64, ic07: 128, ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 };
    expect(blocks).toEqual(sizes);
  });
});

test('Linux: each file is as large as its name says', () => {
  const names = readdirSync(join(folder, 'linux'));
  expect(names).toContain('512x512.png');
  for (const name of names) {
    const wanted = Number.parseInt(name, 10);
    expect(size(readFileSync(join(folder, 'linux', name)))).toEqual([wanted, wanted]);
  }
});
