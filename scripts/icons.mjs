#!/usr/bin/env node
/**
 * node scripts/icons.mjs: makes the icons in assets/icons from the SVG files there, after those were changed.
 * The results are committed, so that packaging needs no renderer. Needs rsvg-convert (Debian: librsvg2-bin).
 *
 * icon.svg, document.svg: drawn on 1024 pixels; *-small.svg: on the grid of 16, for sizes where thin
 * parts would blur. Made are: linux/<n>x<n>.png, icon.png, icon.ico, icon.icns, document.ico, document.icns.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main, root, Stop } from './lib/run.mjs';
import { systemPackages } from './lib/setup.mjs';

const folder = join(root, 'assets', 'icons');
const LARGEST_SMALL = 32;
const LINUX = [16, 24, 32, 48, 64, 128, 256, 512];
const WINDOWS = [16, 24, 32, 48, 64, 128, 256];
/** Type codes of the .icns container that hold a PNG, with its size; the second of a size is its “@2x”. */
const MAC = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
];

/** A picture as PNG. With room, it is as far from the edges as macOS wants an app's tile to be. */
function png(name, size, { room = false } = {}) {
  const small = size <= LARGEST_SMALL;
  const svg = readFileSync(join(folder, `${name}${small ? '-small' : ''}.svg`), 'utf8');
  const input = room && !small ? svg.replace('viewBox="0 0 1024 1024"', 'viewBox="-64 -64 1152 1152"') : svg;
  const made = spawnSync('rsvg-convert', ['-w', String(size), '-h', String(size)], {
    input,
    maxBuffer: 64 << 20,
  });
  if (made.status !== 0) throw new Stop(`rsvg-convert failed: ${made.error?.message ?? made.stderr}`);
  return made.stdout;
}

/** Windows' container: a header, an entry for each picture, the pictures; 0 stands for 256 pixels. */
function ico(pictures) {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let offset = head.length;
  pictures.forEach(({ size, data }, index) => {
    const at = 6 + 16 * index;
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4); // colour planes
    head.writeUInt16LE(32, at + 6); // bits a pixel
    head.writeUInt32LE(data.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += data.length;
  });
  return Buffer.concat([head, ...pictures.map(({ data }) => data)]);
}

/** macOS' container: blocks of type, length (these eight bytes with it) and data. */
function icns(pictures) {
  const block = (type, data) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(8 + data.length, 4);
    return Buffer.concat([head, data]);
  };
  return block('icns', Buffer.concat(pictures.map(({ type, data }) => block(type, data))));
}

await main(async () => {
  await systemPackages({ 'rsvg-convert': 'librsvg2-bin' }, 'The icons');
  mkdirSync(join(folder, 'linux'), { recursive: true });
  for (const size of LINUX) writeFileSync(join(folder, 'linux', `${size}x${size}.png`), png('icon', size));
  writeFileSync(join(folder, 'icon.png'), png('icon', 1024));
  for (const name of ['icon', 'document']) {
    const windows = WINDOWS.map((size) => ({ size, data: png(name, size) }));
    const mac = MAC.map(([type, size]) => ({ type, data: png(name, size, { room: name === 'icon' }) }));
    writeFileSync(join(folder, `${name}.ico`), ico(windows));
    writeFileSync(join(folder, `${name}.icns`), icns(mac));
  }
  console.log(`The icons in ${folder} are made.`);
});
