/** A document from Consul containers that already run, so that they can be adopted as they are. */
import type Docker from 'dockerode';
import { imageFamily } from '../../shared/consul/index.js';
import { RaftyardError } from '../../shared/errors.js';
import { newTopology, serialiseTopology } from '../../shared/topology/index.js';
import type { Host, Node, Topology } from '../../shared/topology/types.js';
import type { UseCaseContext } from './types.js';

export interface Imported {
  /** A `.raftyard` document. */
  readonly text: string;
  /** What was found and what could not be carried over. */
  readonly notes: readonly string[];
}

interface Found {
  readonly host: Host;
  readonly container: string;
  readonly image: string;
  readonly hostname: string;
  readonly arguments: readonly string[];
  readonly namedVolume: boolean;
}

/** Value of a Go-style flag: `-name value`, `-name=value`, with one dash or two. */
export function flagValues(args: readonly string[], name: string): string[] {
  return args.flatMap((argument, index) => {
    const bare = argument.replace(/^--?/, '');
    if (bare === argument) return [];
    if (bare.startsWith(`${name}=`)) return [bare.slice(name.length + 1)];
    const next = args[index + 1];
    return bare === name && next !== undefined ? [next] : [];
  });
}

export function hasFlag(args: readonly string[], name: string): boolean {
  return args.some((argument) => {
    const bare = argument.replace(/^--?/, '');
    return bare !== argument && (bare === name || bare.startsWith(`${name}=`));
  });
}

const ANONYMOUS = /^[0-9a-f]{64}$/;

function looksLikeConsul(info: Docker.ContainerInspectInfo): boolean {
  const image = info.Config.Image;
  if (/(^|\/)consul(:|@|$)/.test(image)) return true;
  const command = [info.Path, ...info.Args].join(' ');
  return /(^|\/|\s)consul(\s|$)/.test(command) && /\sagent(\s|$)/.test(command);
}

async function consulContainers(host: Host, context: UseCaseContext): Promise<Found[]> {
  const lease = await context.connector.connect(host, context.signal);
  try {
    const docker = await lease.connection.docker();
    const running = await docker.listContainers();
    const inspected = await Promise.all(running.map((entry) => docker.getContainer(entry.Id).inspect()));
    return inspected.filter(looksLikeConsul).map((info) => ({
      host,
      container: info.Name.replace(/^\//, ''),
      image: info.Config.Image,
      hostname: info.Config.Hostname,
      arguments: info.Config.Cmd ?? [],
      namedVolume: info.Mounts.some((mount) => mount.Type === 'volume' && !ANONYMOUS.test(mount.Name ?? '')),
    }));
  } finally {
    lease.release();
  }
}

/**
 * Reads the running Consul containers of the given hosts into a document: names, images, roles, bootstrap flag, addresses.
 * Changes nothing anywhere. `plan --adopt` and `apply --adopt` then take the containers over as they are.
 * @throws RaftyardError conflict when a host runs none or several, or what the host connection throws.
 */
export async function importCluster(hosts: readonly Host[], context: UseCaseContext): Promise<Imported> {
  const found = await Promise.all(
    hosts.map(async (host): Promise<Found> => {
      const [first, ...others] = await consulContainers(host, context);
      if (first === undefined)
        throw new RaftyardError('conflict', 'no running Consul container', {
          host: host.name,
          hint: 'Start it first, or leave this host out.',
        });
      if (others.length > 0)
        throw new RaftyardError(
          'conflict',
          `several Consul containers run here: ${[first, ...others].map((entry) => entry.container).join(', ')}`,
          { host: host.name, hint: 'A node a host is supported; stop the others first.' },
        );
      return first;
    }),
  );
  const notes: string[] = [];
  const topology = toTopology(found, notes);
  return { text: serialiseTopology(topology), notes };
}

function toTopology(found: readonly Found[], notes: string[]): Topology {
  const images = [...new Set(found.map((entry) => entry.image))];
  const image = images[0] ?? '';
  if (images.length > 1)
    notes.push(`the hosts run different images (${images.join(', ')}); the document names ${image}`);
  const isServer = (entry: Found): boolean => hasFlag(entry.arguments, 'server');
  const expecting = found.filter(
    (entry) => hasFlag(entry.arguments, 'bootstrap-expect') || hasFlag(entry.arguments, 'bootstrap'),
  );
  const servers = found.filter(isServer);
  const classic = expecting.length <= 1 && servers.length > 1;
  const flagged = expecting[0] ?? servers[0];
  const exposed = found.some((entry) => {
    const client = flagValues(entry.arguments, 'client')[0];
    return client === undefined ? imageFamily(entry.image).family === 'progrium' : client === '0.0.0.0';
  });
  const datacenter = found.flatMap((entry) => [
    ...flagValues(entry.arguments, 'datacenter'),
    ...flagValues(entry.arguments, 'dc'),
  ])[0];
  const base = newTopology({
    name: 'imported',
    image,
    bootstrap: classic ? 'classic' : 'robust',
    api: exposed ? 'exposed' : 'loopback',
    // What runs is not to be changed by the first plan: the owner chose this firewall.
    firewall: 'leave',
    disableUpdateCheck: false,
    data: found.every((entry) => entry.namedVolume) ? 'volume' : 'anonymous',
    hosts: found.map(({ host, arguments: args }) => {
      const advertise = flagValues(args, 'advertise')[0];
      const advertiseWan = flagValues(args, 'advertise-wan')[0];
      return {
        name: host.name,
        address: host.address,
        ssh: host.ssh,
        ...(advertise === undefined ? {} : { advertise }),
        ...(advertiseWan === undefined ? {} : { advertiseWan }),
      };
    }),
    ...(datacenter === undefined ? {} : { datacenter }),
  });
  const nodes = found.map(
    (entry): Node => ({
      name: flagValues(entry.arguments, 'node')[0] ?? entry.hostname,
      host: entry.host.name,
      role: isServer(entry) ? 'server' : 'client',
      bootstrap: entry === flagged,
      container: entry.container,
      agentOptions: [],
    }),
  );
  for (const entry of found)
    notes.push(
      `${entry.host.name}: ${entry.container} (${entry.image}), ${isServer(entry) ? 'server' : 'client'}`,
    );
  return { ...base, datacenters: [{ name: datacenter ?? 'dc1', nodes }] };
}
