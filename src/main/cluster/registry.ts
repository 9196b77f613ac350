/** Logging in to the registry that a document's images come from. */
import { pullReference, registryOf } from '../../shared/consul/index.js';
import { RaftyardError } from '../../shared/errors.js';
import type { Topology } from '../../shared/topology/types.js';
import type { RegistryLogin } from '../host/index.js';
import type { HostConnector } from '../host/types.js';

/** What a registry says to a wrong user or password, in the words of engines: the same for an image that is not there. */
const REFUSED = /unauthorized|authentication required|denied|no basic auth credentials/i;

export interface Registry {
  /** `docker.io`, `registry.example:5000`. */
  readonly name: string;
  readonly user?: string;
  /**
   * Asked for when it is first needed; absent where the document names no user.
   * @param options.ask false: the person is not asked, now
   * @throws RaftyardError auth-failed where nobody knows the password; secrets-needed where the person would have to be asked
   */
  login(options?: { readonly ask: boolean }): Promise<RegistryLogin | undefined>;
  /** Whether words of an engine mean that it was not let in; the password is asked for anew then. */
  refused(words: string): boolean;
}

/** The registry of a document. */
export function registryFor(
  { image, pull }: Pick<Topology, 'image' | 'pull'>,
  { registries }: Pick<HostConnector, 'registries'>,
): Registry {
  const name = registryOf(pullReference(image, pull?.mirror));
  const { user, password: reference } = pull ?? {};
  return {
    name,
    ...(user === undefined ? {} : { user }),
    login: async ({ ask } = { ask: true }) => {
      if (user === undefined) return undefined;
      const account = { registry: name, user, ...(reference === undefined ? {} : { reference }) };
      const password = await registries?.get(account, ask);
      if (password !== undefined && password !== null && password !== '')
        return { username: user, password, serveraddress: name };
      if (!ask)
        throw new RaftyardError('secrets-needed', `the registry ${name} wants the password of ${user}`);
      registries?.forget(name);
      throw new RaftyardError('auth-failed', `no password is known for ${user} at the registry ${name}`, {
        hint: 'Give it when asked, or refer to it in the document: pull.password as env:NAME or file:PATH.',
      });
    },
    refused: (words) => {
      const refused = REFUSED.test(words);
      if (refused && user !== undefined) registries?.forget(name);
      return refused;
    },
  };
}
