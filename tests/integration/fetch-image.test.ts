/** An image that this computer’s Docker has, or pulls, and that hosts without a registry get through SSH. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchImage, imageFolder } from '../../src/main/cluster/fetch-image.js';
import { serialiseTopology } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { temporaryFolder } from '../temporary.js';
import { giveImage, ownImage, takeImage } from './own-engine.js';
import { bareHosts, outer, raftyard, range, rangeDocument, statusOf } from './support.js';

const HOST = 'docker02';
const folder = temporaryFolder('raftyard-fetch-');
const out = join(folder, 'image.tar');
const before = process.env['DOCKER_HOST'];
let topology: Topology;
let document = '';

beforeAll(async () => {
  const ranges = await rangeDocument();
  await bareHosts(ranges);
  topology = await ownImage(ranges, HOST);
  document = join(folder, 'fetch.raftyard');
  writeFileSync(document, serialiseTopology(topology));
  // The engine in which the range lives is this computer's.
  process.env['DOCKER_HOST'] = `unix://${range.engine.socket}`;
});
afterAll(async () => {
  if (before === undefined) delete process.env['DOCKER_HOST'];
  else process.env['DOCKER_HOST'] = before;
  await bareHosts(topology);
  await takeImage(topology);
});

describe('an image', () => {
  it('that this computer’s Docker cannot have is refused, with the engine’s reason, and nothing is left', async () => {
    const missing = await raftyard('fetch-image', document, '--out', out);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain(`${topology.image} cannot be fetched here`);
    process.env['DOCKER_HOST'] = `unix://${folder}/nobody.sock`;
    const nobody = await raftyard('fetch-image', document, '--out', out);
    process.env['DOCKER_HOST'] = `unix://${range.engine.socket}`;
    expect(nobody.code).toBe(1);
    expect(nobody.stderr).toContain('no Docker Engine answers on this computer');
    expect(readdirSync(folder)).toEqual(['fetch.raftyard']);
  });

  it('that it has is saved, and loaded by hosts that do not have it', async () => {
    await giveImage(topology, 'docker01');
    const fetched = await raftyard('fetch-image', document, '--out', out);
    expect(fetched.code, fetched.stderr).toBe(0);
    expect(fetched.stderr).toContain(`--image-archive ${out}`);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    const again = await raftyard('fetch-image', document, '--out', out);
    expect(again.code).toBe(64);
    expect(again.stderr).toContain('--force');
    // What is there stays until the new one is whole.
    const size = (await stat(out)).size;
    const refused = await raftyard(
      'fetch-image',
      document,
      '--out',
      out,
      '--force',
      '--architecture',
      'riscv64',
    );
    expect(refused.code).toBe(1);
    expect((await stat(out)).size).toBe(size);
    const told = await raftyard('fetch-image', document, '--out', out, '--force', '--json');
    expect(JSON.parse(told.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'archive',
      path: out,
    });
    expect((await stat(out)).size).toBe(size);

    const applied = await raftyard('apply', document, '--yes', '--image-archive', out);
    expect(applied.code, applied.stderr).toBe(0);
    expect((await statusOf(topology)).problems).toEqual([]);
  });

  it('is kept once for the window, and not for hosts of another architecture', async () => {
    const notes: string[] = [];
    const options = {
      reference: topology.image,
      architecture: 'amd64',
      target: await imageFolder(join(folder, 'images'), topology.image),
      signal: new AbortController().signal,
      onNote: ({ title }: { title: string }) => void notes.push(title),
      docker: () => Promise.resolve(outer),
    };
    const info = await outer.getImage(topology.image).inspect();
    const own = { ...options, architecture: info.Architecture };
    const path = await fetchImage(own);
    expect(existsSync(path)).toBe(true);
    const told = notes.length;
    expect(await fetchImage(own)).toBe(path);
    expect(notes.length).toBe(told);
    await expect(fetchImage({ ...options, architecture: 'riscv64' })).rejects.toMatchObject({
      code: 'image-unavailable',
    });
    await expect(
      fetchImage({ ...options, reference: `${topology.image}@sha256:${'0'.repeat(64)}` }),
    ).rejects.toMatchObject({ code: 'image-unavailable' });
    const aborted = new AbortController();
    aborted.abort();
    const elsewhere = await imageFolder(join(folder, 'other'), topology.image);
    await expect(fetchImage({ ...own, target: elsewhere, signal: aborted.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(readdirSync(join(folder, 'other'))).toEqual([]);
    expect(readdirSync(join(folder, 'images'))).toHaveLength(1);
  });
});
