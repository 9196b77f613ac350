/** Preflight's result for people: one row a finding, with its severity and what to do. Pure. */
import { imageFamily, listensOn, registryOf } from '../consul/index.js';
import { desiredImage, HTTPS_PORT } from '../desired/index.js';
import { canonicalAddress } from '../topology/address.js';
import type { Node, Topology } from '../topology/types.js';
import { namedNodes, names } from './dns-checks.js';
import type { Facts, ReachableFacts } from './facts.js';
import { firewall } from './firewall-checks.js';
import { foundOf } from './found.js';
import { hasImage } from './image.js';
import { noRoot } from './issues.js';

export type CheckSeverity = 'ok' | 'note' | 'warning' | 'blocker';

export type CheckName =
  | 'reachable'
  | 'clock'
  | 'root'
  | 'docker'
  | 'docker-boot'
  | 'image'
  | 'ports'
  | 'firewall'
  | 'dns'
  | 'address'
  | 'source'
  | 'disk'
  | 'container'
  | 'volume'
  | 'workdir'
  | 'system';

export interface HostCheck {
  readonly host: string;
  readonly check: CheckName;
  readonly severity: CheckSeverity;
  readonly message: string;
  /** What to do, one sentence. */
  readonly hint?: string;
}

/** Gossip and Raft bear more, but logs and TLS certificates do not. */
const CLOCK_LIMIT_MS = 500;
const DISK_LIMIT = 1024 ** 3;

interface Subject {
  readonly topology: Topology;
  readonly facts: ReachableFacts;
  /** The node on this host; absent for a host that is only jumped through. */
  readonly node: Node | undefined;
  readonly advertise: string;
  /** Consul's version there, as a look tells. */
  readonly version: string | undefined;
  readonly add: (check: CheckName, severity: CheckSeverity, message: string, hint?: string) => void;
}

const same = (a: string, b: string): boolean => canonicalAddress(a) === canonicalAddress(b);
const major = (version: string): number => Number.parseInt(version, 10) || 0;

function system({ facts, add }: Subject): void {
  const { os } = facts;
  add('reachable', 'ok', `${os.pretty} (${os.architecture}) as ${facts.user}, ${facts.latencyMs} ms`);
  const init = facts.systemd ? 'systemd' : 'no systemd';
  if (facts.selinux === 'enforcing') {
    add('system', 'note', `${init}, SELinux enforcing: mounts are relabelled for containers (:Z)`);
  } else {
    add('system', facts.systemd ? 'ok' : 'note', `${init}, SELinux ${facts.selinux}`);
  }
  const offset = Math.abs(facts.clockOffsetMs);
  const shown = offset < 10_000 ? `${offset} ms` : `${Math.round(offset / 1000)} s`;
  const side = facts.clockOffsetMs < 0 ? 'behind' : 'ahead of';
  // The clock was read somewhere within the round trip: half of it is uncertainty, not offset.
  if (offset - facts.latencyMs / 2 > CLOCK_LIMIT_MS) {
    add(
      'clock',
      'warning',
      `Its clock is ${shown} ${side} this computer's`,
      'Turn on time synchronisation (chrony, systemd-timesyncd).',
    );
  } else {
    add('clock', 'ok', `Clock within ${shown} of this computer's`);
  }
}

function root({ facts, node, add }: Subject): void {
  if (facts.root === 'none') {
    const { message, hint } = noRoot(facts);
    add('root', node === undefined ? 'note' : 'blocker', message, hint);
  } else {
    const how = {
      root: 'logged in as root',
      sudo: 'sudo without password',
      'sudo-password': 'sudo with password',
    };
    add('root', 'ok', how[facts.root]);
  }
}

function docker({ facts, add }: Subject): void {
  const { docker: engine, dockerProblem } = facts;
  if (engine === undefined) {
    add('docker', 'blocker', dockerProblem?.message ?? 'Docker cannot be used', dockerProblem?.hint);
    return;
  }
  const words = `Docker ${engine.version}, ${engine.storageDriver}`;
  switch (engine.kind) {
    case 'podman':
      add(
        'docker',
        'blocker',
        "`docker` is podman's shim here",
        'Install Docker Engine, or choose another host.',
      );
      break;
    case 'rootless':
      add(
        'docker',
        'blocker',
        'Docker runs rootless here: the host network of its containers is not the host’s own',
        'Use a system-wide Docker Engine.',
      );
      break;
    case 'snap':
      add(
        'docker',
        'warning',
        `${words}, from snap: it sees only parts of the file system`,
        'Prefer the distribution’s or Docker’s own package; a working directory outside /home may not be visible.',
      );
      break;
    default:
      add('docker', 'ok', words);
  }
  if (engine.usernsRemap) {
    add(
      'docker',
      'warning',
      'Docker maps users (userns-remap): a container on the host network cannot start unless it opts out',
      'Turn userns-remap off in /etc/docker/daemon.json, or choose another host.',
    );
  }
  if (engine.enabledAtBoot === false) {
    add('docker-boot', 'warning', 'Docker does not start at boot', 'systemctl enable docker');
  } else if (engine.enabledAtBoot === null) {
    add('docker-boot', 'note', 'Cannot tell whether Docker starts at boot');
  } else {
    add('docker-boot', 'ok', 'Docker starts at boot');
  }
}

