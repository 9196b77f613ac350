import { reading } from '../../cluster/tokens.js';
import type { App } from '../app.js';
import { loadTopology } from '../documents.js';
import { EXIT } from '../exit.js';
import { lookupLines } from '../print/lookup.js';
import { secretsToAsk, type VaultOptions } from '../vault.js';

export interface LookupCommandOptions extends VaultOptions {
  readonly node?: string;
  readonly datacenter?: string;
}

/** `raftyard lookup FILE NAME`: who answers for a name, and why another does not; exit code 1 when nobody answers. */
export async function lookup(
  app: App,
  file: string,
  name: string,
  { node, datacenter, ...vault }: LookupCommandOptions,
): Promise<number> {
  const topology = await loadTopology(file);
  const services = await app.services.cluster();
  const secrets = await secretsToAsk(app, topology, vault);
  const found = await app.withHosts(topology.hosts, undefined, (context) =>
    services.lookUp(topology, name, { node, about: datacenter }, reading(context, secrets)),
  );
  if (app.json) app.result(found);
  else for (const line of lookupLines(found, app.style)) app.out.line(line);
  const answered =
    found.dns.replies.some(({ answers }) => answers.length > 0) || found.http.answers.length > 0;
  return answered ? EXIT.good : EXIT.failed;
}
