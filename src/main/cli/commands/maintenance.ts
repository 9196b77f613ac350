import { RaftyardError } from '../../../shared/errors.js';
import { maintenanceOutlook } from '../../../shared/live/index.js';
import { allNodes } from '../../../shared/topology/index.js';
import { reading } from '../../cluster/tokens.js';
import type { App } from '../app.js';
import { loadTopology } from '../documents.js';
import { EXIT } from '../exit.js';
import { clean } from '../print/clean.js';
import { secretsToAsk, type VaultOptions } from '../vault.js';

export interface MaintenanceOptions extends VaultOptions {
  readonly node: string;
  readonly service?: string;
  readonly on?: boolean;
  readonly off?: boolean;
  readonly reason?: string;
  readonly yes?: boolean;
}

/**
 * `raftyard maintenance FILE --node NODE [--service ID] --on|--off`: what is in maintenance is left out of DNS and health
 * answers. Asks first where a service would have nobody left to answer.
 */
export async function maintenance(app: App, file: string, options: MaintenanceOptions): Promise<number> {
  const { node, service, reason = '' } = options;
  const on = options.on === true;
  if (on === (options.off === true)) throw new RaftyardError('usage', 'give either --on or --off');
  const topology = await loadTopology(file);
  const place = allNodes(topology).find((entry) => entry.node.name === node);
  if (place === undefined) throw new RaftyardError('usage', `there is no node ${node} in the document`);
  const services = await app.services.cluster();
  const secrets = await secretsToAsk(app, topology, options);
  const done = await app.withHosts(topology.hosts, undefined, async (context) => {
    const wish = { node, service, on, reason };
    if (on && options.yes !== true) {
      const datacenter = place.datacenter.name;
      const now = await services.readDatacenter(topology, datacenter, node, reading(context, secrets));
      const nodes = [...new Set(now.nodeChecks.map((entry) => entry.node))].map((name) => ({
        name,
        nodeChecks: now.nodeChecks.filter((entry) => entry.node === name).map(({ check }) => check),
      }));
      const outlook = maintenanceOutlook(
        { services: now.services, datacenters: [{ name: datacenter, nodes }] },
        datacenter,
        node,
        service === undefined ? undefined : idOf(now.services, node, service),
      );
      if (outlook.emptied.length > 0) {
        const what = `While ${node} is in maintenance, nobody answers for ${outlook.emptied.join(', ')}`;
        if (!app.json || !app.io.interactive) app.err.line(`${clean(what)}.`);
        app.needAnswer(false, 'maintenance');
        if (!(await app.confirm('Go on?'))) throw new RaftyardError('cancelled', 'nothing was changed');
      }
    }
    return await services.setMaintenance(topology, wish, context, secrets);
  });
  if (app.json) app.result({ node, on, ...(on ? { reason } : {}), ...done });
  else {
    const what = clean(done.service === undefined ? node : `${done.service} on ${node}`);
    const state = on ? 'in maintenance' : 'out of maintenance';
    app.out.line(
      done.changed
        ? `${what} is ${state}${done.told ? '' : '; the servers have not heard of it yet'}`
        : `${what} is ${state} already`,
    );
  }
  return EXIT.good;
}

/** The id of an instance that was named by its service. */
const idOf = (
  services: readonly {
    readonly name: string;
    readonly instances: readonly { readonly node: string; readonly id: string }[];
  }[],
  node: string,
  wanted: string,
): string => {
  const here = services.flatMap(({ name, instances }) =>
    instances.filter((entry) => entry.node === node).map(({ id }) => ({ id, name })),
  );
  return (here.find(({ id }) => id === wanted) ?? here.find(({ name }) => name === wanted))?.id ?? wanted;
};
