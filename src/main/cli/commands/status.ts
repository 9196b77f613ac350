import { reading } from '../../cluster/tokens.js';
import type { App } from '../app.js';
import { loadTopology } from '../documents.js';
import { EXIT } from '../exit.js';
import { statusLines } from '../print/status.js';
import { openSecrets, type VaultOptions } from '../vault.js';

/** `raftyard status FILE`: exit code 1 when the cluster is not healthy. */
export async function status(app: App, file: string, options: VaultOptions = {}): Promise<number> {
  const topology = await loadTopology(file);
  const services = await app.services.cluster();
  // Only ACLs keep an answer back: without them no vault is opened for a look.
  const secrets = topology.secure.acl
    ? (await openSecrets(app, topology, options, { create: false })).secrets
    : undefined;
  const found = await app.withHosts(topology.hosts, undefined, (context) =>
    services.status(topology, reading(context, secrets)),
  );
  app.signal.throwIfAborted();
  if (app.json) app.result(found);
  else for (const line of statusLines(found, app.style)) app.out.line(line);
  return found.healthy ? EXIT.good : EXIT.failed;
}
