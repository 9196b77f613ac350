import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tarStream, writeImageArchive } from '../../../src/main/range/archive.js';
import { temporaryFolder } from '../../temporary.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('raftyard-archive-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function bytes(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('tarStream', () => {
  it('is read by tar: contents, modes, owners', async () => {
    const big = join(folder, 'big');
    writeFileSync(big, 'x'.repeat(1000));
    const archive = await bytes(
      tarStream([
        { path: 'd/', mode: 0o755 },
        { path: 'd/a', mode: 0o640, uid: 100, gid: 1000, content: 'hé\n' },
        { path: 'empty', mode: 0o644, content: '' },
        { path: 'big', mode: 0o644, content: { file: big } },
      ]),
    );
    const list = execFileSync('tar', ['--numeric-owner', '-tvf', '-'], { input: archive }).toString();
    expect(list).toMatch(/^drwxr-xr-x 0\/0 +0 .* d\/$/m);
    expect(list).toMatch(/^-rw-r----- 100\/1000 +4 .* d\/a$/m);
    expect(execFileSync('tar', ['-xOf', '-', 'd/a'], { input: archive }).toString()).toBe('hé\n');
    expect(execFileSync('tar', ['-xOf', '-', 'big'], { input: archive }).toString()).toBe('x'.repeat(1000));
    expect(execFileSync('tar', ['-xOf', '-', 'empty'], { input: archive })).toHaveLength(0);
  });

  it('refuses a path that does not fit', async () => {
    await expect(bytes(tarStream([{ path: 'p'.repeat(101), mode: 0o644, content: '' }]))).rejects.toThrow(
      RangeError,
    );
  });
});

describe('writeImageArchive', () => {
  it('holds a shared layer once and names what it holds by digest', async () => {
    const [base, top] = [join(folder, 'base'), join(folder, 'top')];
    writeFileSync(base, 'base layer');
    writeFileSync(top, 'top layer');
    const file = join(folder, 'images.tar');
    const image = (reference: string, layers: string[]) => ({
      reference,
      layers,
      architecture: 'amd64',
      config: { Env: ['A=b'] },
    });
    await writeImageArchive(file, [image('a:1', [base]), image('b:2', [base, top])]);

    const names = execFileSync('tar', ['-tf', file]).toString().trim().split('\n');
    expect(names.filter((name) => name.endsWith('layer.tar'))).toHaveLength(2);
    const read = (name: string) => execFileSync('tar', ['-xOf', file, name]).toString();
    const manifest = JSON.parse(read('manifest.json')) as {
      Config: string;
      RepoTags: string[];
      Layers: string[];
    }[];
    expect(manifest.map((entry) => entry.RepoTags[0])).toEqual(['a:1', 'b:2']);
    const second = manifest[1];
    const text = read(second?.Config ?? '');
    expect(second?.Config).toBe(`${createHash('sha256').update(text).digest('hex')}.json`);
    const config = JSON.parse(text) as { rootfs: { diff_ids: string[] }; config: unknown };
    expect(config.rootfs.diff_ids).toEqual(
      ['base layer', 'top layer'].map((data) => `sha256:${createHash('sha256').update(data).digest('hex')}`),
    );
    expect(config.config).toEqual({ Env: ['A=b'] });

    const again = join(folder, 'again.tar');
    await writeImageArchive(again, [image('a:1', [base]), image('b:2', [base, top])]);
    expect(readFileSync(again).equals(readFileSync(file))).toBe(true);
  });
});
