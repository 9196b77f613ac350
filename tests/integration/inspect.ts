/** What of a container has to be the same, whoever made it. */
import type { Topology } from '../../src/shared/topology/types.js';
import { rootScript } from './support.js';

const INSPECT = `docker inspect "$(docker ps -q --filter label=raftyard.cluster)"`;

interface Inspected {
  Id: string;
  Config: { Image: string; Cmd: string[]; Env: string[]; Hostname: string; Labels: Record<string, string> };
  HostConfig: { NetworkMode: string; RestartPolicy: unknown };
  Mounts: { Type: string; Name?: string; Source: string; Destination: string; RW: boolean }[];
  Name: string;
}

async function inspected(topology: Topology, host: string): Promise<Inspected> {
  const [info] = JSON.parse(await rootScript(topology, host, INSPECT)) as Inspected[];
  if (info === undefined) throw new Error(`no container on ${host}`);
  return info;
}

/** The cluster's container on a host, without what differs from one making to the next. */
export async function containerOf(topology: Topology, host: string): Promise<unknown> {
  const info = await inspected(topology, host);
  const anonymous = /^[0-9a-f]{64}$/;
  return {
    name: info.Name,
    image: info.Config.Image,
    command: info.Config.Cmd,
    env: info.Config.Env,
    hostname: info.Config.Hostname,
    // Compose marks what it makes.
    labels: Object.fromEntries(
      Object.entries(info.Config.Labels).filter(([label]) => !label.startsWith('com.docker.compose.')),
    ),
    network: info.HostConfig.NetworkMode,
    restart: info.HostConfig.RestartPolicy,
    mounts: info.Mounts.map((mount) => ({
      type: mount.Type,
      source: anonymous.test(mount.Name ?? '') ? 'anonymous' : mount.Source,
      target: mount.Destination,
      writable: mount.RW,
    })).sort((a, b) => a.target.localeCompare(b.target)),
  };
}

/** {@link containerOf} for every host of a topology. */
export async function containersOf(topology: Topology): Promise<unknown[]> {
  return await Promise.all(topology.hosts.map((host) => containerOf(topology, host.name)));
}

/** Id of the cluster's container on every host. */
export async function containerIds(topology: Topology): Promise<string[]> {
  return await Promise.all(topology.hosts.map(async (host) => (await inspected(topology, host.name)).Id));
}
