/** What a host's Docker Engine says: itself, the image, the containers and the volume that concern us. */
import type Docker from 'dockerode';
import {
  hasOfficialEntrypoint,
  imageFamily,
  versionOfImage,
  versionOfProgram,
} from '../../../shared/consul/index.js';
import type { DesiredNode } from '../../../shared/desired/types.js';
import { type ErrorEnvelope, toEnvelope } from '../../../shared/errors.js';
import type { ContainerFacts, DockerFacts, ImageFacts, ReachableFacts } from '../../../shared/plan/facts.js';
import { manifestDigests, type RegistryLogin } from '../../host/index.js';
import type { HostConnection } from '../../host/types.js';
import type { Registry } from '../registry.js';
import { clean } from './parse.js';

/** Registries that do not answer must not hold preflight up. */
const REGISTRY_TIMEOUT_MS = 5_000;

export interface DockerAnswer {
  readonly docker?: Omit<DockerFacts, 'enabledAtBoot'>;
  readonly dockerProblem?: ErrorEnvelope;
  readonly rootDirectory?: string;
  readonly image?: ImageFacts;
  readonly containers: readonly ContainerFacts[];
  readonly volume?: NonNullable<ReachableFacts['volume']>;
}

const statusOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 0;

/** null where Docker answers 404. */
async function orNull<T>(question: Promise<T>): Promise<T | null> {
  try {
    return await question;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** One look at an engine: what several facts need of it is asked once. */
export class Engine {
  #list: Promise<Docker.ContainerInfo[]> | undefined;
  readonly #inspected = new Map<string, Promise<Docker.ContainerInspectInfo | null>>();

  constructor(readonly docker: Docker) {}

  /** All containers, those that do not run too. */
  containers(): Promise<Docker.ContainerInfo[]> {
    this.#list ??= this.docker.listContainers({ all: true });
    return this.#list;
  }

  /** null where it is gone meanwhile. */
  container(id: string): Promise<Docker.ContainerInspectInfo | null> {
    const known = this.#inspected.get(id) ?? orNull(this.docker.getContainer(id).inspect());
    this.#inspected.set(id, known);
    return known;
  }
}

export function containerFacts(info: Docker.ContainerInspectInfo): ContainerFacts {
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ''),
    image: info.Config.Image,
    imageId: info.Image,
    running: info.State.Running,
    restarting: info.State.Restarting,
    ...(typeof info.State.StartedAt === 'string' ? { startedAt: info.State.StartedAt } : {}),
    labels: info.Config.Labels ?? {},
    hostname: info.Config.Hostname,
    command: info.Config.Cmd ?? [],
    env: info.Config.Env ?? [],
    networkMode: info.HostConfig.NetworkMode ?? '',
    restart: info.HostConfig.RestartPolicy?.Name ?? '',
    mounts: (info.Mounts ?? [])
      .map((mount) => ({
        type: mount.Type,
        // A volume is told by its name; Source is where the engine keeps it.
        source: mount.Name ?? mount.Source,
        target: mount.Destination,
        readOnly: !mount.RW,
      }))
      .sort((a, b) => a.target.localeCompare(b.target)),
  };
}

