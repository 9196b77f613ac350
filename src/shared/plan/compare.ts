/** How an existing container differs from the desired one. */
import { bootstrapOnlyDifference, runReference } from '../consul/index.js';
import { CLUSTER_LABEL, FILES_LABEL, NODE_LABEL } from '../desired/labels.js';
import { DOCKER_SOCKET } from '../desired/services.js';
import type { DesiredContainer, DesiredNode } from '../desired/types.js';
import { sha256Hex } from '../digest.js';
import type { ContainerFacts, ReachableFacts } from './facts.js';

/** The name that a container has while its successor is being started. */
export function asideName(name: string): string {
  return `${name}-before`;
}

export function isOurs(container: ContainerFacts, node: Pick<DesiredNode, 'clusterId' | 'node'>): boolean {
  return container.labels[CLUSTER_LABEL] === node.clusterId && container.labels[NODE_LABEL] === node.node;
}

/** Docker adds `:latest` and the library's prefix; compare what is meant. What a digest means is told by {@link notPinned}. */
function sameImage(a: string, b: string): boolean {
  const full = (reference: string): string => {
    const short = runReference(reference)
      .replace(/^docker\.io\//, '')
      .replace(/^library\//, '');
    const last = short.slice(short.lastIndexOf('/') + 1);
    return last.includes(':') ? short : `${short}:latest`;
  };
  return full(a) === full(b);
}

function mountsDiffer(existing: ContainerFacts, desired: DesiredContainer): boolean {
  const hasSocket = (mounts: readonly { readonly source: string }[]): boolean =>
    mounts.some(({ source }) => source === DOCKER_SOCKET);
  // Without a check that needs it, it is a way to the host that nobody asked for.
  if (hasSocket(existing.mounts) && !hasSocket(desired.mounts)) return true;
  return desired.mounts.some(
    (mount) =>
      !existing.mounts.some(
        (have) =>
          have.type === mount.type &&
          have.source === mount.source &&
          have.target === mount.target &&
          have.readOnly === mount.readOnly,
      ),
  );
}

export interface Difference {
  /** Differences that call for re-creation now, in words. */
  readonly now: readonly string[];
  /** Differences that only matter for bootstrapping. */
  readonly bootstrapOnly: boolean;
}

/** Compares field by field; `null` when the container is as desired. */
export function containerDifference(
  existing: ContainerFacts,
  desired: DesiredContainer,
  staleConfiguration: boolean,
): Difference | null {
  const now: string[] = [];
  if (existing.name !== desired.name) now.push(`name ${existing.name} → ${desired.name}`);
  if (!sameImage(existing.image, desired.image)) now.push(`image ${existing.image} → ${desired.image}`);
  if (existing.hostname !== desired.hostname)
    now.push(`host name ${existing.hostname} → ${desired.hostname}`);
  if (existing.networkMode !== desired.networkMode) now.push(`network ${existing.networkMode} → host`);
  if (existing.restart !== desired.restart) now.push(`restart policy ${existing.restart} → always`);
  if (desired.env.some((entry) => !existing.env.includes(entry))) now.push('environment');
  if (mountsDiffer(existing, desired)) now.push('mounts');
  if (staleConfiguration) now.push('configuration file');
  const sameCommand =
    existing.command.length === desired.command.length &&
    existing.command.every((argument, index) => argument === desired.command[index]);
  const bootstrapOnly = !sameCommand && bootstrapOnlyDifference(existing.command, desired.command);
  if (!sameCommand && !bootstrapOnly) now.push('agent options');
  return now.length === 0 && !bootstrapOnly ? null : { now, bootstrapOnly };
}

/**
 * Whether the agent runs with other configuration files (not the start script) than desired: the files on the host
 * differ, or they were renewed by a run that was cut short before it re-created the container.
 */
export function staleConfiguration(
  node: DesiredNode,
  facts: ReachableFacts,
  existing: ContainerFacts,
): boolean {
  const made = existing.labels[FILES_LABEL];
  if (made !== undefined && made !== node.container.labels[FILES_LABEL]) return true;
  return node.files.slice(1).some((file) => {
    // Read anew by an agent that goes on running.
    if (file === node.services?.file) return false;
    const have = facts.workdir.files.find((entry) => entry.path === file.path);
    return have !== undefined && have.sha256 !== sha256Hex(file.content);
  });
}
