import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { readArchive, writeWithout } from '../../../src/main/host/docker/archive.js';
import { temporaryFolder } from '../../temporary.js';

const home = temporaryFolder('archive-');
const sha = (bytes: string | Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const hex = (digest: string) => digest.slice('sha256:'.length);

type Item = string | Buffer | { readonly link: string };

async function tarOf(entries: Readonly<Record<string, Item>>): Promise<Buffer> {
  const made = pack();
  for (const [name, item] of Object.entries(entries))
    if (typeof item === 'object' && 'link' in item)
      made.entry({ name, type: 'symlink', linkname: item.link });
    else made.entry({ name, mtime: new Date(0) }, item);
  made.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of made) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function archive(name: string, entries: Readonly<Record<string, Item>>): Promise<string> {
  const path = join(home, name);
  writeFileSync(path, await tarOf(entries));
  return path;
}

const LAYERS = [Buffer.alloc(40_000, 'a'), Buffer.alloc(3_000_000, 'b')];
const CONFIG = JSON.stringify({
  architecture: 'amd64',
  rootfs: { type: 'layers', diff_ids: LAYERS.map(sha) },
});
const saved = (config: string, layers: readonly string[]) =>
  JSON.stringify([{ Config: config, RepoTags: ['hashicorp/consul:1.22'], Layers: layers }]);

const CLASSIC = {
  'one/layer.tar': LAYERS[0] as Buffer,
  'two/layer.tar': LAYERS[1] as Buffer,
  'three/layer.tar': { link: '../one/layer.tar' },
  [`${hex(sha(CONFIG))}.json`]: CONFIG,
  'manifest.json': saved(`${hex(sha(CONFIG))}.json`, ['one/layer.tar', 'two/layer.tar']),
};

const MANIFEST = JSON.stringify({ schemaVersion: 2, config: { digest: sha(CONFIG) } });
const PLATFORMS = JSON.stringify({ schemaVersion: 2, manifests: [{ digest: sha(MANIFEST) }] });
const blob = (text: string) => ({ [`blobs/sha256/${hex(sha(text))}`]: text });
const OCI = {
  ...blob(CONFIG),
  ...blob(MANIFEST),
  ...blob(PLATFORMS),
  'index.json': JSON.stringify({ manifests: [{ digest: sha(PLATFORMS) }] }),
  'manifest.json': saved(`blobs/sha256/${hex(sha(CONFIG))}`, ['one', 'two']),
};

describe('image archives', () => {
  it('tells an image’s id, names and layers', async () => {
    expect(await readArchive(await archive('classic.tar', CLASSIC))).toEqual([
      {
        config: sha(CONFIG),
        names: ['hashicorp/consul:1.22'],
        layers: [
          { path: 'one/layer.tar', diffId: sha(LAYERS[0] as Buffer) },
          { path: 'two/layer.tar', diffId: sha(LAYERS[1] as Buffer) },
        ],
        digests: [],
        architecture: 'amd64',
      },
    ]);
  });

  it('follows the link that stands for a layer which is there twice', async () => {
    const twice = {
      ...CLASSIC,
      'manifest.json': saved(`${hex(sha(CONFIG))}.json`, ['one/layer.tar', 'three/layer.tar']),
    };
    const [image] = (await readArchive(await archive('links.tar', twice))) ?? [];
    expect(image?.layers.map(({ path }) => path)).toEqual(['one/layer.tar', 'one/layer.tar']);
  });

  it('computes which manifests lead to the image, through an index of platforms too', async () => {
    const [image] = (await readArchive(await archive('oci.tar', OCI))) ?? [];
    expect(image?.digests.toSorted()).toEqual([sha(MANIFEST), sha(PLATFORMS)].toSorted());
  });

  it('believes no name: a manifest that is not what its digest says leads nowhere', async () => {
    const forged = JSON.stringify({
      schemaVersion: 2,
      config: { digest: sha(CONFIG) },
      annotations: { a: 'b' },
    });
    const path = await archive('forged.tar', { ...OCI, [`blobs/sha256/${hex(sha(MANIFEST))}`]: forged });
    const [image] = (await readArchive(path)) ?? [];
    expect(image?.digests).toEqual([]);
  });

  it('reads a gzipped archive, and gives up what is none', async () => {
    const gz = join(home, 'saved.tar.gz');
    writeFileSync(gz, gzipSync(await tarOf(CLASSIC)));
    expect((await readArchive(gz))?.[0]?.config).toBe(sha(CONFIG));
    const whole = await tarOf(CLASSIC);
    for (const [name, bytes] of [
      ['empty.tar', Buffer.alloc(0)],
      ['text.tar', Buffer.from('not an archive')],
      ['cut.tar', whole.subarray(0, 20_000)],
      ['cut.tar.gz', gzipSync(whole).subarray(0, 100)],
    ] as const) {
      const path = join(home, name);
      writeFileSync(path, bytes);
      expect(await readArchive(path), name).toBeNull();
    }
    expect(await readArchive(join(home, 'absent.tar'))).toBeNull();
  });

  it('is written again without a layer, each time the same', async () => {
    const from = await archive('whole.tar', CLASSIC);
    const to = ['a.tar', 'b.tar'].map((name) => join(home, name));
    for (const path of to)
      await writeWithout(from, new Set(['two/layer.tar']), path, new AbortController().signal);
    const [a, b] = to.map((path) => readFileSync(path));
    expect(a?.equals(b as Buffer)).toBe(true);
    expect(a?.length).toBeLessThan(100_000);
    expect(await readArchive(to[0] as string)).toEqual(await readArchive(from));
  });

  it('stops when it is cancelled', async () => {
    const from = await archive('long.tar', CLASSIC);
    await expect(
      writeWithout(from, new Set(), join(home, 'never.tar'), AbortSignal.abort()),
    ).rejects.toThrow();
  });
});
