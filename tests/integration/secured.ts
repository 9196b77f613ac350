/** What the tests of secured clusters share. */
import { ClusterSecrets } from '../../src/main/cluster/index.js';
import { consulApi } from '../../src/main/consul/client.js';
import { bearing } from '../../src/main/host/bearing.js';
import { changeCount } from '../../src/shared/plan/index.js';
import type { Step } from '../../src/shared/plan/types.js';
import { WHOLLY_SECURED } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { memoryStore, newContext, planFor } from './support.js';

export const ALL = { secure: WHOLLY_SECURED };

export async function secretsFor(topology: Topology, store = memoryStore()): Promise<ClusterSecrets> {
  const secrets = await ClusterSecrets.of(topology, store);
  await secrets.make();
  return secrets;
}

export const kinds = (steps: readonly Step[], kind: Step['action']['kind']): Step[] =>
  steps.filter((step) => step.action.kind === kind);

/** How many changes a new plan would make. */
export const changesLeft = async (topology: Topology, secrets: ClusterSecrets): Promise<number> =>
  changeCount(await planFor(topology, { secrets: secrets.forPlan() }, secrets));

/** The range's document with its third node as a client: what three hosts can be. */
export function withClient(topology: Topology): Topology {
  return {
    ...topology,
    datacenters: topology.datacenters.map((datacenter) => ({
      ...datacenter,
      nodes: datacenter.nodes.map((node, index) =>
        index === 2 ? { ...node, role: 'client' as const, bootstrap: false } : node,
      ),
    })),
  };
}

/** Two datacenters: two servers, and one alone in the east. */
export function withEast(topology: Topology): Topology {
  const nodes = topology.datacenters.flatMap((datacenter) => datacenter.nodes);
  return {
    ...topology,
    datacenters: [
      { name: 'dc1', nodes: nodes.slice(0, 2) },
      { name: 'east', nodes: nodes.slice(2).map((node) => ({ ...node, bootstrap: true })) },
    ],
  };
}

/** Asks the agent on a host with a token, or with none. */
export async function asking<T>(
  topology: Topology,
  host: string,
  token: string | null,
  use: (api: ReturnType<typeof consulApi>) => Promise<T>,
): Promise<T> {
  const context = newContext(topology);
  const wanted = topology.hosts.find(({ name }) => name === host);
  if (wanted === undefined) throw new Error(`no host ${host}`);
  try {
    const lease = await bearing(context.connector, () => token).connect(wanted);
    return await use(consulApi(lease.connection));
  } finally {
    await context.close();
  }
}
