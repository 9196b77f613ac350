/** The recovery kit: one cluster's secrets in a file of their own, under a passphrase of their own. */
import { RaftyardError } from '../../../shared/errors.js';
import { clusterPrefix } from '../../cluster/secrets.js';
import { Vault } from '../../store/secrets/vault.js';
import type { App } from '../app.js';
import { loadTopology } from '../documents.js';
import { EXIT } from '../exit.js';
import { clean } from '../print/clean.js';
import { count } from '../print/style.js';
import { newPassphrase, openVault, unlockVault, type VaultOptions, vaultPath } from '../vault.js';

export interface KitOptions extends VaultOptions {
  readonly out: string;
  readonly kitPassphraseFile?: string;
  readonly kitPassphraseFd?: number;
}

export interface RestoreOptions extends Omit<KitOptions, 'out'> {
  readonly force?: boolean;
}

/** The kit's passphrase comes from options of its own. */
function kitOptions({ kitPassphraseFile, kitPassphraseFd }: Omit<KitOptions, 'out'>): VaultOptions {
  return {
    ...(kitPassphraseFile === undefined ? {} : { vaultPassphraseFile: kitPassphraseFile }),
    ...(kitPassphraseFd === undefined ? {} : { vaultPassphraseFd: kitPassphraseFd }),
  };
}

/** `raftyard secrets kit FILE --out KIT` */
export async function exportKit(app: App, file: string, options: KitOptions): Promise<number> {
  const topology = await loadTopology(file);
  const store = await openVault(app, options, { create: false });
  const secrets = (await store?.read(clusterPrefix(topology.id))) ?? {};
  const names = Object.keys(secrets);
  if (names.length === 0)
    throw new RaftyardError('secrets-needed', `${vaultPath(options)} has no secret of ${topology.name}`, {
      hint: 'Secrets are made when a document that asks for them is applied.',
    });
  await Vault.create(options.out, await newPassphrase(app, options.out, kitOptions(options)), secrets);
  if (app.json) app.result({ kit: options.out, secrets: names.length });
  else
    app.out.line(
      `${count(names.length, 'secret')} of ${clean(topology.name)} in ${clean(options.out)}. Keep it apart from this computer, and its passphrase apart from it.`,
    );
  return EXIT.good;
}

/** `raftyard secrets restore KIT` */
export async function restoreKit(app: App, kit: string, options: RestoreOptions): Promise<number> {
  const from = await unlockVault(app, kit, kitOptions(options));
  const secrets = await from.read('cluster/');
  const store = await openVault(app, options, { create: true });
  const there = (await store?.read('cluster/')) ?? {};
  const other = Object.keys(secrets).filter(
    (name) => there[name] !== undefined && there[name] !== secrets[name],
  );
  if (other.length > 0 && options.force !== true)
    throw new RaftyardError(
      'conflict',
      `the vault has another ${other.map((name) => name.split('/').at(-1)).join(', ')} of this cluster already`,
      { hint: 'Give --force to put the kit’s in its place; the present one is then lost.' },
    );
  await store?.write(secrets);
  const names = Object.keys(secrets);
  if (app.json) app.result({ vault: vaultPath(options), secrets: names.length });
  else app.out.line(`${count(names.length, 'secret')} restored into ${clean(vaultPath(options))}.`);
  return EXIT.good;
}
