/** What stops a plan or deserves a word: pure, one function a host. */
import {
  has,
  imageFamily,
  isEnterprise,
  listensOn,
  parseAgentCommand,
  upgradeProblem,
  versionOfImage,
} from '../consul/index.js';
import { HTTPS_PORT } from '../desired/index.js';
import type { DesiredNode } from '../desired/types.js';
import { asideName, isOurs } from './compare.js';
import type { ContainerFacts, ReachableFacts } from './facts.js';
import { fileNeeds, type HostInput } from './host-steps.js';
import type { PlanIssue } from './types.js';

/** What is said of a user who is not root, and has no way to become it: the group docker alone is not enough. */
export function noRoot({ user, docker }: ReachableFacts): {
  readonly message: string;
  readonly hint: string;
} {
  return docker === undefined
    ? {
        message: `${user} can neither act as root nor use sudo`,
        hint: 'Give the user sudo, or log in as root: the working directory and the firewall need it.',
      }
    : {
        message: `${user} may use Docker, and can neither act as root nor use sudo`,
        hint: 'That is enough to look, to watch and to start and stop nodes. Steps that are marked as root need more: give the user sudo, or log in as root.',
      };
}

/**
 * Problems that keep Raftyard from working on the host at all.
 * @param own the node's container, where it is not somebody else's
 */
export function hostBlockers(
  node: DesiredNode,
  facts: ReachableFacts,
  own: ContainerFacts | undefined,
): PlanIssue[] {
  const issues: PlanIssue[] = [];
  const block = (code: string, message: string, hint: string): void => {
    issues.push({ severity: 'blocker', code, host: node.host, message, hint });
  };
  if (facts.docker === undefined) {
    const problem = facts.dockerProblem;
    block(
      problem?.code ?? 'docker-failed',
      problem?.message ?? 'Docker cannot be used',
      problem?.hint ?? 'See `docker info` on the host.',
    );
  } else if (facts.docker.kind === 'podman') {
    block('podman', "`docker` is podman's shim here", 'Install Docker Engine, or choose another host.');
  } else if (facts.docker.kind === 'rootless') {
    block(
      'rootless',
      'Docker runs rootless here: the host network of its containers is not the host’s own',
      'Use a system-wide Docker Engine.',
    );
  }
  if (facts.root === 'none') {
    const { message, hint } = noRoot(facts);
    block('no-root', message, hint);
  }
  // Whoever cannot read what the agent says does not know what to change.
  if (facts.agentProblem !== undefined && own?.running === true)
    block(
      'agent-unreadable',
      `what the agent of ${node.node} says cannot be read: ${facts.agentProblem.message}`,
      facts.agentProblem.hint ?? 'See whether it is Consul that answers there, and which version.',
    );
  return issues;
}

/** An adopted container stays as it is, so that it can be given no key. */
export function adoptedCannot(node: DesiredNode): PlanIssue {
  return {
    severity: 'blocker',
    code: 'secure-adopted',
    host: node.host,
    message: `${node.node} runs in an adopted container, which stays as it is and can be given no gossip key`,
    hint: 'Turn secure.gossip off, or remove the container and let Raftyard make its own.',
  };
}

/** The container of this node on the host: ours under any name, or whoever has its name. */
export function existingContainer(node: DesiredNode, facts: ReachableFacts): ContainerFacts | undefined {
  return (
    facts.containers.find((container) => isOurs(container, node) && container.name === node.container.name) ??
    facts.containers.find((container) => isOurs(container, node)) ??
    facts.containers.find((container) => container.name === node.container.name)
  );
}

/** What a re-creation that was cut short left beside the new container. */
export function leftAside(
  node: DesiredNode,
  facts: ReachableFacts,
  existing: ContainerFacts | undefined,
): ContainerFacts | undefined {
  return facts.containers.find(
    (container) =>
      container !== existing && isOurs(container, node) && container.name === asideName(node.container.name),
  );
}

/** Whether the document asks for TLS. */
export const hasTls = ({ secret }: DesiredNode): boolean =>
  secret?.parts.some(({ part }) => part === 'tls') ?? false;

/** Options that give a port another number. */
const PORT_OPTIONS: Readonly<Record<string, number>> = {
  'serf-wan-port': 8302,
  'https-port': HTTPS_PORT,
  'grpc-tls-port': 8503,
  'dns-port': 8600,
};

/** `8300/tcp`: where this node's agent listens, and nobody else may. DNS on port 53 is looked at with the names of the host. */
function neededPorts(node: DesiredNode): ReadonlySet<string> {
  const options = parseAgentCommand(node.container.command);
  const moved = new Set(options.map(({ name }) => PORT_OPTIONS[name]));
  const listens = listensOn({
    family: imageFamily(node.container.image, node.version),
    role: node.role,
    ...(hasTls(node) ? { httpsPort: HTTPS_PORT } : {}),
  });
  return new Set(
    listens
      .filter(({ port }) => port !== 53 && !moved.has(port))
      .flatMap(({ port, protocols }) => protocols.map((protocol) => `${port}/${protocol}`)),
  );
}

