/** Whether a host has the image that the document means, and how it gets there. */
import { imageFamily, registryOf } from '../consul/index.js';
import { provenPath } from '../desired/index.js';
import type { DesiredNode } from '../desired/types.js';
import { commandLine } from '../shell/quote.js';
import type { ContainerFacts, Facts, ReachableFacts } from './facts.js';
import { type HostInput, uploadPath } from './host-steps.js';
import type { PlanIssue } from './types.js';

/** What a plan may know of an archive that images are loaded from. */
export interface ArchiveKnown {
  /** Why it cannot be proven to hold the pinned image; absent where it can, or nothing is pinned. */
  readonly unproven?: string;
}

const major = (version: string): number => Number.parseInt(version, 10);

/**
 * Whether an image is the one that a digest stands for: the engine pulled it by that digest, or it was loaded from an archive
 * that was proven to hold it. An engine's word on the digest of what it pulled is as good as the content: it is computed.
 */
function isProven(
  digest: string,
  image: { readonly id: string; readonly digests: readonly string[] },
  facts: ReachableFacts,
): boolean {
  const { proven } = facts.workdir;
  return (
    image.id === digest ||
    image.digests.includes(digest) ||
    (proven?.digest === digest && proven.id === image.id)
  );
}

/** Whether nothing has to be pulled or loaded. */
export function hasImage(node: Pick<DesiredNode, 'image'>, facts: ReachableFacts): boolean {
  const { image } = facts;
  if (image?.present !== true) return false;
  const { digest } = node.image;
  return (
    digest === undefined || isProven(digest, { id: image.id ?? '', digests: image.digests ?? [] }, facts)
  );
}

/**
 * The version of the Consul that a container will run which is made now: what the image on the host says, else the tag, in the
 * repositories where it is that of Consul. Undefined where nobody knows: another repository's tag may number anything.
 */
export function versionToCome({ image, container }: DesiredNode, facts: ReachableFacts): string | undefined {
  const { family, version } = imageFamily(container.image);
  // Frozen under one name, and known to be rebuilt with another Consul.
  if (family === 'progrium') return undefined;
  const said = hasImage({ image }, facts) ? facts.image?.consulVersion : undefined;
  return said ?? (family === 'hashicorp' ? version : undefined);
}

/** Why a container's image is not the pinned one, in words; null where it is, or nothing is pinned. */
export function notPinned(
  node: Pick<DesiredNode, 'image'>,
  facts: ReachableFacts,
  existing: ContainerFacts,
): string | null {
  const { digest } = node.image;
  if (digest === undefined) return null;
  if (isProven(digest, { id: existing.imageId, digests: existing.imageDigests ?? [] }, facts)) return null;
  return `image ${existing.image} is not shown to be ${short(digest)}`;
}

const short = (digest: string): string => digest.slice(0, digest.indexOf(':') + 13);

/** progrium/consul's manifest is schema 1: Engines from 28 on cannot pull it any more. */
export function imageBlocker(node: DesiredNode, facts: ReachableFacts, archive: boolean): PlanIssue | null {
  if (hasImage(node, facts) || archive || facts.docker === undefined) return null;
  if (imageFamily(node.container.image).family !== 'progrium' || major(facts.docker.version) < 28)
    return null;
  return {
    severity: 'blocker',
    code: 'schema-1-image',
    host: node.host,
    message: `Docker ${facts.docker.version} can no longer pull ${node.container.image} (image manifest schema 1)`,
    hint: 'Use a current image such as hashicorp/consul, or load a saved image with --image-archive.',
  };
}

/** An archive that may hold anything is not loaded where the document says which image it has to be. */
export function archiveBlocker(
  nodes: readonly DesiredNode[],
  facts: Facts,
  archive: ArchiveKnown | undefined,
): PlanIssue | null {
  if (archive?.unproven === undefined) return null;
  const loads = nodes.some((node) => {
    const found = facts[node.host];
    return found?.reachable === true && !hasImage(node, found);
  });
  if (!loads) return null;
  return {
    severity: 'blocker',
    code: 'archive-unproven',
    message: `the image is pinned, and ${archive.unproven}`,
    hint: 'Make the archive with `raftyard fetch-image` and use it on the same computer, let the hosts pull, or take the digest out of the document.',
  };
}

/**
 * Hosts that have to pull, and whose engine asked the registry in vain. A mirror that the engine knows may have the image
 * all the same (the question goes past mirrors): no blocker, but said before it fails.
 */
export function pullWarning(nodes: readonly DesiredNode[], facts: Facts, archive: boolean): PlanIssue | null {
  if (archive) return null;
  const vain = nodes.flatMap((node) => {
    const found = facts[node.host];
    if (found?.reachable !== true || hasImage(node, found)) return [];
    const { image } = found;
    return image?.pullable === false && image.schema1 !== true
      ? [{ host: node.host, reference: node.image.from, problem: image.pullProblem ?? 'no reason given' }]
      : [];
  });
  const [first] = vain;
  if (first === undefined) return null;
  const hosts = [...new Set(vain.map(({ host }) => host))].join(', ');
  return {
    severity: 'warning',
    code: 'image-unavailable',
    message: `${hosts}: the engine could not ask the registry for ${first.reference}, and the pull may fail: ${first.problem}`,
    hint: 'Pull it once on this computer and send it through SSH, or load a saved image with --image-archive.',
  };
}

const isTagged = ({ image, container }: DesiredNode): boolean => image.from !== container.image;

export function addImage({ lane, facts, node, archive }: HostInput): void {
  if (hasImage(node, facts)) return;
  const { container, image } = node;
  const reference = container.image;
  const upload = uploadPath(node.workdir);
  const { digest, user } = image;
  const known = digest === undefined ? {} : { digest };
  const common = {
    before:
      facts.image?.present === true
        ? `${reference} is another image, or nothing shows that it is the pinned one`
        : 'the image is not on the host',
    after: digest === undefined ? reference : `${reference} is ${digest}`,
    risk: 'low' as const,
  };
  if (archive) {
    const proven = provenPath(node.workdir);
    lane.add(
      { kind: 'image-load', reference, upload, ...(digest === undefined ? {} : { digest, proven }) },
      {
        ...common,
        title: `Load ${reference} from this computer`,
        needsRoot: true,
        commands: [
          `cat >> ${commandLine([upload])}   # the archive, through SSH; a lost connection goes on where it stopped`,
          commandLine(['docker', 'load', '-i', upload]),
          ...(digest === undefined
            ? []
            : [
                `${commandLine(['docker', 'tag'])} ID ${commandLine([reference])}   # only where the archive does not name it`,
                `write ${proven}   # which image the digest was proven for`,
              ]),
          commandLine(['rm', '-f', upload]),
        ],
        note: 'Layers that the host has already are left out where its engine allows it.',
      },
    );
  } else {
    lane.add(
      {
        kind: 'image-pull',
        reference,
        ...(isTagged(node) ? { from: image.from } : {}),
        ...known,
        ...(user === undefined ? {} : { user }),
      },
      {
        ...common,
        title: `Pull ${image.from}`,
        commands: [
          commandLine(['docker', 'pull', image.from]),
          ...(isTagged(node) ? [commandLine(['docker', 'tag', image.from, reference])] : []),
        ],
        ...(user === undefined
          ? {}
          : {
              note: `As ${user} at ${registryOf(image.from)}: the password goes along with this one request, and is kept nowhere on the host.`,
            }),
      },
    );
  }
}
