/** Topology → desired state of every host. */
import {
  agentArguments,
  has,
  type ImageFamily,
  imageFamily,
  portsFor,
  runReference,
} from '../consul/index.js';
import { digestOf } from '../digest.js';
import { RaftyardError } from '../errors.js';
import { wanAddress } from '../topology/create.js';
import type { Datacenter, Host, Node, Topology } from '../topology/types.js';
import { agentDns, desiredDns, type FoundOnHosts } from './dns.js';
import { desiredImage } from './image.js';
import { CLUSTER_LABEL, CONFIG_LABEL, FILES_LABEL, NODE_LABEL } from './labels.js';
import { startScript } from './script.js';
import { hasSecrets, secretDirectory, secretFileOf } from './secrets.js';
import { checkConsent, DOCKER_SOCKET, desiredServices, needsDockerSocket } from './services.js';
import { HTTPS_PORT, type TlsAgent, tlsAgents } from './tls.js';
import type { DesiredContainer, DesiredFile, DesiredMount, DesiredNode } from './types.js';

export * from './acl.js';
export * from './dns.js';
export * from './image.js';
export * from './labels.js';
export { mountText } from './mounts.js';
export { startScript } from './script.js';
export * from './secrets.js';
export * from './services.js';
export * from './tls.js';
export type * from './types.js';

interface Context {
  readonly topology: Topology;
  /** Of the image on a host. */
  readonly familyOn: (host: string) => ImageFamily;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly agents: ReadonlyMap<string, TlsAgent>;
  readonly found: FoundOnHosts | undefined;
}

function hostOf({ hosts }: Context, node: Node): Host {
  const host = hosts.get(node.host);
  if (host === undefined) {
    throw new RaftyardError(
      'invalid-topology',
      `node ${node.name} is on the host ${node.host}, which is not listed`,
    );
  }
  return host;
}

/** The server of a datacenter that starts the cluster in the classic style: the flagged one, or else the first. */
export function bootstrapServer(datacenter: Datacenter): Node | undefined {
  const servers = datacenter.nodes.filter((node) => node.role === 'server');
  return servers.find((node) => node.bootstrap) ?? servers[0];
}

/** Addresses that a node joins: never its own, since joining oneself counts as success (consul #2868). */
function joinAddresses(context: Context, datacenter: Datacenter, node: Node): string[] {
  const servers = datacenter.nodes.filter((other) => other.role === 'server');
  const first = bootstrapServer(datacenter);
  const targets = context.topology.bootstrap === 'robust' || first === undefined ? servers : [first];
  return targets.filter((target) => target !== node).map((target) => hostOf(context, target).advertise);
}

/** Servers of the other datacenters: WAN gossip is between servers only. */
function wanAddresses(context: Context, datacenter: Datacenter): string[] {
  return context.topology.datacenters
    .filter((other) => other !== datacenter)
    .flatMap((other) => other.nodes.filter((node) => node.role === 'server'))
    .map((node) => wanAddress(hostOf(context, node)));
}

/**
 * Whether an answer about another datacenter must name the addresses that are reached from here.
 * Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/general#translate_wan_addrs
 */
const hasWanAddresses = ({ datacenters, hosts }: Topology): boolean =>
  datacenters.length > 1 && hosts.some(({ advertiseWan }) => advertiseWan !== undefined);

