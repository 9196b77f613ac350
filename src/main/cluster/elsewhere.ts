/** What another datacenter has, through an agent of one's own: services and checks. */
import PQueue from 'p-queue';
import type { DatacenterReading } from '../../shared/ipc/types.js';
import { type InstanceSeen, servicesOf } from '../../shared/live/index.js';
import type { Topology } from '../../shared/topology/types.js';
import { askAgent, elsewhere, pathTo } from './ask.js';
import type { NodeContext } from './node-ops/container.js';
import { toCheck } from './watch/reader.js';

const MOST_SERVICES = 500;
const AT_ONCE = 4;

/**
 * Services and checks of a datacenter, asked of one agent, which may be of another: then its servers pass the question on
 * (https://developer.hashicorp.com/consul/docs/architecture).
 * @param through node whose agent is asked
 * @throws RaftyardError usage, consul-api (where there is no way to the datacenter), and what connecting throws
 */
export async function readDatacenter(
  topology: Topology,
  datacenter: string,
  through: string,
  context: NodeContext,
): Promise<DatacenterReading> {
  return await askAgent(topology, { node: through }, context, async (asked) => {
    const { api } = asked;
    const from = elsewhere(asked, datacenter);
    const [catalog, found, path] = await Promise.all([
      api.catalogServices(undefined, from),
      api.checks(undefined, from),
      pathTo(topology, asked, datacenter),
    ]);
    const names = Object.keys(catalog.value).sort();
    const queue = new PQueue({ concurrency: AT_ONCE });
    const answers = await Promise.all(
      names.slice(0, MOST_SERVICES).map((name) => queue.add(() => api.serviceInstances(name, from))),
    );
    const instances: InstanceSeen[] = answers.flatMap((entry) => entry ?? []);
    const checks = found.value.map(toCheck);
    return {
      datacenter,
      services: servicesOf({ name: datacenter, instances, checks }),
      nodeChecks: checks
        .filter(({ serviceId }) => serviceId === '')
        .map(({ node, id, name, status, output }) => ({ node, check: { id, name, status, output } })),
      truncated: names.length > MOST_SERVICES,
      path,
      at: new Date().toISOString(),
    };
  });
}
