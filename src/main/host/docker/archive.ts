/** What is in an image archive, as `docker save` writes it: read as a stream, with nothing unpacked to disk. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Pack, pack } from 'tar-stream';
import { z } from 'zod';

/** One image of an archive. */
export interface ArchiveImage {
  /** Digest of its configuration, computed: its id in engines with Docker's own image store. */
  readonly config: string;
  /** References that the archive gives it. */
  readonly names: readonly string[];
  /** Lowest first; empty in an archive that Docker's own store cannot load. */
  readonly layers: readonly { readonly path: string; readonly diffId: string }[];
  /** Manifests and indexes that lead to it, `sha256:…`, each computed from its own bytes. */
  readonly digests: readonly string[];
  /** As Go names it: `amd64`, `arm64`; absent where the configuration does not say. */
  readonly architecture?: string;
  /** Where its programs are looked for; absent where it has no PATH of its own. */
  readonly path?: string;
}

/** Manifests and configurations are kilobytes; layers are never kept. */
const MOST_JSON = 1 << 20;
const MOST_ENTRIES = 10_000;
/** An index names manifests, which name configurations: deeper is nobody's image. */
const MOST_DEPTH = 4;

const saved = z.array(
  z.object({
    Config: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Layers: z.array(z.string()).nullish(),
  }),
);
const configuration = z.object({
  architecture: z.string().optional(),
  config: z.object({ Env: z.array(z.string()).nullish() }).nullish(),
  rootfs: z.object({ diff_ids: z.array(z.string()) }),
});
const descriptor = z.object({ digest: z.string(), annotations: z.record(z.string(), z.string()).optional() });
const manifest = z.object({
  manifests: z.array(descriptor).optional(),
  config: descriptor.optional(),
});

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The tar within; `null` for a compression that only an engine opens. */
async function openTar(path: string): Promise<Readable | null> {
  const file = await open(path, 'r');
  const head = Buffer.alloc(512);
  try {
    await file.read(head, 0, head.length, 0);
  } finally {
    await file.close();
  }
  if (head.readUInt16BE(0) === 0x1f8b) return createReadStream(path).pipe(createGunzip());
  return head.subarray(257, 262).toString('latin1') === 'ustar' ? createReadStream(path) : null;
}