function image({ facts, topology, add }: Subject): void {
  const found = facts.image;
  if (facts.docker === undefined || found === undefined) return;
  const wanted = desiredImage(topology);
  if (found.present) {
    const version = found.consulVersion === undefined ? '' : ` (Consul ${found.consulVersion})`;
    if (wanted.digest === undefined) add('image', 'ok', `${found.reference} is there${version}`);
    else if (hasImage({ image: wanted }, facts))
      add('image', 'ok', `${found.reference} is there and is the pinned image${version}`);
    else
      add(
        'image',
        'note',
        `${found.reference} is there, and is not shown to be the pinned image; it will be had anew`,
      );
    return;
  }
  const old = found.schema1 === true || imageFamily(topology.image).family === 'progrium';
  if (old && major(facts.docker.version) >= 28) {
    add(
      'image',
      'blocker',
      `Docker ${facts.docker.version} can no longer pull ${found.reference} (image manifest schema 1)`,
      'Use a current image such as hashicorp/consul, or load a saved image with --image-archive.',
    );
  } else if (found.pullable === false) {
    add(
      'image',
      'warning',
      `${wanted.from} is not there, and this host cannot pull it: ${found.pullProblem ?? 'the registry refused'}`,
      'Check the name and the host’s way to the registry, or load a saved image with --image-archive.',
    );
  } else {
    add(
      'image',
      'note',
      wanted.from === found.reference
        ? `${found.reference} is not there and will be pulled`
        : `${found.reference} is not there and will be pulled from ${registryOf(wanted.from)}`,
    );
  }
}

function ports({ facts, topology, node, version, add }: Subject): void {
  const needed = listensOn({
    family: imageFamily(topology.image, version),
    role: node?.role ?? 'client',
    ...(topology.secure.tls ? { httpsPort: HTTPS_PORT } : {}),
  });
  const agent = facts.containers.find((container) => container.running && container.name === node?.container);
  const taken = new Map<string, Set<string>>();
  for (const listener of facts.listeners) {
    const port = needed.find((entry) => entry.port === listener.port);
    if (port === undefined || !port.protocols.some((protocol) => protocol === listener.protocol)) continue;
    if (agent !== undefined && (listener.process === undefined || listener.process === 'consul')) continue;
    const who = listener.process ?? 'another program';
    const ports = taken.get(who) ?? new Set();
    taken.set(who, ports.add(`${listener.port}/${listener.protocol}`));
  }
  for (const [who, list] of taken) {
    add(
      'ports',
      'blocker',
      `${[...list].join(', ')} ${list.size === 1 ? 'is' : 'are'} taken by ${who}`,
      'Stop it, adopt it if it is a Consul container, or choose another host.',
    );
  }
  if (taken.size === 0)
    add(
      'ports',
      'ok',
      agent === undefined ? "Consul's ports are free" : "Consul's ports are our container's",
    );
}

function addresses({ facts, topology, advertise, add }: Subject): void {
  const all = facts.addresses.filter((entry) => !/^(docker|br-|veth|cni|virbr|podman)/.test(entry.interface));
  const known = facts.addresses.some((entry) => same(entry.address, advertise));
  const host = topology.hosts.find((entry) => entry.name === facts.host);
  const reserved = all.filter((entry) => entry.private);
  if (!known && facts.addresses.length > 0) {
    add(
      'address',
      'warning',
      `The advertise address ${advertise} is on none of its interfaces (NAT?)`,
      `Set \`advertise\` to an address that the other hosts reach: ${all.map((entry) => entry.address).join(', ')}.`,
    );
  } else if (reserved.length > 1 && host?.advertise === host?.address) {
    add(
      'address',
      'warning',
      `Several private addresses (${reserved.map((entry) => `${entry.address} on ${entry.interface}`).join(', ')}); ${advertise} is advertised`,
      'Set `advertise` if the cluster should use another one.',
    );
  } else {
    add('address', 'ok', `Advertises ${advertise}`);
  }
  for (const [peer, source] of Object.entries(facts.sourceTowards)) {
    if (same(source, advertise) || source.startsWith('127.')) continue;
    add(
      'source',
      'note',
      `Reaches ${peer} from ${source}, not from ${advertise}: firewall rules let both in`,
    );
  }
}

