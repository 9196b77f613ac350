/** Certificates on the command line: the user's own CA, and folders to carry to hosts that Raftyard does not reach. */
import { desiredNodes } from '../../../shared/desired/index.js';
import { RaftyardError } from '../../../shared/errors.js';
import type { Topology } from '../../../shared/topology/types.js';
import type { ClusterSecrets } from '../../cluster/types.js';
import { writeFolder } from '../../store/folder.js';
import { readSmall } from '../../store/small-file.js';
import type { App } from '../app.js';
import { loadTopology } from '../documents.js';
import { EXIT } from '../exit.js';
import { clean } from '../print/clean.js';
import { count } from '../print/style.js';
import { openSecrets, type VaultOptions } from '../vault.js';

export interface CertificatesOptions extends VaultOptions {
  readonly out: string;
  readonly force?: boolean;
}

export interface CaOptions extends VaultOptions {
  readonly cert: string;
  readonly key: string;
}

async function withTls(file: string): Promise<Topology> {
  const topology = await loadTopology(file);
  if (topology.secure.tls) return topology;
  throw new RaftyardError('usage', `${topology.name} has no TLS`, {
    hint: 'Set secure.tls to true in the document first.',
  });
}

function opened(secrets: ClusterSecrets | undefined): ClusterSecrets {
  if (secrets !== undefined) return secrets;
  throw new RaftyardError('secrets-needed', 'no store of secrets is at hand');
}

/** `raftyard secrets ca FILE --cert CA --key KEY`: the cluster's certificates come from the user's own CA. */
export async function importOwnCa(app: App, file: string, options: CaOptions): Promise<number> {
  const topology = await withTls(file);
  const { readCa } = await import('../../cluster/ca.js');
  const ca = await readCa(await readSmall(options.cert), await readSmall(options.key), Date.now());
  const { secrets } = await openSecrets(app, topology, options, { create: true, make: false });
  await opened(secrets).importCa(ca);
  const ends = opened(secrets).certificates.find(({ node }) => node === null)?.ends ?? '';
  if (app.json) app.result({ ca: options.cert, ends });
  else
    app.out.line(
      `${clean(topology.name)} uses this CA, which is good until ${ends.slice(0, 10)}. Its key is in the vault.`,
    );
  return EXIT.good;
}

/** `raftyard secrets certificates FILE --out DIR`: a folder for each host, as consul-start.sh and the playbook take it. */
export async function writeCertificates(
  app: App,
  file: string,
  options: CertificatesOptions,
): Promise<number> {
  const topology = await withTls(file);
  const { secrets } = await openSecrets(app, topology, options, { create: true });
  const files = desiredNodes(topology).flatMap(({ host, secret }) =>
    (secret?.files ?? []).map(({ path, template }) => ({
      path: `${host}/${path.slice(path.lastIndexOf('/') + 1)}`,
      mode: 0o600,
      content: opened(secrets).render(template),
    })),
  );
  const written = await writeFolder(options.out, files, { force: options.force === true, zip: false });
  if (app.json) {
    app.result({ ...written, files: files.map(({ path, mode }) => ({ path, mode })) });
    return EXIT.good;
  }
  for (const { path } of files) app.out.line(clean(`${options.out}/${path}`));
  app.tell(`${count(files.length, 'file')}, keys among them: remove the folder when each host has its own.`);
  return EXIT.good;
}
