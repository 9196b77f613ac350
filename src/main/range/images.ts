import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { RaftyardError } from '../../shared/errors.js';
import { tarStream } from './archive.js';
import { withLock } from './lock.js';
import { debianMirror } from './mirror.js';
import { ensurePrograms, IMAGE_NEEDS } from './packages.js';
import { assetPath, cachePath } from './paths.js';
import { runOrThrow } from './process.js';

export interface BuildOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onDetail: (detail: string) => void;
}

const HOST_ASSETS = ['packages.txt', 'customize.sh', 'Dockerfile'];
const HOST_SUITE = 'bookworm';

/** Names what an image is made of: a changed recipe is another image. */
export async function recipeDigest(folder: string, files: readonly string[], extra: string): Promise<string> {
  const hash = createHash('sha256').update(`${process.arch}\n${extra}\n`);
  for (const file of files) {
    hash.update(`${file}\n`).update(await readFile(assetPath(folder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Whether the engine can ask a registry for an image, told by its own API within a few seconds. */
export async function registryHas(docker: Docker, reference: string): Promise<boolean> {
  if (process.env['RAFTYARD_RANGE_REGISTRY'] === 'off') return false;
  const asked = docker
    .getImage(reference)
    .distribution()
    .then(
      () => true,
      () => false,
    );
  const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), 4_000).unref());
  return Promise.race([asked, late]);
}

/** Old recipes' files go when a new one is there. */
export async function dropOthers(prefix: string, keep: string): Promise<void> {
  for (const name of await readdir(cachePath())) {
    if (name.startsWith(prefix) && !name.startsWith(keep) && !name.endsWith('.lock')) {
      await rm(join(cachePath(), name), { recursive: true, force: true });
    }
  }
}

/**
 * The practice hosts' image in an engine, by its reference; made where it is missing.
 * From a registry where one is reachable, else by mmdebstrap, whose root file system is kept in the cache.
 * @throws RaftyardError blocked, command-failed, docker-failed
 */
export async function ensureHostImage(docker: Docker, options: BuildOptions): Promise<string> {
  const digest = await recipeDigest('host', HOST_ASSETS, HOST_SUITE);
  const reference = `raftyard/range-host:${digest}`;
  if (await hasImage(docker, reference)) return reference;
  await mkdir(cachePath(), { recursive: true });
  const lock = join(cachePath(), 'host-image.lock');
  const onWait = () => options.onDetail('waiting for another range that builds it');
  return withLock(
    lock,
    async () => {
      if (await hasImage(docker, reference)) return reference;
      const rootfs = join(cachePath(), `host-${digest}.tar`);
      if (!existsSync(rootfs) && (await registryHas(docker, 'debian:bookworm'))) {
        options.onDetail('from the registry');
        await buildFromDockerfile(docker, reference, options);
        return reference;
      }
      if (!existsSync(rootfs)) await makeRootfs(rootfs, options);
      options.onDetail('loading it into the Docker Engine');
      await importRootfs(docker, rootfs, reference);
      await dropOthers('host-', `host-${digest}`);
      return reference;
    },
    { signal: options.signal, onWait },
  );
}

export async function hasImage(docker: Docker, reference: string): Promise<boolean> {
  try {
    await docker.getImage(reference).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw new RaftyardError('docker-failed', `Cannot look for ${reference}: ${(error as Error).message}`);
  }
}

async function makeRootfs(rootfs: string, options: BuildOptions): Promise<void> {
  const lines = { signal: options.signal, onLine: options.onDetail };
  await ensurePrograms(IMAGE_NEEDS, 'Building practice hosts without a registry', lines);
  const packages = (await readFile(assetPath('host', 'packages.txt'), 'utf8')).trim().split(/\s+/);
  const mirror = await debianMirror();
  const part = `${rootfs}.part`;
  try {
    await runOrThrow(
      'Building the host image',
      'mmdebstrap',
      [
        '--variant=minbase',
        '--format=tar',
        `--include=${packages.join(',')}`,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell that mmdebstrap starts expands it
        '--customize-hook=chroot "$1" sh -s < "${RAFTYARD_CUSTOMIZE}"',
        HOST_SUITE,
        part,
        ...mirror,
      ],
      { ...lines, env: { RAFTYARD_CUSTOMIZE: assetPath('host', 'customize.sh'), LC_ALL: 'C' } },
    );
    await rename(part, rootfs);
  } finally {
    await rm(part, { force: true });
  }
}

/** Reads a stream of the Docker API's progress lines to its end; an `error` in it throws. */
export async function follow(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  onDetail?: (d: string) => void,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(
      stream,
      (error, output: { error?: string }[] | null) => {
        const failed = error?.message ?? output?.find((line) => line.error !== undefined)?.error;
        if (failed === undefined) resolve();
        else reject(new RaftyardError('docker-failed', `The Docker Engine refused an image: ${failed}`));
      },
      (line: { stream?: string; status?: string }) => {
        const text = (line.stream ?? line.status ?? '').trim();
        if (text !== '') onDetail?.(text);
      },
    );
  });
}

async function importRootfs(docker: Docker, rootfs: string, reference: string): Promise<void> {
  const [repo, tag] = reference.split(':');
  const stream = await docker.importImage(rootfs, {
    repo,
    tag,
    changes: ['CMD ["/sbin/init"]', 'ENV container=docker'],
  });
  await follow(docker, stream);
}

async function buildFromDockerfile(docker: Docker, reference: string, options: BuildOptions): Promise<void> {
  const entries = await Promise.all(
    HOST_ASSETS.map(async (path) => ({
      path,
      mode: 0o644,
      content: await readFile(assetPath('host', path)),
    })),
  );
  const stream = await docker.buildImage(tarStream(entries), {
    t: reference,
    networkmode: 'host', // our own engine has no default bridge
    ...(options.signal === undefined ? {} : { abortSignal: options.signal }),
  });
  await follow(docker, stream, options.onDetail);
}
