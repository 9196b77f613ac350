/** Consul images from a registry, pulled once by the engine of this computer and kept as archives for the practice hosts. */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { parseReference, withoutDigest } from '../../shared/consul/index.js';
import { RaftyardError } from '../../shared/errors.js';
import { readArchive } from '../host/index.js';
import type { ConsulArchive } from './consul-images.js';
import { consulVersion, tagOf } from './consul-version.js';
import { type BuildOptions, follow, hasImage, registryHas } from './images.js';
import { withLock } from './lock.js';
import { cachePath } from './paths.js';

export interface PullTo {
  readonly docker: Docker;
  readonly range: string;
  /** Begins the name of the archive in the cache. */
  readonly prefix: string;
}

/** A full version: what it names stays the same. */
const isFull = (tag: string | undefined): boolean => /^v?\d+\.\d+\.\d+/.test(tag ?? '');

/** The name for the hosts: as it is where it says the version, else with the version that its Consul says. */
export function pulledName(reference: string, version: string): string {
  const { tag, digest } = parseReference(reference);
  if (digest === undefined && isFull(tag)) return reference;
  const named = withoutDigest(reference);
  return `${tag === undefined ? named : named.slice(0, -tag.length - 1)}:${tagOf(version)}`;
}

async function pullInto(
  { docker, range }: PullTo,
  reference: string,
  file: string,
  options: BuildOptions,
): Promise<void> {
  const before = await hasImage(docker, reference);
  let own = '';
  try {
    await follow(docker, await docker.pull(reference), options.onDetail);
    const { version, printed } = await consulVersion(docker, {
      range,
      image: reference,
      argv: ['consul', 'version'],
      signal: options.signal,
    });
    if (version === null) {
      throw new RaftyardError('usage', `${reference} is not Consul: ${printed.slice(-300)}`, {
        hint: '`consul version` in it has to say which one it is.',
      });
    }
    const name = pulledName(reference, version);
    if (name !== reference && !(await hasImage(docker, name))) {
      own = name;
      const { tag = '' } = parseReference(name);
      await docker.getImage(reference).tag({ repo: name.slice(0, -tag.length - 1), tag });
    }
    await pipeline(await docker.getImage(name).get(), createWriteStream(`${file}.part`));
    await rename(`${file}.part`, file);
  } finally {
    await rm(`${file}.part`, { force: true });
    // The person's own engine is not ours to fill.
    for (const each of [own, before ? '' : reference]) {
      if (each !== '')
        await docker
          .getImage(each)
          .remove()
          .catch(() => undefined);
    }
  }
}

/**
 * An image of a registry as an archive, named by its full version. Fetched once, then kept in the cache.
 * @throws RaftyardError image-unavailable where no registry with it is in reach; usage where it is not Consul; docker-failed
 */
export async function pulledArchive(
  to: PullTo,
  reference: string,
  options: BuildOptions,
): Promise<ConsulArchive> {
  const key = createHash('sha256').update(`${process.arch}\n${reference}`).digest('hex').slice(0, 16);
  const file = join(cachePath(), `${to.prefix}${key}.tar`);
  await mkdir(cachePath(), { recursive: true });
  await withLock(
    `${file}.lock`,
    async () => {
      if (existsSync(file)) return;
      if (!(await registryHas(to.docker, reference))) {
        throw new RaftyardError(
          'image-unavailable',
          `No registry in reach of this computer has ${reference}.`,
          {
            hint: 'Give a file that docker save wrote elsewhere, or a consul program: raftyard range up --consul FILE',
          },
        );
      }
      await pullInto(to, reference, file, options);
    },
    { signal: options.signal },
  );
  return { file, references: (await readArchive(file))?.flatMap((image) => image.names) ?? [] };
}
