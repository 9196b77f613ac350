/** A node's container: found, proven ours, operated on. */
import type Docker from 'dockerode';
import { CLUSTER_LABEL, NODE_LABEL } from '../../../shared/desired/labels.js';
import { RaftyardError } from '../../../shared/errors.js';
import { statePath } from '../../../shared/plan/host-steps.js';
import { allNodes } from '../../../shared/topology/index.js';
import type { Host, Node, Topology } from '../../../shared/topology/types.js';
import type { HostConnection, HostConnector } from '../../host/types.js';
import { parseState } from '../preflight/parse.js';

export interface NodeContext {
  readonly connector: HostConnector;
  readonly signal?: AbortSignal;
}

export type ContainerOperation = 'start' | 'stop' | 'restart';

const STOP_SECONDS = 20;

const statusOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 0;

export function placeOf(topology: Topology, name: string): { readonly node: Node; readonly host: Host } {
  const found = allNodes(topology).find((entry) => entry.node.name === name);
  if (found === undefined) throw new RaftyardError('usage', `there is no node ${name} in the document`);
  return found;
}

export async function onHostOf<T>(
  host: Host,
  context: NodeContext,
  use: (connection: HostConnection) => Promise<T>,
): Promise<T> {
  const lease = await context.connector.connect(host, context.signal);
  try {
    return await use(lease.connection);
  } finally {
    lease.release();
  }
}

async function isAdopted(connection: HostConnection, topology: Topology, node: Node): Promise<boolean> {
  const written = await connection.readFile(statePath(topology.workdir));
  const state = parseState(written?.toString('base64'));
  return state?.adopted === true && state.clusterId === topology.id && state.node === node.name;
}

/**
 * The node's container, made by us (it carries our labels) or adopted (the record on its host says so).
 * @throws RaftyardError conflict for one that is somebody else's or is not there; docker-*
 */
export async function ownContainer(
  connection: HostConnection,
  topology: Topology,
  node: Node,
): Promise<{ readonly container: Docker.Container; readonly info: Docker.ContainerInspectInfo }> {
  const docker = await connection.docker();
  const container = docker.getContainer(node.container);
  const host = connection.host.name;
  let info: Docker.ContainerInspectInfo;
  try {
    info = await container.inspect();
  } catch (error) {
    if (statusOf(error) !== 404) throw dockerError(`${node.container} cannot be looked at`, host, error);
    throw new RaftyardError('conflict', `there is no container ${node.container}`, {
      host,
      hint: 'Apply the topology: it makes what is missing.',
    });
  }
  const labels = info.Config.Labels ?? {};
  const ours = labels[CLUSTER_LABEL] === topology.id && labels[NODE_LABEL] === node.name;
  if (!ours && !(await isAdopted(connection, topology, node)))
    throw new RaftyardError('conflict', `the container ${node.container} is not one of this cluster`, {
      host,
      hint: 'Adopt it by a plan first, or give the node another container name.',
    });
  return { container: docker.getContainer(info.Id), info };
}

export function dockerError(what: string, host: string, error: unknown): RaftyardError {
  if (error instanceof RaftyardError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new RaftyardError('docker-failed', `${what}: ${text}`, { host, cause: error });
}

const OPERATE: Readonly<Record<ContainerOperation, (container: Docker.Container) => Promise<unknown>>> = {
  start: (container) => container.start(),
  stop: (container) => container.stop({ t: STOP_SECONDS }),
  restart: (container) => container.restart({ t: STOP_SECONDS }),
};

/**
 * Starts, stops or restarts a node's container. Stopping gives the agent 20 seconds to end.
 * @returns whether that changed anything: a container that runs is not started again.
 * @throws RaftyardError usage, conflict (the container is not this cluster's), docker-failed, and what connecting throws
 */
export async function containerOperation(
  topology: Topology,
  node: string,
  operation: ContainerOperation,
  context: NodeContext,
): Promise<{ readonly changed: boolean }> {
  const place = placeOf(topology, node);
  return await onHostOf(place.host, context, async (connection) => {
    const { container } = await ownContainer(connection, topology, place.node);
    if (context.signal?.aborted === true)
      throw new RaftyardError('cancelled', 'cancelled', { host: place.host.name });
    try {
      await OPERATE[operation](container);
      return { changed: true };
    } catch (error) {
      if (statusOf(error) === 304) return { changed: false };
      throw dockerError(`${place.node.container}: ${operation} failed`, place.host.name, error);
    }
  });
}
