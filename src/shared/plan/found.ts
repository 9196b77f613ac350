/** What a look at the hosts tells of them that their agents' configuration needs. Pure. */
import { imageFamily, runReference, versionOfImage } from '../consul/index.js';
import { type FoundOnHost, type FoundOnHosts, LOW_PORTS } from '../desired/index.js';
import type { Topology } from '../topology/types.js';
import { upstreamOf } from './dns-need.js';
import type { ContainerFacts, Facts, ReachableFacts } from './facts.js';

/** The container that runs the document's image for it on a host, under our label or under the node's name. */
function current(
  topology: Topology,
  container: string | undefined,
  { containers }: ReachableFacts,
): ContainerFacts | undefined {
  const image = runReference(topology.image);
  return containers.find(
    (entry) =>
      entry.image === image && (entry.labels['raftyard.cluster'] === topology.id || entry.name === container),
  );
}

/**
 * Consul's version on a host: what the agent says that runs the document's image there, else what that container's
 * configuration says, else that of the image on the host. Not the tag.
 */
function versionOn(facts: ReachableFacts, running: ContainerFacts | undefined): string | undefined {
  const told = running?.running === true ? facts.agent?.version : undefined;
  const made = running === undefined ? undefined : versionOfImage(running);
  return told ?? made ?? (facts.image?.present === true ? facts.image.consulVersion : undefined);
}

/**
 * Whether an image that its name does not tell begins with hashicorp/consul's entrypoint. An older container stays as it is: it was
 * made without this being known.
 */
function isOfficial(
  topology: Topology,
  { image }: ReachableFacts,
  running: ContainerFacts | undefined,
): boolean {
  if (image?.official !== true || imageFamily(topology.image).family !== 'plain') return false;
  return running === undefined || running.env.includes(LOW_PORTS);
}

/**
 * What the hosts' agents have to be told, by the host's name. A host that does not say which Consul it has is taken to have the one
 * that others have under the same name, where the name has no version.
 */
export function foundOf(topology: Topology, facts: Facts): FoundOnHosts {
  const nodes = new Map(
    topology.datacenters.flatMap((datacenter) => datacenter.nodes.map((node) => [node.host, node] as const)),
  );
  const looked = topology.hosts.flatMap(({ name }) => {
    const found = facts[name];
    if (found?.reachable !== true) return [];
    const running = current(topology, nodes.get(name)?.container, found);
    return [{ found, running, version: versionOn(found, running) }];
  });
  const shared =
    imageFamily(topology.image).version === undefined
      ? looked.find(({ version }) => version !== undefined)?.version
      : undefined;
  return new Map(
    looked.map(({ found, running, version = shared }): [string, FoundOnHost] => {
      const bridge = found.dns?.bridge?.interface;
      return [
        found.host,
        {
          ...(bridge === undefined ? {} : { bridge }),
          upstream: topology.dns === undefined ? [] : upstreamOf(topology.dns.upstream, found),
          ...(version === undefined ? {} : { version }),
          ...(isOfficial(topology, found, running) ? { official: true as const } : {}),
        },
      ];
    }),
  );
}
