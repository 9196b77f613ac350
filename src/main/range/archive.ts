/** A small writer of tar archives (POSIX ustar): what the Docker API takes for files and images. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface TarEntry {
  /** Relative path, at most 100 bytes. */
  readonly path: string;
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  /** A directory when absent. */
  readonly content?: Buffer | string | { readonly file: string };
}

const BLOCK = 512;

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(entry.path) > 100) throw new RangeError(`path too long for tar: ${entry.path}`);
  const octal = (value: number, offset: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'latin1');
  block.write(entry.path, 0, 'utf8');
  octal(entry.mode, 100, 8);
  octal(entry.uid ?? 0, 108, 8);
  octal(entry.gid ?? 0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write(entry.content === undefined ? '5' : '0', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  // The checksum is taken with its own field as spaces.
  block.write('        ', 148, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

async function* bytes(entries: readonly TarEntry[]): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    const content = entry.content;
    if (content === undefined) {
      yield header(entry, 0);
    } else if (typeof content === 'object' && 'file' in content) {
      const { size } = await stat(content.file);
      yield header(entry, size);
      for await (const chunk of createReadStream(content.file)) yield chunk as Buffer;
      yield padding(size);
    } else {
      const data = Buffer.isBuffer(content) ? content : Buffer.from(content, 'utf8');
      yield header(entry, data.length);
      yield data;
      yield padding(data.length);
    }
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** The archive as a stream; files are read while it is read. */
export function tarStream(entries: readonly TarEntry[]): Readable {
  return Readable.from(bytes(entries), { objectMode: false });
}

/** SHA-256 of a file, in hex. */
export async function fileDigest(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

export interface ImageSpec {
  readonly reference: string;
  /** Files of uncompressed layers, lowest first. */
  readonly layers: readonly string[];
  readonly architecture: string;
  /** The `config` part of an image: Entrypoint, Cmd, Env, Labels, Volumes … */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Writes images as one archive for `docker load`; layers shared by several are held once. */
export async function writeImageArchive(file: string, images: readonly ImageSpec[]): Promise<void> {
  const digests = new Map<string, string>();
  const layers = new Set(images.flatMap((image) => image.layers));
  for (const layer of layers) digests.set(layer, await fileDigest(layer));
  const digest = (layer: string) => digests.get(layer) ?? '';

  const entries: TarEntry[] = [];
  for (const layer of layers) {
    entries.push({ path: `${digest(layer)}/`, mode: 0o755 });
    entries.push({ path: `${digest(layer)}/layer.tar`, mode: 0o644, content: { file: layer } });
  }
  const manifest = images.map((image) => {
    const config = JSON.stringify({
      architecture: image.architecture,
      os: 'linux',
      // A fixed time: the image's id depends on nothing but what is in it.
      created: '1970-01-01T00:00:00Z',
      config: image.config,
      rootfs: { type: 'layers', diff_ids: image.layers.map((layer) => `sha256:${digest(layer)}`) },
      history: image.layers.map(() => ({ created: '1970-01-01T00:00:00Z', created_by: 'raftyard range' })),
    });
    const name = `${createHash('sha256').update(config).digest('hex')}.json`;
    entries.push({ path: name, mode: 0o644, content: config });
    return {
      Config: name,
      RepoTags: [image.reference],
      Layers: image.layers.map((layer) => `${digest(layer)}/layer.tar`),
    };
  });
  entries.push({ path: 'manifest.json', mode: 0o644, content: JSON.stringify(manifest) });
  const temporary = `${file}.part`;
  try {
    await pipeline(tarStream(entries), createWriteStream(temporary));
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
