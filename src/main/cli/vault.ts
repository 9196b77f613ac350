/** The vault of the command line: opened or made when a document asks for secrets. */
import { closeSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasSecrets } from '../../shared/desired/index.js';
import { RaftyardError } from '../../shared/errors.js';
import type { PlanSecrets } from '../../shared/plan/index.js';
import type { Topology } from '../../shared/topology/types.js';
import type { ClusterSecrets } from '../cluster/types.js';
import { fileError } from '../store/file-error.js';
import { raftyardHome } from '../store/paths.js';
import type { SecretStore } from '../store/secrets/types.js';
import type { App } from './app.js';
import { clean } from './print/clean.js';

export interface VaultOptions {
  readonly vault?: string;
  readonly vaultPassphraseFile?: string;
  readonly vaultPassphraseFd?: number;
}

const TRIES = 3;

export const vaultPath = (options: VaultOptions): string =>
  options.vault ?? join(raftyardHome(), 'vault.json');

const oneLine = (text: string): string => text.replace(/\r?\n$/, '');

/** The passphrase that was given beforehand; null where none was. @throws RaftyardError usage, io */
function givenPassphrase({ vaultPassphraseFile: file, vaultPassphraseFd: fd }: VaultOptions): string | null {
  if (fd !== undefined) {
    try {
      const text = readFileSync(fd, 'utf8');
      closeSync(fd);
      return oneLine(text);
    } catch (error) {
      throw fileError(`the file descriptor ${fd} cannot be read`, error);
    }
  }
  if (file === undefined) return null;
  try {
    // Windows has no such bits; there the folder's own rights count.
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
      throw new RaftyardError('usage', `others can read the passphrase file ${file}`, {
        hint: 'chmod 600 it first.',
      });
    return oneLine(readFileSync(file, 'utf8'));
  } catch (error) {
    throw fileError(`the passphrase file ${file} cannot be read`, error);
  }
}

function nobodyToAsk(path: string): RaftyardError {
  return new RaftyardError('secrets-needed', `the vault ${path} has a passphrase, and there is no terminal`, {
    hint: 'Give --vault-passphrase-file or --vault-passphrase-fd.',
  });
}

/** Opens a vault that is there. @throws RaftyardError secrets-needed, io, cancelled */
export async function unlockVault(app: App, path: string, options: VaultOptions): Promise<SecretStore> {
  const { Vault } = await import('../store/secrets/vault.js');
  const given = givenPassphrase(options);
  if (given !== null) return await Vault.open(path, given);
  if (!app.io.interactive) throw nobodyToAsk(path);
  for (let attempt = 1; ; attempt += 1) {
    const typed = await app.askSecret(`Passphrase of ${clean(path)}: `);
    if (typed === null) throw new RaftyardError('cancelled', 'nothing was changed');
    try {
      return await Vault.open(path, typed);
    } catch (error) {
      const wrong = error instanceof RaftyardError && error.code === 'secrets-needed';
      if (!wrong || attempt === TRIES) throw error;
      app.err.line('That is not its passphrase.');
    }
  }
}

/** A new passphrase, typed twice where it is typed. @throws RaftyardError usage, cancelled, secrets-needed */
export async function newPassphrase(app: App, path: string, options: VaultOptions): Promise<string> {
  const { passphraseProblem } = await import('../store/secrets/vault.js');
  const given = givenPassphrase(options);
  if (given !== null) return given;
  if (!app.io.interactive) throw nobodyToAsk(path);
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const typed = await app.askSecret(`A new passphrase for ${clean(path)}: `);
    if (typed === null) break;
    const problem = passphraseProblem(typed);
    if (problem !== null) {
      app.err.line(`${problem}.`);
      continue;
    }
    if ((await app.askSecret('The same once more: ')) === typed) return typed;
    app.err.line('These were not the same.');
  }
  throw new RaftyardError('cancelled', 'no vault was made');
}

/** The vault that is there; null where there is none and none is to be made. */
export async function openVault(
  app: App,
  options: VaultOptions,
  { create }: { readonly create: boolean },
): Promise<SecretStore | null> {
  const { Vault, vaultExists } = await import('../store/secrets/vault.js');
  const path = vaultPath(options);
  if (vaultExists(path)) return await unlockVault(app, path, options);
  if (!create) return null;
  app.tell(`Keys of clusters are kept in the vault ${clean(path)}, which is new.`);
  const made = await Vault.create(path, await newPassphrase(app, path, options));
  app.tell('Without it and its passphrase the keys are lost: see `raftyard secrets kit`.');
  return made;
}

/** What a plan is told where there is no vault yet: everything is still to be made. */
const NOTHING_YET: PlanSecrets = { rotate: false, digest: () => undefined };

export interface OpenedSecrets {
  /** For the planner; undefined where the document has no secrets. */
  readonly plan: PlanSecrets | undefined;
  readonly secrets: ClusterSecrets | undefined;
}

/** As an option of the planner. */
export const withSecrets = ({ plan }: OpenedSecrets): { readonly secrets?: PlanSecrets } =>
  plan === undefined ? {} : { secrets: plan };

/** The secrets of a topology: their store is made where `create` is set, they themselves where `make` is, as it is by default. */
export async function openSecrets(
  app: App,
  topology: Topology,
  options: VaultOptions,
  { create, make = create }: { readonly create: boolean; readonly make?: boolean },
): Promise<OpenedSecrets> {
  if (!hasSecrets(topology)) return { plan: undefined, secrets: undefined };
  const store = await openVault(app, options, { create });
  if (store === null) return { plan: NOTHING_YET, secrets: undefined };
  const { ClusterSecrets: Secrets } = await import('../cluster/secrets.js');
  const secrets = await Secrets.of(topology, store);
  if (make) await secrets.make();
  return { plan: secrets.forPlan(), secrets };
}

/** What a question to a cluster needs. Only ACLs keep an answer back: without them no vault is opened for a look. */
export async function secretsToAsk(
  app: App,
  topology: Topology,
  options: VaultOptions,
): Promise<ClusterSecrets | undefined> {
  return topology.secure.acl
    ? (await openSecrets(app, topology, options, { create: false })).secrets
    : undefined;
}
