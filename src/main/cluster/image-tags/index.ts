/** Which versions the document's registry has of its image. Read-only; the plan knows nothing of it. */
import { pullReference, repositoryOf } from '../../../shared/consul/index.js';
import { RaftyardError, toEnvelope } from '../../../shared/errors.js';
import type { Topology } from '../../../shared/topology/types.js';
import { askAnyHost } from '../any-host.js';
import { registryFor } from '../registry.js';
import type { UseCaseContext } from '../types.js';
import type { Ask } from './answer.js';
import { listVersions } from './list.js';
import { fromHere, throughHost } from './ways.js';

export interface RegistryVersions {
  /** `docker.io`, `registry.example:5000`. */
  readonly registry: string;
  /** Tags that are full versions, newest first, {@link MOST_VERSIONS} at most. */
  readonly versions: readonly string[];
  /** The host through which it was asked; null: from this computer. */
  readonly host: string | null;
}

export const MOST_VERSIONS = 100;

export interface VersionOptions {
  /**
   * The person wants to know in earnest: a password may be asked for, and where this computer gets no list, hosts are asked,
   * with the questions that connecting to them brings.
   */
  readonly thorough?: boolean;
}

/**
 * Asks the registry that hosts pull from (the mirror, where there is one) from this computer, then through one host after another.
 *
 * @throws RaftyardError image-unavailable; secrets-needed where the password would have to be asked for; auth-failed, cancelled
 */
export async function imageVersions(
  topology: Topology,
  { thorough = false }: VersionOptions,
  context: UseCaseContext,
): Promise<RegistryVersions> {
  const place = repositoryOf(pullReference(topology.image, topology.pull?.mirror));
  const registry = registryFor(topology, context.connector);
  const asked = async (ask: Ask): Promise<readonly string[]> => {
    try {
      return await listVersions(place, ask, () => registry.login({ ask: thorough }));
    } catch (error) {
      registry.refused(toEnvelope(error).message);
      throw error;
    }
  };
  const told = (versions: readonly string[], host: string | null): RegistryVersions => {
    if (versions.length === 0)
      throw new RaftyardError(
        'image-unavailable',
        `none of the tags of ${place.repository} at ${place.registry} is a full version`,
      );
    return { registry: place.registry, versions: versions.slice(0, MOST_VERSIONS), host };
  };
  let here: RaftyardError;
  try {
    return told(await asked(fromHere(context.signal)), null);
  } catch (error) {
    if (!thorough || !(error instanceof RaftyardError) || !error.retryable) throw error;
    here = error;
  }
  const answer = await askAnyHost(topology, context, (connection) =>
    asked(throughHost(connection, context.signal)),
  );
  if ('found' in answer) return told(answer.found, answer.host);
  throw new RaftyardError(
    'image-unavailable',
    `neither this computer nor a host gets a list: ${[here.message, ...answer.said].join('; ')}`,
    { retryable: true },
  );
}
