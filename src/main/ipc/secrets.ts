/** The cluster's secrets for the window: in the keyring where there is one, else in a vault that the person unlocks. */
import { join } from 'node:path';
import { hasSecrets } from '../../shared/desired/index.js';
import { RaftyardError } from '../../shared/errors.js';
import type { Topology } from '../../shared/topology/types.js';
import { ClusterSecrets, clusterPrefix, readCaFiles } from '../cluster/index.js';
import { raftyardHome } from '../store/paths.js';
import type { SecretStore } from '../store/secrets/types.js';
import { passphraseProblem, Vault, vaultExists } from '../store/secrets/vault.js';
import { readSmall } from '../store/small-file.js';
import type { Dialogs } from './dialogs.js';
import type { Handlers } from './gateway.js';
import type { Questions } from './questions.js';
import { topologyOf } from './topology-of.js';

const TRIES = 3;
/** A certificate and a key. */
const MOST_FILES = 4;

const declined = (): RaftyardError => new RaftyardError('cancelled', 'no passphrase was given');

export class WindowSecrets {
  readonly #keyring: SecretStore | null;
  readonly #questions: Questions;
  readonly #learn: (secret: string) => void;
  #vault: Promise<SecretStore> | null = null;
  #opened: SecretStore | null = null;
  readonly #listeners: (() => void)[] = [];

  /**
   * @param keyring null where this system has none that is worth its name
   * @param learn is told every secret, so that it can be kept out of logs
   */
  constructor(keyring: SecretStore | null, questions: Questions, learn: (secret: string) => void) {
    this.#keyring = keyring;
    this.#questions = questions;
    this.#learn = learn;
  }

  /** Calls back when a vault was opened, or secrets were made: who asks a cluster may have a token from now on. */
  onNews(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #news(): void {
    for (const listener of this.#listeners) listener();
  }

  /** The secrets of a topology; undefined where it has none, null where no store is there yet. */
  async of(
    topology: Topology,
    { create }: { readonly create: boolean },
  ): Promise<ClusterSecrets | undefined | null> {
    if (!hasSecrets(topology)) return undefined;
    return await this.#from(await this.store({ create }), topology);
  }

  async #from(store: SecretStore | null, topology: Topology): Promise<ClusterSecrets | null> {
    if (store === null) return null;
    const secrets = await ClusterSecrets.of(topology, store);
    for (const secret of secrets.all) this.#learn(secret);
    return secrets;
  }

  /** As {@link forAsking}, from a store that is open already: nobody is asked for a passphrase. */
  async readily(topology: Topology): Promise<ClusterSecrets | undefined | null> {
    return topology.secure.acl ? await this.#from(this.#keyring ?? this.#opened, topology) : undefined;
  }

  /** For questions to a running cluster: only ACLs keep an answer back, and without them no vault is asked for. */
  async forAsking(topology: Topology): Promise<ClusterSecrets | undefined | null> {
    return topology.secure.acl ? await this.of(topology, { create: false }) : undefined;
  }

  /** Makes what is missing of them: when a plan that knows what hosts have is agreed to, and not before. */
  async complete(secrets: ClusterSecrets | undefined | null): Promise<void> {
    await secrets?.make();
    for (const secret of secrets?.all ?? []) this.#learn(secret);
    this.#news();
  }

  /** Where secrets are kept; null where that is a vault that is not made yet and is not to be. */
  async store({ create }: { readonly create: boolean }): Promise<SecretStore | null> {
    if (this.#keyring !== null) return this.#keyring;
    const path = join(raftyardHome(), 'vault.json');
    if (this.#vault === null && !vaultExists(path) && !create) return null;
    this.#vault ??= vaultExists(path) ? this.unlock(path, 'vault') : this.make(path, 'new-vault');
    const opening = this.#vault;
    // What was dismissed, or did not open, is asked for again.
    opening.catch(() => {
      if (this.#vault === opening) this.#vault = null;
    });
    const opened = await opening;
    if (this.#opened !== opened) {
      this.#opened = opened;
      this.#news();
    }
    return opened;
  }

  /** Opens a file of secrets with a passphrase that the person gives. @throws RaftyardError cancelled, secrets-needed, io */
  async unlock(path: string, kind: 'vault' | 'kit'): Promise<Vault> {
    for (let attempt = 1; ; attempt += 1) {
      const passphrase = await this.#questions.passphrase(kind, path, attempt > 1);
      if (passphrase === null) throw declined();
      try {
        return await Vault.open(path, passphrase);
      } catch (error) {
        const wrong = error instanceof RaftyardError && error.code === 'secrets-needed';
        if (!wrong || attempt === TRIES) throw error;
      }
    }
  }

  /** Makes a file of secrets. @throws RaftyardError cancelled, usage, io */
  async make(
    path: string,
    kind: 'new-vault' | 'new-kit',
    content: Readonly<Record<string, string>> = {},
  ): Promise<Vault> {
    const passphrase = await this.#questions.passphrase(kind, path, false);
    if (passphrase === null) throw declined();
    const problem = passphraseProblem(passphrase);
    if (problem !== null) throw new RaftyardError('usage', problem);
    return await Vault.create(path, passphrase, content);
  }
}

/** Recovery kits. */
export function secretHandlers(secrets: WindowSecrets, dialogs: Dialogs): Handlers {
  return {
    'secrets:kit': async ({ text }) => {
      const topology = topologyOf(text);
      const store = await secrets.store({ create: false });
      const kept = (await store?.read(clusterPrefix(topology.id))) ?? {};
      if (Object.keys(kept).length === 0)
        throw new RaftyardError('secrets-needed', 'there is no key of this cluster yet', {
          hint: 'Keys are made when the cluster is applied.',
        });
      const path = await dialogs.saveAs(`${topology.name}-recovery-kit`, 'json');
      if (path === null) return null;
      await secrets.make(path, 'new-kit', kept);
      return { path };
    },
    'secrets:ca': async ({ text }) => {
      const topology = topologyOf(text);
      if (!topology.secure.tls)
        throw new RaftyardError('usage', `${topology.name} has no TLS`, {
          hint: 'Set secure.tls to true in the document first.',
        });
      const paths = await dialogs.openCa();
      if (paths === null) return null;
      const texts = await Promise.all(paths.slice(0, MOST_FILES).map(readSmall));
      const ca = await readCaFiles(texts, Date.now());
      await (await secrets.of(topology, { create: true }))?.importCa(ca);
      // Once more: what was put in is to be kept out of logs as well.
      const kept = await secrets.of(topology, { create: false });
      return { ends: kept?.certificates.find(({ node }) => node === null)?.ends ?? '' };
    },
    'secrets:restore': async () => {
      const path = await dialogs.openKit();
      if (path === null) return null;
      const kit = await (await secrets.unlock(path, 'kit')).read('cluster/');
      const store = await secrets.store({ create: true });
      const there = (await store?.read('cluster/')) ?? {};
      const other = Object.entries(kit).some(
        ([name, value]) => there[name] !== undefined && there[name] !== value,
      );
      if (other)
        throw new RaftyardError('conflict', 'other keys of this cluster are kept here already', {
          hint: 'If the kit’s are the right ones, put them in their place with: raftyard secrets restore --force.',
        });
      await store?.write(kit);
      return { secrets: Object.keys(kit).length };
    },
  };
}