/**
 * A gRPC port without TLS at an agent that has a certificate: from 1.14 on it does not start unless it is told the port with TLS too.
 * Source: https://developer.hashicorp.com/consul/docs/upgrade/version-specific, "Changes to gRPC TLS configuration"
 */
export function grpcBlocker(node: DesiredNode): PlanIssue | null {
  const { version } = node;
  // A client has its certificate from the servers, and not for gRPC.
  if (!hasTls(node) || node.role === 'client' || !has(version, 'flag', 'grpc-tls-port')) return null;
  const options = parseAgentCommand(node.container.command);
  const port = options.findLast(({ name }) => name === 'grpc-port')?.value;
  if (!(Number(port) > 0) || options.some(({ name }) => name === 'grpc-tls-port')) return null;
  return {
    severity: 'blocker',
    code: 'grpc-port-tls',
    host: node.host,
    message: `${node.node} would not start: with secure.tls, Consul 1.14 and later refuse -grpc-port=${port} without -grpc-tls-port`,
    hint: 'Add -grpc-tls-port=8503 to its agent options, or take -grpc-port out.',
  };
}

/** Things on the host that are not ours and are in the way. */
export function conflicts(input: HostInput, existing: ContainerFacts | undefined): PlanIssue[] {
  const { node, facts, adopted } = input;
  const issues: PlanIssue[] = [];
  const conflict = (code: string, message: string, hint: string): void => {
    issues.push({ severity: 'conflict', code, host: node.host, message, hint });
  };
  const holder = facts.containers.find((container) => container.name === node.container.name);
  if (!adopted && holder !== undefined && !isOurs(holder, node)) {
    conflict(
      'foreign-container',
      `A container named ${holder.name} (${holder.image}) is there already, and Raftyard did not make it`,
      'Adopt it (--adopt), give the node another container name, or remove it yourself.',
    );
  }
  if (!adopted && node.volume !== undefined && facts.volume !== undefined) {
    if (facts.volume.labels['raftyard.cluster'] !== node.clusterId) {
      conflict(
        'foreign-volume',
        `A volume named ${node.volume.name} is there already, and does not belong to this cluster`,
        'Rename or remove it yourself.',
      );
    }
  }
  for (const { file, state } of fileNeeds(input)) {
    if (state === 'foreign') {
      conflict(
        'foreign-file',
        `${file.path} is there already, and Raftyard did not make it`,
        'Move it away, or choose another working directory in the topology.',
      );
    } else if (state === 'edited') {
      issues.push({
        severity: 'confirm',
        code: 'edited-file',
        host: node.host,
        message: `${file.path} was edited by hand since Raftyard wrote it; the edit would be lost`,
      });
    }
  }
  if (existing === undefined || !existing.running) {
    const needed = neededPorts(node);
    for (const listener of facts.listeners) {
      if (!needed.has(`${listener.port}/${listener.protocol}`)) continue;
      const others = facts.containers.filter((container) => container.running && container !== existing);
      const who = listener.process ?? 'another program';
      const hint =
        others.length === 0
          ? `Stop ${who}, or choose another host.`
          : `Probably the container ${others.map((container) => container.name).join(', ')}: stop it or adopt it.`;
      conflict('port-taken', `Port ${listener.port}/${listener.protocol} is taken by ${who}`, hint);
    }
  }
  const { state } = facts.workdir;
  if (state !== undefined && state.clusterId !== node.clusterId) {
    conflict(
      'other-cluster',
      `${node.workdir} on this host belongs to the Raftyard cluster ${state.clusterName}`,
      'Use another working directory, or destroy that cluster first.',
    );
  }
  return issues;
}

/**
 * A change of image that the kept data would not survive, or of which nobody can know it. Data lies where the image's kind has it:
 * an image by another path (a mirror's, an own one) is no other form for that.
 */
export function upgradeBlocker(
  node: DesiredNode,
  facts: ReachableFacts,
  existing: ContainerFacts | undefined,
): PlanIssue | null {
  if (existing === undefined || existing.image === node.container.image) return null;
  const from = imageFamily(existing.image, versionOfImage(existing));
  const to = imageFamily(node.container.image, node.version);
  const version = facts.agent?.version ?? from.version;
  const change = `${existing.image} → ${node.container.image}`;
  if (from.dataDir === to.dataDir && (version === undefined || to.version === undefined))
    return {
      severity: 'confirm',
      code: 'upgrade-unknown',
      host: node.host,
      message: `${change}: nobody can say whether the new Consul reads the data, since the version of ${version === undefined ? existing.image : node.container.image} is not known`,
    };
  const enterprise = isEnterprise(existing.image, version) && isEnterprise(node.container.image, to.version);
  const reason =
    from.dataDir !== to.dataDir
      ? `the data of ${existing.image} lies elsewhere and in another form than ${node.container.image} expects`
      : upgradeProblem(version ?? '', to.version ?? '', enterprise);
  if (reason === null) return null;
  return {
    severity: 'blocker',
    code: 'unsupported-upgrade',
    host: node.host,
    message: `${change} is refused: ${reason}`,
    hint: 'Go through the versions in between, or raise a new cluster and move the data (export and import).',
  };
}