/** What the flags of the tutorial do not say; only keys that the image's Consul knows. */
function configuration(context: Context, node: Node): string {
  const { topology, found } = context;
  const family = context.familyOn(node.host);
  const server = node.role === 'server';
  const value = {
    // A server that is stopped comes back: it must not leave the Raft peers. A client's absence is a leave.
    leave_on_terminate: !server,
    ...(server && family.readsPerformance
      ? { performance: { raft_multiplier: topology.raftMultiplier } }
      : {}),
    ...(family.readsPerformance && hasWanAddresses(topology) ? { translate_wan_addrs: true } : {}),
    ...(topology.disableUpdateCheck === true ? { disable_update_check: true } : {}),
    ...rejoinAge(topology, node, family),
    ...checkConsent(node),
    ...agentDns(topology, family, hostOf(context, node), found).settings,
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * Servers of a Consul that knows it only.
 * Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/general#server_rejoin_age_max
 */
const rejoinAge = (
  { serverRejoinAgeMax: age }: Topology,
  { role }: Node,
  { version }: ImageFamily,
): { readonly server_rejoin_age_max?: string } =>
  age !== undefined && role === 'server' && has(version, 'key', 'server_rejoin_age_max')
    ? { server_rejoin_age_max: age }
    : {};

/**
 * The same for the style without a file; Consul before 1.0 has no option for it.
 * Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/general#disable_update_check
 */
const updateCheck = ({ bootstrap, disableUpdateCheck }: Topology): readonly string[] =>
  bootstrap === 'classic' && disableUpdateCheck === true ? ['-hcl=disable_update_check = true'] : [];

const rejoinAgeOption = (topology: Topology, node: Node, family: ImageFamily): readonly string[] => {
  const { server_rejoin_age_max: age } = rejoinAge(topology, node, family);
  return topology.bootstrap === 'classic' && age !== undefined
    ? [`-hcl=server_rejoin_age_max = "${age}"`]
    : [];
};

function configDirectory(topology: Topology): string | undefined {
  return topology.bootstrap === 'classic' ? undefined : `${topology.workdir}/config`;
}

function configFiles(context: Context, node: Node): DesiredFile[] {
  const directory = configDirectory(context.topology);
  if (directory === undefined) return [];
  return [{ path: `${directory}/raftyard.json`, mode: 0o644, content: configuration(context, node) }];
}

/** `docker run -v source:target:ro` cannot hold a colon in a path, and an image is no option. */
function assertCarriable(container: Pick<DesiredContainer, 'image' | 'mounts'>): void {
  const bad = container.mounts.find((mount) => !/^[^:]+$/.test(mount.source));
  if (bad !== undefined) {
    throw new RaftyardError(
      'invalid-topology',
      `Docker cannot mount ${JSON.stringify(bad.source)}: it holds a colon`,
    );
  }
  if (container.image.startsWith('-')) {
    throw new RaftyardError('invalid-topology', `${JSON.stringify(container.image)} is no image reference`);
  }
}

/** The Docker socket for checks in other containers, and a user who may open it. Source: the entrypoint of hashicorp/consul, which drops root and every group. */
function dockerAccess(
  node: Node,
  family: ImageFamily,
): Pick<DesiredContainer, 'dockerUser' | 'env' | 'mounts'> {
  if (!needsDockerSocket(node)) return { env: [], mounts: [] };
  return {
    ...(family.family === 'hashicorp' ? { dockerUser: 'consul' } : {}),
    env: family.family === 'hashicorp' ? ['CONSUL_DISABLE_PERM_MGMT=1'] : [],
    mounts: [{ type: 'bind', source: DOCKER_SOCKET, target: DOCKER_SOCKET, readOnly: true, shared: true }],
  };
}

function desiredContainer(
  context: Context,
  datacenter: Datacenter,
  node: Node,
  volume: string | undefined,
  files: readonly DesiredFile[],
): DesiredContainer {
  const { topology } = context;
  const family = context.familyOn(node.host);
  const host = hostOf(context, node);
  const dns = agentDns(topology, family, host, context.found);
  const configDir = configDirectory(topology);
  const secretDir = hasSecrets(topology) ? secretDirectory(topology.workdir) : undefined;
  const docker = dockerAccess(node, family);
  const configDirs = [configDir, secretDir].filter((directory) => directory !== undefined);
  const mounts: DesiredMount[] = [
    ...(volume === undefined
      ? []
      : [{ type: 'volume' as const, source: volume, target: family.dataDir, readOnly: false }]),
    ...(configDir === undefined
      ? []
      : [{ type: 'bind' as const, source: configDir, target: configDir, readOnly: true }]),
    ...(secretDir === undefined
      ? []
      : [{ type: 'bind' as const, source: secretDir, target: secretDir, readOnly: true }]),
    ...docker.mounts,
  ];
  const made = {
    image: runReference(topology.image),
    hostname: node.name,
    command: agentArguments({
      family,
      style: topology.bootstrap,
      role: node.role,
      datacenter: datacenter.name,
      advertise: host.advertise,
      ...(host.advertiseWan === undefined ? {} : { advertiseWan: host.advertiseWan }),
      servers: datacenter.nodes.filter((other) => other.role === 'server').length,
      bootstrap: node === bootstrapServer(datacenter),
      join: joinAddresses(context, datacenter, node),
      wanJoin: wanAddresses(context, datacenter),
      api: topology.api,
      configDirs,
      options: [
        ...updateCheck(topology),
        ...rejoinAgeOption(topology, node, family),
        ...dns.options,
        ...topology.agentOptions,
        ...node.agentOptions,
      ],
    }),
    env: [...docker.env, ...dns.env],
    mounts,
    ...(docker.dockerUser === undefined ? {} : { dockerUser: docker.dockerUser }),
  };
  assertCarriable(made);
  const contents = files.map(({ path, content }) => ({ path, content }));
  return {
    name: node.container,
    ...made,
    labels: {
      [CLUSTER_LABEL]: topology.id,
      [NODE_LABEL]: node.name,
      [CONFIG_LABEL]: digestOf({ ...made, files: contents }),
      ...(contents.length === 0 ? {} : { [FILES_LABEL]: digestOf(contents) }),
    },
    networkMode: 'host',
    restart: 'always',
  };
}

function desiredNode(context: Context, datacenter: Datacenter, node: Node): DesiredNode {
  const { topology } = context;
  const family = context.familyOn(node.host);
  const host = hostOf(context, node);
  const others = topology.datacenters
    .flatMap((other) =>
      other.nodes.flatMap((entry) => {
        const there = hostOf(context, entry);
        // Which of the two a packet of another datacenter's server comes from is for its routes to decide.
        return other === datacenter ? [there.advertise] : [there.advertise, wanAddress(there)];
      }),
    )
    .filter((address) => address !== host.advertise);
  const volume =
    topology.data === 'anonymous'
      ? undefined
      : {
          name: `raftyard-${topology.id.slice(0, 8)}-${node.name}`,
          labels: { [CLUSTER_LABEL]: topology.id, [NODE_LABEL]: node.name },
        };
  const files = configFiles(context, node);
  const services = desiredServices(topology, node, family);
  // Not among what the container is made from: the agent reads it anew while it runs.
  const all = services?.file === undefined ? files : [...files, services.file];
  const agent = context.agents.get(node.name);
  const secret = agent === undefined ? undefined : secretFileOf(topology, agent);
  const dns = desiredDns(topology, family, host, context.found);
  const common = {
    clusterId: topology.id,
    clusterName: topology.name,
    node: node.name,
    role: node.role,
    image: desiredImage(topology),
    ...(family.version === undefined ? {} : { version: family.version }),
    container: desiredContainer(context, datacenter, node, volume?.name, files),
    ...(volume === undefined ? {} : { volume }),
    ...(secret === undefined ? {} : { secret }),
    ...(services === undefined ? {} : { services }),
  };
  const script = {
    path: `${topology.workdir}/consul-start.sh`,
    mode: 0o755,
    content: startScript({ ...common, workdir: topology.workdir, files: all }),
  };
  return {
    ...common,
    datacenter: datacenter.name,
    host: host.name,
    bootstrapFlag: node.bootstrap,
    advertise: host.advertise,
    wanAddress: wanAddress(host),
    workdir: topology.workdir,
    files: [script, ...all],
    ...(dns === undefined ? {} : { dns }),
    firewall: {
      mode: topology.firewall,
      rules: portsFor({
        role: node.role,
        datacenters: topology.datacenters.length,
        api: topology.api,
        family,
        ...(topology.secure.tls ? { httpsPort: HTTPS_PORT } : {}),
      }),
      sources: [...new Set(others)],
    },
  };
}

/**
 * What every node's host should be like, in document order. Pure: the one source for the plan and for the export.
 *
 * @param found What was seen on the hosts: which Consul it is, and bridges and resolvers where the document asks for DNS.
 * @throws RaftyardError invalid-topology for a document that validation refuses: a node on an unknown host, two nodes
 *   on one host (they would share ports, working directory and start script), a value that Docker cannot carry.
 */
export function desiredNodes(topology: Topology, found?: FoundOnHosts): DesiredNode[] {
  const familyOn = (host: string): ImageFamily => imageFamily(topology.image, found?.get(host)?.version);
  const context = {
    topology,
    familyOn,
    found,
    agents: new Map(tlsAgents(topology, familyOn).map((agent) => [agent.node, agent])),
    hosts: new Map(topology.hosts.map((host) => [host.name, host])),
  };
  const nodes = topology.datacenters.flatMap((datacenter) =>
    datacenter.nodes.map((node) => desiredNode(context, datacenter, node)),
  );
  const taken = new Map<string, string>();
  for (const { host, node } of nodes) {
    const other = taken.get(host);
    if (other !== undefined) {
      throw new RaftyardError('invalid-topology', `${other} and ${node} are both on the host ${host}`);
    }
    taken.set(host, node);
  }
  return nodes;
}
