import { reading } from '../../cluster/tokens.js';
import type { App } from '../app.js';
import { loadTopology } from '../documents.js';
import { EXIT } from '../exit.js';
import { statusLines } from '../print/status.js';
import { secretsToAsk, type VaultOptions } from '../vault.js';

/** `raftyard status FILE`: exit code 1 when the cluster is not healthy. */
export async function status(app: App, file: string, options: VaultOptions = {}): Promise<number> {
  const topology = await loadTopology(file);
  const services = await app.services.cluster();
  const secrets = await secretsToAsk(app, topology, options);
  const found = await app.withHosts(topology.hosts, undefined, (context) =>
    services.status(topology, reading(context, secrets)),
  );
  app.signal.throwIfAborted();
  if (app.json) app.result(found);
  else for (const line of statusLines(found, app.style)) app.out.line(line);
  return found.healthy ? EXIT.good : EXIT.failed;
}
