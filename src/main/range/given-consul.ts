/** Consul programs and images that a person gives, as archives for the practice hosts. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline as pipelineOf, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type Docker from 'dockerode';
import { RaftyardError } from '../../shared/errors.js';
import { type ArchiveImage, readArchive, withEntry } from '../host/index.js';
import { fileDigest, tarStream, writeImageArchive } from './archive.js';
import { type ConsulArchive, DEBIAN_CONSUL, hashicorpImage } from './consul-images.js';
import { consulVersion, inEmptyContainer, tagOf } from './consul-version.js';
import type { GivenFile } from './given-files.js';
import type { BuildOptions } from './images.js';
import { withLock } from './lock.js';
import { cachePath } from './paths.js';

/** Begins the names of what is kept of given files. */
export const GIVEN = 'given-consul-';

export interface GivenTo {
  readonly docker: Docker;
  readonly range: string;
  /** The practice hosts' image: an empty container of it is where a given Consul says its version. */
  readonly hostImage: string;
  /** Debian's Consul: a given program takes its program's place. */
  readonly debian: ConsulArchive;
}

/** An empty directory of the hosts' image. */
const ROOT = '/srv';
const CHROOT = ['/usr/sbin/chroot', ROOT];
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const PROGRAM = 'bin/consul';

const program = (file: string) =>
  tarStream([
    { path: 'bin/', mode: 0o755 },
    { path: PROGRAM, mode: 0o755, content: { file } },
  ]);

const notConsul = (what: string, printed: string): RaftyardError => {
  const last = printed.split('\n').slice(-3).join('\n').slice(-300);
  return new RaftyardError('usage', `${what} is not Consul, or does not run on the practice hosts: ${last}`, {
    hint: '`consul version` has to say which one it is.',
  });
};

/** Layers of Debian's Consul, on which a given program stands; lowest first. */
async function debianLayers(debian: ConsulArchive): Promise<readonly string[]> {
  const images = (await readArchive(debian.file)) ?? [];
  const layers = images.find((image) => image.names.includes(DEBIAN_CONSUL))?.layers ?? [];
  if (layers.length === 0) throw new RaftyardError('internal', `${debian.file} has no ${DEBIAN_CONSUL}.`);
  return layers.map((layer) => layer.path);
}