function storage({ facts, topology, add }: Subject): void {
  const gib = (facts.diskFreeBytes / DISK_LIMIT).toFixed(1);
  if (facts.diskFreeBytes < DISK_LIMIT) {
    add(
      'disk',
      'warning',
      `Only ${gib} GiB free where Docker keeps its data`,
      'Free some space: Raft logs and snapshots grow.',
    );
  } else {
    add('disk', 'ok', `${gib} GiB free`);
  }
  const { state, exists, files, notADirectory } = facts.workdir;
  if (notADirectory === true) {
    add(
      'workdir',
      'blocker',
      `${topology.workdir} is not a directory`,
      'Move it away, or choose another working directory.',
    );
  } else if (state !== undefined && state.clusterId !== topology.id) {
    add(
      'workdir',
      'blocker',
      `${topology.workdir} belongs to the Raftyard cluster ${state.clusterName}`,
      'Use another working directory, or destroy that cluster first.',
    );
  } else if (state !== undefined) {
    add('workdir', 'ok', `${topology.workdir} is this cluster's since ${state.since}`);
  } else if (files.length > 0) {
    add(
      'workdir',
      'warning',
      `Not made by Raftyard: ${files.map((file) => file.path).join(', ')}`,
      'Move it away, or choose another working directory.',
    );
  } else {
    add('workdir', 'ok', exists ? `${topology.workdir} exists` : `${topology.workdir} will be made`);
  }
}

function containers({ facts, topology, node, add }: Subject): void {
  for (const container of facts.containers) {
    const ours = container.labels['raftyard.cluster'] === topology.id;
    const state = container.running ? 'running' : 'stopped';
    if (ours) {
      add(
        'container',
        container.restarting ? 'warning' : 'ok',
        `${container.name} is ours and ${container.restarting ? 'restarting again and again' : state}`,
      );
    } else if (container.name === node?.container) {
      add(
        'container',
        'blocker',
        `A container named ${container.name} (${container.image}, ${state}) is there already, and this cluster did not make it`,
        'Adopt it (--adopt), give the node another container name, or remove it yourself.',
      );
    } else {
      add('container', 'note', `Another Consul container: ${container.name} (${container.image}, ${state})`);
    }
  }
  if (facts.agentProblem !== undefined)
    add('container', 'blocker', facts.agentProblem.message, facts.agentProblem.hint);
  const { volume } = facts;
  if (volume !== undefined && volume.labels['raftyard.cluster'] !== topology.id) {
    add(
      'volume',
      'blocker',
      `A volume named ${volume.name} does not belong to this cluster`,
      'Rename or remove it yourself.',
    );
  } else if (volume !== undefined) {
    add('volume', 'note', `The data volume ${volume.name} is there: its data is kept`);
  }
}

/**
 * What preflight found, host after host in the document's order, each finding with its severity.
 *
 * `blocker` keeps apply from changing this host; `warning` deserves a look; `note` is worth knowing.
 */
export function checkHosts(topology: Topology, facts: Facts): HostCheck[] {
  const rows: HostCheck[] = [];
  const nodes = topology.datacenters.flatMap((datacenter) => datacenter.nodes);
  const named = namedNodes(topology, facts);
  const told = foundOf(topology, facts);
  for (const host of topology.hosts) {
    const found = facts[host.name];
    const add: Subject['add'] = (check, severity, message, hint) =>
      rows.push({ host: host.name, check, severity, message, ...(hint === undefined ? {} : { hint }) });
    if (found === undefined) continue;
    if (!found.reachable) {
      add('reachable', 'blocker', found.error.message, found.error.hint);
      continue;
    }
    const node = nodes.find((entry) => entry.host === host.name);
    const subject: Subject = {
      topology,
      facts: found,
      node,
      advertise: host.advertise,
      version: told.get(host.name)?.version,
      add,
    };
    system(subject);
    root(subject);
    if (node === undefined) continue;
    docker(subject);
    image(subject);
    ports(subject);
    firewall(subject);
    names(named.get(host.name), found, add);
    addresses(subject);
    storage(subject);
    containers(subject);
  }
  return rows;
}
