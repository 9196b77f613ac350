/** The digest that an image's name stands for now: asked of the hosts' own engines. */

import { runReference, withoutDigest } from '../../shared/consul/index.js';
import { desiredImage } from '../../shared/desired/index.js';
import { RaftyardError } from '../../shared/errors.js';
import type { Topology } from '../../shared/topology/types.js';
import { manifestDigests, type RegistryLogin } from '../host/index.js';
import type { HostConnection } from '../host/types.js';
import { askAnyHost } from './any-host.js';
import { registryFor } from './registry.js';
import type { UseCaseContext } from './types.js';

export interface Pinned {
  /** The document's image with the digest: `hashicorp/consul:1.22@sha256:…`. */
  readonly image: string;
  readonly digest: string;
  /** Who said so. */
  readonly host: string;
  /** `registry`: what the name stands for there now; `host`: what the host has, whose registry cannot be asked. */
  readonly from: 'registry' | 'host';
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** What the registry says through this host's engine, or what the engine pulled by that name. */
async function digestAt(
  connection: HostConnection,
  unpinned: Topology,
  login: RegistryLogin | undefined,
): Promise<Pick<Pinned, 'digest' | 'from'>> {
  const docker = await connection.docker();
  const { from } = desiredImage(unpinned);
  try {
    const answer = (await docker
      .getImage(from)
      .distribution(login === undefined ? {} : { authconfig: login })) as {
      readonly Descriptor?: { readonly digest?: string };
    };
    const digest = answer.Descriptor?.digest;
    if (digest !== undefined && DIGEST.test(digest)) return { digest, from: 'registry' };
    throw new Error('the registry names no digest of it');
  } catch (refused) {
    const info = await docker
      .getImage(runReference(unpinned.image))
      .inspect()
      .catch(() => undefined);
    const [only, ...others] = info === undefined ? [] : manifestDigests(info);
    // Two digests for one image: nothing says which of them the name stands for.
    if (only !== undefined && others.length === 0 && DIGEST.test(only)) return { digest: only, from: 'host' };
    throw refused;
  }
}

/**
 * Asks one host after another until one can tell what the document's image is. Changes nothing.
 *
 * @throws RaftyardError image-unavailable where no host can say; auth-failed, cancelled
 */
export async function pinImage(topology: Topology, context: UseCaseContext): Promise<Pinned> {
  const unpinned = { ...topology, image: withoutDigest(topology.image) };
  const registry = registryFor(unpinned, context.connector);
  const login = await registry.login();
  const answer = await askAnyHost(
    topology,
    context,
    (connection) => digestAt(connection, unpinned, login),
    (words) => registry.refused(words),
  );
  if ('found' in answer) {
    const { found, host } = answer;
    return { image: `${unpinned.image}@${found.digest}`, ...found, host };
  }
  throw new RaftyardError(
    'image-unavailable',
    `no host can say which digest ${unpinned.image} has: ${answer.said.join('; ')}`,
    {
      hint: 'Check the name and the way to the registry; or write the digest into the document by hand, as name:tag@sha256:….',
    },
  );
}
