/** All images that a range needs, before a host is touched. */
import type Docker from 'dockerode';
import { DEFAULT_IMAGE } from '../../shared/topology/index.js';
import { type ConsulArchive, ensureConsulArchive } from './consul-images.js';
import { GIVEN, givenArchive } from './given-consul.js';
import type { GivenFile } from './given-files.js';
import { type BuildOptions, ensureHostImage, registryHas } from './images.js';
import { pulledArchive } from './pulled-consul.js';

export interface Wanted {
  readonly range: string;
  /** Files and references that were given; null where the range keeps what it has. */
  readonly chosen: { readonly files: readonly GivenFile[]; readonly references: readonly string[] } | null;
  /** What the range was given before. */
  readonly kept: readonly ConsulArchive[];
}

export interface Prepared {
  /** The hosts' image, in the engine. */
  readonly hostImage: string;
  /** Of the Consul that the range was given. */
  readonly given: ConsulArchive[];
  /** All that every host gets; that of topologies first. */
  readonly archives: ConsulArchive[];
}

/**
 * Makes the hosts' image and the range's own Consul images at the same time: each keeps one core busy. When one cannot be
 * made, the other is given up. What was given comes after them, since it is tried in a container of the hosts' image.
 * @throws RaftyardError usage where a file is not Consul; blocked, command-failed, docker-failed, image-unavailable
 */
export async function prepareImages(
  docker: Docker,
  wanted: Wanted,
  options: BuildOptions,
): Promise<Prepared> {
  const { range, chosen, kept } = wanted;
  const { hostImage, debian } = await ownImages(docker, options);
  const given = [...kept];
  if (chosen !== null) {
    given.length = 0;
    for (const file of chosen.files)
      given.push(await givenArchive({ docker, range, hostImage, debian }, file, options));
    for (const reference of chosen.references)
      given.push(await pulledArchive({ docker, range, prefix: GIVEN }, reference, options));
  }
  const current = given.length > 0 ? null : await currentConsul(docker, range, options);
  return { hostImage, given, archives: [...given, ...(current === null ? [] : [current]), debian] };
}

async function ownImages(
  docker: Docker,
  options: BuildOptions,
): Promise<{ hostImage: string; debian: ConsulArchive }> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const both = { ...options, signal };
  const host = ensureHostImage(docker, both);
  const consul = ensureConsulArchive(both);
  const work = [host, consul];
  for (const one of work) one.catch(() => stop.abort());
  try {
    const [hostImage, debian] = await Promise.all([host, consul]);
    return { hostImage, debian };
  } finally {
    // Nothing of ours may go on in the background after the caller was told of a failure.
    await Promise.allSettled(work);
  }
}

/** The Consul of new documents where a registry is in reach; else null, and the hosts have Debian's build only. */
async function currentConsul(
  docker: Docker,
  range: string,
  options: BuildOptions,
): Promise<ConsulArchive | null> {
  if (!(await registryHas(docker, DEFAULT_IMAGE))) return null;
  try {
    return await pulledArchive({ docker, range, prefix: 'pulled-consul-' }, DEFAULT_IMAGE, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    return null; // the registry went away: a range does not fail for it
  }
}