/** What is packed by gzip, unpacked; anything else as it is. */
async function unpacked(content: Readable): Promise<Readable> {
  const chunks = content[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  async function* whole(): AsyncGenerator<Buffer> {
    for (let each = first; each.done !== true; each = await chunks.next()) yield each.value;
  }
  const stream = Readable.from(whole(), { objectMode: false });
  const zipped = first.done !== true && first.value.length > 1 && first.value.readUInt16BE(0) === 0x1f8b;
  // An error of either ends the last one, which its reader is told of.
  return zipped ? pipelineOf(stream, createGunzip(), () => undefined) : stream;
}

/** Unpacks a tar in a container; the request ends with the stream, also by a failure of it. */
async function put(container: Docker.Container, tar: Readable): Promise<void> {
  const stop = new AbortController();
  const failed = new Promise<never>((_, reject) => {
    tar.once('error', (error) => {
      reject(error);
      stop.abort();
    });
  });
  failed.catch(() => undefined);
  await Promise.race([container.putArchive(tar, { path: ROOT, abortSignal: stop.signal }), failed]);
}

/** One layer; a damaged one is told by its digest, before any host's engine is asked. */
async function putLayer(
  container: Docker.Container,
  archive: string,
  layer: ArchiveImage['layers'][number],
): Promise<void> {
  await withEntry(archive, layer.path, async (content) => {
    const plain = await unpacked(content);
    const hash = createHash('sha256');
    async function* counted(): AsyncGenerator<Buffer> {
      for await (const chunk of plain) {
        hash.update(chunk as Buffer);
        yield chunk as Buffer;
      }
    }
    await put(container, Readable.from(counted(), { objectMode: false }));
    const digest = `sha256:${hash.digest('hex')}`;
    if (digest !== layer.diffId) throw new Error(`${layer.path} is ${digest}, not ${layer.diffId}`);
  });
}

async function versionOfImage(to: GivenTo, archive: string, image: ArchiveImage, signal?: AbortSignal) {
  const what = `${image.names[0] ?? ''} in ${basename(archive)}`;
  try {
    const { version, printed } = await consulVersion(to.docker, {
      range: to.range,
      image: to.hostImage,
      argv: [...CHROOT, 'consul', 'version'],
      path: `${image.path ?? PATH}:/`,
      signal,
      fill: async (container) => {
        for (const layer of image.layers) await putLayer(container, archive, layer);
      },
    });
    if (version === null) throw notConsul(what, printed);
  } catch (cause) {
    if (cause instanceof RaftyardError) throw cause;
    throw new RaftyardError('usage', `${what} is damaged: ${(cause as Error).message}`, {
      hint: 'Save it again with docker save.',
      cause,
    });
  }
}

async function versionOfProgram(
  to: GivenTo,
  layers: readonly string[],
  signal?: AbortSignal,
): Promise<{ version: string | null; printed: string }> {
  return await consulVersion(to.docker, {
    range: to.range,
    image: to.hostImage,
    argv: [...CHROOT, `/${PROGRAM}`, 'version'],
    path: PATH,
    signal,
    fill: async (container) => {
      for (const layer of layers) await put(container, createReadStream(layer));
    },
  });
}

/** Copies the hosts' C library to where the loader of the range's images looks. */
const COPY_LIBRARY = `set -eu
mkdir -p ${ROOT}/lib
for name in libc.so.6 libm.so.6 libpthread.so.0 libdl.so.2 librt.so.1 libresolv.so.2 libnss_files.so.2 libnss_dns.so.2; do
  for file in /lib/*-linux-gnu*/"$name"; do cp -L "$file" ${ROOT}/lib/; done
done
for file in /lib/ld-linux* /lib64/ld-linux*; do
  [ ! -e "$file" ] || { mkdir -p "${ROOT}\${file%/*}"; cp -L "$file" "${ROOT}$file"; }
done`;

/** A layer with the C library of the hosts, which is newer than that of Debian's Consul. */
async function libraryLayer(to: GivenTo, target: string, signal?: AbortSignal): Promise<void> {
  await inEmptyContainer(
    to.docker,
    { range: to.range, image: to.hostImage, argv: ['/bin/sh', '-c', COPY_LIBRARY], signal },
    async (container, { code, printed }) => {
      if (code !== 0) throw new RaftyardError('command-failed', `Copying the C library failed: ${printed}`);
      await pipeline(await container.getArchive({ path: `${ROOT}/.` }), createWriteStream(target));
    },
  );
}

async function makeImage(to: GivenTo, file: string, kept: string, options: BuildOptions): Promise<void> {
  const work = `${kept}.work`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  try {
    const base: string[] = [];
    for (const [index, layer] of (await debianLayers(to.debian)).entries()) {
      const target = join(work, `${index}.tar`);
      await withEntry(to.debian.file, layer, (content) => pipeline(content, createWriteStream(target)));
      base.push(target);
    }
    const own = join(work, 'program.tar');
    await pipeline(program(file), createWriteStream(own));
    let layers = [...base, own];
    let said = await versionOfProgram(to, layers, options.signal);
    if (said.version === null) {
      // HashiCorp's programs need no library; one of a distribution may want a newer one than Debian's Consul does.
      const library = join(work, 'library.tar');
      await libraryLayer(to, library, options.signal);
      layers = [...base, library, own];
      said = await versionOfProgram(to, layers, options.signal);
    }
    if (said.version === null) throw notConsul(basename(file), said.printed);
    options.onDetail(`Consul ${said.version} of ${basename(file)}`);
    const reference = `hashicorp/consul:${tagOf(said.version)}`;
    const about = 'from a program that was given for practice hosts';
    await writeImageArchive(kept, [hashicorpImage(reference, said.version, layers, about)]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function keepArchive(
  to: GivenTo,
  given: Extract<GivenFile, { kind: 'archive' }>,
  kept: string,
  options: BuildOptions,
): Promise<void> {
  for (const image of given.images) {
    options.onDetail(image.names.join(', '));
    await versionOfImage(to, given.file, image, options.signal);
  }
  await copyFile(given.file, `${kept}.part`);
  await rename(`${kept}.part`, kept);
}

/**
 * The archive of one given file. A program becomes an image behind the entrypoint of the range's own Consul, named by the
 * version that it says; an archive keeps its names. What was made of the same bytes before is taken from the cache.
 * @throws RaftyardError usage when it is not Consul; docker-failed, cancelled, io
 */
export async function givenArchive(
  to: GivenTo,
  given: GivenFile,
  options: BuildOptions,
): Promise<ConsulArchive> {
  const recipe = given.kind === 'program' ? basename(to.debian.file) : '';
  const key = createHash('sha256')
    .update(`${recipe}\n${await fileDigest(given.file)}`)
    .digest('hex')
    .slice(0, 16);
  const file = join(cachePath(), `${GIVEN}${key}.tar`);
  await mkdir(cachePath(), { recursive: true });
  await withLock(
    `${file}.lock`,
    async () => {
      if (existsSync(file)) return;
      if (given.kind === 'program') await makeImage(to, given.file, file, options);
      else await keepArchive(to, given, file, options);
    },
    { signal: options.signal },
  );
  const references = (await readArchive(file))?.flatMap((image) => image.names) ?? [];
  return { file, references };
}

/** Removes what is kept of given files that no range names any more. */
export async function dropGiven(inUse: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(cachePath()).catch(() => [])) {
    const file = join(cachePath(), name);
    if (name.startsWith(GIVEN) && name.endsWith('.tar') && !inUse.has(file)) await rm(file, { force: true });
  }
}
