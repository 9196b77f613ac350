import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS, exportScripts, exportTopology } from '../../../src/shared/export/index.js';
import { readTopology } from '../../../src/shared/topology/index.js';
import { temporaryFolder } from '../../temporary.js';
import { raftyard } from './fake-io.js';

const folder = temporaryFolder('raftyard-cli-');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SEED = 'assets/examples/docker-consul-cluster.raftyard';
const { topology } = readTopology(readFileSync(SEED, 'utf8'));
if (topology === undefined) throw new Error('the example is valid');
const expected = exportScripts(topology, { style: 'classic' });

const exported = (out: string, ...more: string[]) =>
  raftyard(['export', SEED, '--style', 'classic', '--out', out, ...more]);

describe('export', () => {
  it('writes every file with its content and mode, and nothing else', async () => {
    const out = join(folder, 'new', 'scripts');
    const ran = await exported(out);
    expect(ran.code).toBe(0);
    for (const { path, content, mode } of expected) {
      expect(readFileSync(join(out, path), 'utf8')).toBe(content);
      expect(statSync(join(out, path)).mode & 0o777).toBe(mode);
    }
    expect(readdirSync(out, { recursive: true, withFileTypes: true }).filter((e) => e.isFile())).toHaveLength(
      expected.length,
    );
    expect(readdirSync(join(folder, 'new'))).toEqual(['scripts']);
  });

  it('writes into an empty folder, and never over a filled one without --force', async () => {
    const out = join(folder, 'filled');
    mkdirSync(out);
    expect((await exported(out)).code).toBe(0);
    writeFileSync(join(out, 'mine.txt'), 'mine');
    writeFileSync(join(out, 'README.md'), 'edited');
    const refused = await exported(out);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('--force');
    expect(readFileSync(join(out, 'README.md'), 'utf8')).toBe('edited');
    expect((await exported(out, '--force')).code).toBe(0);
    expect(readFileSync(join(out, 'README.md'), 'utf8')).not.toBe('edited');
    expect(readFileSync(join(out, 'mine.txt'), 'utf8')).toBe('mine');
  });

  it('leaves nothing half-written', async () => {
    const place = join(folder, 'file-in-the-way');
    writeFileSync(place, '');
    const ran = await exported(join(place, 'scripts'));
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/^error: .*not a directory/);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('writes a zip that keeps modes, below one folder', async () => {
    const out = join(folder, 'zipped');
    expect((await exported(out, '--zip')).code).toBe(0);
    const bytes = readFileSync(`${out}.zip`);
    const files = unzipSync(bytes);
    expect(Object.keys(files).sort()).toEqual(expected.map(({ path }) => `zipped/${path}`).sort());
    for (const { path, content, mode } of expected) {
      expect(new TextDecoder().decode(files[`zipped/${path}`])).toBe(content);
      expect(unixMode(bytes, `zipped/${path}`)).toBe(0o100000 | mode);
    }
    const again = await exported(join(folder, 'zipped'), '--zip');
    expect(again.code).toBe(1);
  });

  it.each(EXPORT_FORMATS)('writes the format %s', async (format) => {
    const out = join(folder, 'formats', format);
    const ran = await raftyard(['export', SEED, '--format', format, '--out', out, '--zip']);
    expect(ran.code).toBe(0);
    const files = exportTopology(topology, format);
    for (const { path, content } of files) expect(readFileSync(join(out, path), 'utf8')).toBe(content);
    expect(Object.keys(unzipSync(readFileSync(`${out}.zip`))).sort()).toEqual(
      files.map(({ path }) => `${format}/${path}`).sort(),
    );
  });

  it('knows no other format', async () => {
    const out = join(folder, 'terraform');
    const ran = await raftyard(['export', SEED, '--format', 'terraform', '--out', out]);
    expect(ran.code).toBe(64);
    expect(ran.stderr).toContain('compose');
    expect(readdirSync(folder)).not.toContain('terraform');
  });

  it('lists the files as JSON', async () => {
    const ran = await exported(join(folder, 'listed'), '--json');
    const result = JSON.parse(ran.stdout) as { files: unknown };
    expect(result.files).toEqual(expected.map(({ path, mode }) => ({ path, mode })));
  });
});

/** From the central directory (APPNOTE 4.3.12): external attributes at 38, name at 46. */
function unixMode(zip: Buffer, name: string): number | undefined {
  for (let at = zip.indexOf('PK\x01\x02'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4)) {
    const length = zip.readUInt16LE(at + 28);
    if (zip.toString('utf8', at + 46, at + 46 + length) === name) return zip.readUInt32LE(at + 38) >>> 16;
  }
  return undefined;
}