async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parse<T>(shape: z.ZodType<T>, bytes: Buffer | undefined): T | undefined {
  if (bytes === undefined) return undefined;
  try {
    return shape.safeParse(JSON.parse(bytes.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Digests of all manifests below an index, each with the configurations that it leads to. */
function leads(
  digest: string,
  byDigest: ReadonlyMap<string, Buffer>,
  above: readonly string[],
  found: Map<string, Set<string>>,
): void {
  const bytes = byDigest.get(digest);
  if (bytes === undefined || above.length >= MOST_DEPTH) return;
  const read = parse(manifest, bytes);
  const chain = [...above, digest];
  for (const child of read?.manifests ?? []) leads(child.digest, byDigest, chain, found);
  if (read?.config === undefined) return;
  const known = found.get(read.config.digest) ?? new Set();
  for (const each of chain) known.add(each);
  found.set(read.config.digest, known);
}

interface Contents {
  readonly small: ReadonlyMap<string, Buffer>;
  /** Earlier versions of Docker save a layer that is there twice as a link. */
  readonly links: ReadonlyMap<string, string>;
}

async function contents(tar: Readable): Promise<Contents> {
  const small = new Map<string, Buffer>();
  const links = new Map<string, string>();
  const entries = extract();
  const done = pipeline(tar, entries);
  // What ends the reading is told by the loop.
  done.catch(() => undefined);
  let count = 0;
  for await (const entry of entries) {
    const { name, type, size, linkname } = entry.header;
    count += 1;
    if (count > MOST_ENTRIES) throw new RangeError('too many entries');
    if (type === 'symlink') links.set(name, new URL(linkname, `tar:///${name}`).pathname.slice(1));
    if (type === 'file' && size <= MOST_JSON) small.set(name, await collect(entry));
    else entry.resume();
  }
  await done;
  return { small, links };
}

/**
 * The images of an archive; `null` where it is none that can be read here (another compression, no archive at all): whether
 * an engine loads it is for the engine to say.
 */
export async function readArchive(path: string): Promise<readonly ArchiveImage[] | null> {
  let found: Contents;
  try {
    const tar = await openTar(path);
    if (tar === null) return null;
    found = await contents(tar);
  } catch {
    return null;
  }
  const { small, links } = found;
  const byDigest = new Map([...small.values()].map((bytes) => [digestOf(bytes), bytes]));
  const led = new Map<string, Set<string>>();
  const index = parse(manifest, small.get('index.json'));
  for (const { digest } of index?.manifests ?? []) leads(digest, byDigest, [], led);
  const images = (parse(saved, small.get('manifest.json')) ?? []).flatMap((image): ArchiveImage[] => {
    const bytes = small.get(image.Config);
    const read = parse(configuration, bytes);
    const diffIds = read?.rootfs.diff_ids;
    const path = read?.config?.Env?.find((each) => each.startsWith('PATH='))?.slice('PATH='.length);
    if (bytes === undefined || diffIds === undefined) return [];
    const config = digestOf(bytes);
    const paths = (image.Layers ?? []).map((layer) => links.get(layer) ?? layer);
    return [
      {
        config,
        names: image.RepoTags ?? [],
        layers:
          paths.length === diffIds.length
            ? paths.map((layer, at) => ({ path: layer, diffId: diffIds[at] ?? '' }))
            : [],
        digests: [...(led.get(config) ?? [])],
        ...(read?.architecture === undefined ? {} : { architecture: read.architecture }),
        ...(path === undefined ? {} : { path }),
      },
    ];
  });
  if (images.length > 0) return images;
  const bare = [...led].map(([config, digests]) => ({
    config,
    names: [],
    layers: [],
    digests: [...digests],
  }));
  return bare.length === 0 ? null : bare;
}

/**
 * Hands one file of the archive on as a stream, which `use` has to read to its end; nothing is kept in memory.
 * @throws TypeError where it is no archive, or no such file is in it
 */
export async function withEntry(
  archive: string,
  name: string,
  use: (content: Readable) => Promise<void>,
): Promise<void> {
  const tar = await openTar(archive);
  if (tar === null) throw new TypeError('the archive cannot be read');
  const entries = extract();
  const reading = pipeline(tar, entries);
  // What ends the reading is told by the loop.
  reading.catch(() => undefined);
  let found = false;
  for await (const entry of entries) {
    if (entry.header.name === name && !found) {
      found = true;
      await use(Readable.from(entry, { objectMode: false }));
    } else entry.resume();
  }
  if (!found) throw new TypeError(`the archive has no ${name}`);
}

/** Writes the archive anew without some of its files; the same files left out give the same bytes. */
export async function writeWithout(
  from: string,
  leaveOut: ReadonlySet<string>,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const tar = await openTar(from);
  if (tar === null) throw new TypeError('the archive cannot be read');
  const entries = extract();
  const smaller = pack();
  const reading = pipeline(tar, entries, { signal });
  const writing = pipeline(smaller, createWriteStream(to, { mode: 0o600 }), { signal });
  const copying = (async () => {
    for await (const entry of entries) {
      if (leaveOut.has(entry.header.name)) {
        entry.resume();
        continue;
      }
      await copy(entry, smaller);
    }
    smaller.finalize();
  })();
  await Promise.all([reading, writing, copying]);
}

type Entry = ReturnType<typeof extract> extends AsyncIterable<infer E> ? E : never;

function copy(entry: Entry, into: Pack): Promise<void> {
  return new Promise((resolve, reject) => {
    const target = into.entry(entry.header, (error) => (error ? reject(error) : resolve()));
    entry.once('error', reject);
    // Links and directories have no content, and their end is told at once.
    if (entry.header.type === 'file') entry.pipe(target);
    else entry.resume();
  });
}