/** Whether a listed container runs Consul: by its image's last path segment, or by what it starts. */
export function looksLikeConsul(image: string, command: string): boolean {
  const name = image.replace(/@.*$/, '').replace(/:[^/]*$/, '');
  return /(^|\/)consul(-enterprise)?$/.test(name) || /(^|[\s/"'])consul agent\b/.test(command);
}

async function containers(
  engine: Engine,
  nodes: readonly DesiredNode[],
  wanted: Promise<ImageFacts> | undefined,
) {
  const listed = await engine.containers();
  const names = new Set(nodes.map((node) => `/${node.container.name}`));
  const concerning = listed.filter(
    (entry) =>
      entry.Names.some((name) => names.has(name)) ||
      entry.Labels?.['raftyard.cluster'] !== undefined ||
      looksLikeConsul(entry.Image, entry.Command),
  );
  const found = await Promise.all(concerning.map((entry) => engine.container(entry.Id)));
  const pinned = nodes.some((node) => node.image.digest !== undefined);
  const digests = async (id: string): Promise<readonly string[]> => {
    const image = await wanted;
    if (image?.id === id && image.digests !== undefined) return image.digests;
    const info = await orNull(engine.docker.getImage(id).inspect());
    return info === null ? [] : manifestDigests(info);
  };
  const publishing = listed.flatMap((entry) => {
    const ports = (entry.Ports ?? []).flatMap((port) =>
      port.PublicPort === undefined || port.PublicPort === 0
        ? []
        : [`${port.IP ?? '0.0.0.0'}:${port.PublicPort}->${port.PrivatePort}/${port.Type}`],
    );
    const name = entry.Names[0]?.replace(/^\//, '') ?? entry.Id.slice(0, 12);
    return entry.State === 'running' && ports.length > 0
      ? [{ container: name, ports: [...new Set(ports)].sort() }]
      : [];
  });
  return {
    containers: await Promise.all(
      found.flatMap((info) =>
        info === null
          ? []
          : [
              (async () => ({
                ...containerFacts(info),
                ...(pinned ? { imageDigests: await digests(info.Image) } : {}),
              }))(),
            ],
      ),
    ),
    publishing: publishing.sort((a, b) => a.container.localeCompare(b.container)),
  };
}

/** An answer, or nothing where it takes too long; Docker’s client cannot take this question back. */
async function inTime<T>(question: Promise<T>, ms = REGISTRY_TIMEOUT_MS): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([question, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the engine could pull an image that it does not have: it asks the registry itself. */
async function pullable(docker: Docker, reference: string, registry: Registry): Promise<Partial<ImageFacts>> {
  let login: RegistryLogin | undefined;
  try {
    login = await registry.login();
  } catch (error) {
    return {
      pullable: false,
      pullProblem: clean(error instanceof Error ? error.message : String(error), 300),
    };
  }
  try {
    const answer: unknown = await inTime(
      docker.getImage(reference).distribution(login === undefined ? {} : { authconfig: login }),
    );
    if (answer === undefined) return {};
    return { pullable: true, ...(/manifest\.v1\+/.test(JSON.stringify(answer)) ? { schema1: true } : {}) };
  } catch (error) {
    // Without an answer of the engine nothing is known: the registry may only be slow.
    if (statusOf(error) === 0) return {};
    const message = clean(error instanceof Error ? error.message : String(error), 300);
    registry.refused(message);
    if (/schema 1|manifest\.v1\+|unsupported manifest/i.test(message)) {
      return { pullable: false, schema1: true, pullProblem: message };
    }
    return { pullable: false, pullProblem: message };
  }
}

/** A program that does not end must not hold preflight up, nor stay. */
const PROGRAM_TIMEOUT_MS = 10_000;
/** Beyond this it is not what `consul version` prints. */
const PROGRAM_OUTPUT = 4_000;

/**
 * What `consul version` says in an image: in a container that sees no network and no file of the host, and is gone afterwards.
 * undefined where it says nothing, or the engine does not run it.
 */
async function programVersion(docker: Docker, image: string): Promise<string | undefined> {
  let container: Docker.Container | undefined;
  try {
    container = await docker.createContainer({
      Image: image,
      Entrypoint: ['consul'],
      Cmd: ['version'],
      // One stream as it is, without Docker's frames.
      Tty: true,
      NetworkDisabled: true,
      HostConfig: { NetworkMode: 'none', ReadonlyRootfs: true },
    });
    await container.start();
    if ((await inTime(container.wait(), PROGRAM_TIMEOUT_MS)) === undefined) return undefined;
    const output = await container.logs({ stdout: true, stderr: false });
    return versionOfProgram(output.toString('utf8').slice(0, PROGRAM_OUTPUT));
  } catch {
    // Whatever the reason: then its version is not known, and that is said.
    return undefined;
  } finally {
    await container?.remove({ force: true, v: true }).catch(() => undefined);
  }
}

async function image(docker: Docker, node: DesiredNode, registry: Registry): Promise<ImageFacts> {
  const reference = node.container.image;
  const info = await orNull(docker.getImage(reference).inspect());
  if (info === null)
    return { reference, present: false, ...(await pullable(docker, node.image.from, registry)) };
  const version =
    versionOfImage({ env: info.Config?.Env ?? [], labels: info.Config?.Labels ?? {} }) ??
    // Only where its name says nothing either: then it is all that is left.
    (imageFamily(reference).version === undefined ? await programVersion(docker, info.Id) : undefined);
  return {
    reference,
    present: true,
    id: info.Id,
    ...(node.image.digest === undefined ? {} : { digests: manifestDigests(info) }),
    ...(version === undefined ? {} : { consulVersion: clean(version, 40) }),
    ...(hasOfficialEntrypoint([info.Config?.Entrypoint ?? []].flat()) ? { official: true as const } : {}),
  };
}

async function volume(docker: Docker, node: DesiredNode | undefined) {
  if (node?.volume === undefined) return undefined;
  const info = await orNull(docker.getVolume(node.volume.name).inspect());
  return info === null ? undefined : { name: info.Name, labels: info.Labels ?? {} };
}

interface Extended {
  readonly Components?: readonly { readonly Name: string }[];
}

function kindOf(
  version: Extended,
  security: readonly string[],
  root: string,
  path: string,
): DockerFacts['kind'] {
  if ((version.Components ?? []).some((part) => /podman/i.test(part.Name))) return 'podman';
  if (security.some((option) => option.includes('name=rootless'))) return 'rootless';
  if (root.startsWith('/var/snap/') || /^\/(usr\/bin\/snap$|snap\/)/.test(path)) return 'snap';
  return 'engine';
}

async function ask(
  engine: Engine,
  nodes: readonly DesiredNode[],
  client: Promise<{ readonly path: string }>,
  registry: Registry,
): Promise<DockerAnswer> {
  const { docker } = engine;
  const wanted = nodes[0] === undefined ? undefined : image(docker, nodes[0], registry);
  const [version, info, images, lists, data] = await Promise.all([
    docker.version(),
    docker.info(),
    wanted,
    containers(engine, nodes, wanted),
    volume(docker, nodes[0]),
  ]);
  const { path } = await client;
  const security: string[] = info.SecurityOptions ?? [];
  const root: string = info.DockerRootDir ?? '';
  return {
    docker: {
      kind: kindOf(version, security, root, path),
      version: clean(version.Version, 40),
      apiVersion: clean(version.ApiVersion, 20),
      storageDriver: clean(info.Driver ?? '', 40),
      usernsRemap: security.some((option) => option.includes('name=userns')),
      liveRestore: info.LiveRestoreEnabled === true,
      publishing: lists.publishing,
    },
    rootDirectory: root,
    ...(images === undefined ? {} : { image: images }),
    containers: lists.containers,
    ...(data === undefined ? {} : { volume: data }),
  };
}

/** What is no error of ours: Docker's own refusal, or an answer of another shape than the Engine API's. */
function unusable(error: unknown, problem: ErrorEnvelope): ErrorEnvelope {
  const said = clean(problem.message, 300);
  const message = error instanceof TypeError ? `Docker's answer is not what its API says: ${said}` : said;
  return { ...problem, code: 'docker-failed', message };
}

/**
 * Docker's facts of a host; a Docker that cannot be used becomes `dockerProblem`, nothing is thrown.
 *
 * @param nodes The nodes that are to run on the host.
 * @param client What the host's `docker` command is: its real path, and the first line of `docker --version`.
 */
export async function dockerFacts(
  { host }: Pick<HostConnection, 'host'>,
  engine: Promise<Engine>,
  nodes: readonly DesiredNode[],
  client: Promise<{ readonly path: string; readonly version: string }>,
  registry: Registry,
): Promise<DockerAnswer> {
  try {
    return await ask(await engine, nodes, client, registry);
  } catch (error) {
    const { version } = await client;
    if (/podman/i.test(version)) {
      return {
        containers: [],
        dockerProblem: {
          code: 'docker-not-installed',
          message: `\`docker\` is podman's shim here (${clean(version, 60)}), and no Docker Engine answers`,
          host: host.name,
          hint: 'Install Docker Engine (packages docker.io or docker-ce) in place of podman-docker.',
          retryable: false,
        },
      };
    }
    const problem = toEnvelope(error, host.name);
    return {
      containers: [],
      dockerProblem: problem.code === 'internal' ? unusable(error, problem) : problem,
    };
  }
}
