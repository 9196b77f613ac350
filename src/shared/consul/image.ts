/** How Consul images differ: what their entrypoint does decides which arguments a container needs. */
import { has } from './capabilities.js';

export type ImageFamilyName = 'progrium' | 'hashicorp' | 'plain';

export interface ImageFamily {
  readonly family: ImageFamilyName;
  /** Consul's version, as a look at a host told, else from a tag that is one: `1.22`, `1.22.1`; absent where nobody says. */
  readonly version?: string;
  /** Where the agent keeps its data in the container. */
  readonly dataDir: string;
  /** Configuration directory that the entrypoint passes by itself. */
  readonly configDir?: string;
  /** Arguments that come before the agent's own options. */
  readonly commandPrefix: readonly string[];
  /** Whether `-data-dir` has to be given. */
  readonly needsDataDir: boolean;
  /** Whether the image itself makes HTTP and DNS listen on every address. */
  readonly listensEverywhere: boolean;
  /** Whether the image itself turns the web UI on. */
  readonly hasUi: boolean;
  /** The option that names the datacenter. */
  readonly datacenterFlag: '-dc' | '-datacenter';
  /** Whether its Consul reads the `performance` block (since 0.7). */
  readonly readsPerformance: boolean;
}

export interface ImageReference {
  /** Without registry, tag and digest; Docker Hub's `library/` is left out: `consul`, `hashicorp/consul`. */
  readonly path: string;
  /** Empty for Docker Hub. */
  readonly registry: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Takes a Docker image reference apart, as the Docker command line does. */
export function parseReference(reference: string): ImageReference {
  const at = reference.indexOf('@');
  const digest = at < 0 ? undefined : reference.slice(at + 1);
  const named = at < 0 ? reference : reference.slice(0, at);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  const name = colon < 0 ? named : named.slice(0, colon);
  const slash = name.indexOf('/');
  const head = slash < 0 ? '' : name.slice(0, slash);
  // A first part is a registry only when it looks like a host: it has a dot or a port, or is localhost.
  const isRegistry = head.includes('.') || head.includes(':') || head === 'localhost';
  const registry = isRegistry && !/^(index\.)?docker\.io$/.test(head) ? head : '';
  const rest = isRegistry ? name.slice(slash + 1) : name;
  return {
    path: rest.replace(/^library\//, ''),
    registry,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The reference with its tag, and without a digest. */
export const withoutDigest = (reference: string): string => reference.replace(/@.*$/s, '');

/** The reference without tag and digest: what a tag is put behind. */
export const withoutTag = (reference: string): string => withoutDigest(reference).replace(/:[^/:]*$/, '');

/** Where a registry has an image, as its own API names it. */
export interface Repository {
  /** `docker.io`, `registry.example:5000`. */
  readonly registry: string;
  /** `hashicorp/consul`; Docker Hub's own images are below `library/`. */
  readonly repository: string;
}

/** Registry and repository of a reference that is pulled. */
export function repositoryOf(reference: string): Repository {
  const { path, registry } = parseReference(reference);
  if (registry === '')
    return { registry: 'docker.io', repository: path.includes('/') ? path : `library/${path}` };
  return { registry, repository: withoutTag(reference).slice(registry.length + 1) };
}

/** Begins the tag of an image that is pinned by its digest and has no tag. */
const PINNED = 'pinned-';

/**
 * What containers are run from: the reference without its digest, whichever way the image came to the host. An engine can
 * keep a digest only beside the name that was pulled, which a mirror changes and an archive does not have.
 */
export function runReference(image: string): string {
  const { tag, digest } = parseReference(image);
  if (digest === undefined) return image;
  const named = withoutDigest(image);
  return tag === undefined ? `${named}:${PINNED}${digest.replace(/^[^:]*:/, '').slice(0, 12)}` : named;
}

/**
 * What an engine is asked to pull: by the digest where the image is pinned, from the mirror where there is one. A mirror has
 * an image under its path, Docker Hub's own ones below `library/`, as Docker's registry has them as a pull-through cache.
 * Source: https://distribution.github.io/distribution/recipes/mirror/
 */
export function pullReference(image: string, mirror?: string): string {
  const { path, registry, tag, digest } = parseReference(image);
  const suffix = digest !== undefined ? `@${digest}` : tag === undefined ? '' : `:${tag}`;
  if (mirror === undefined) return digest === undefined ? image : `${withoutTag(image)}${suffix}`;
  return `${mirror}/${registry === '' && !path.includes('/') ? 'library/' : ''}${path}${suffix}`;
}

/** Whose registry a reference is of, as a person would log in to it. */
export function registryOf(reference: string): string {
  const { registry } = parseReference(reference);
  return registry === '' ? 'docker.io' : registry;
}

/** `1.22`, `v1.22.0`, `1.22.1-ent`, `consul-0.4` → the version in it; anything else → undefined. */
function versionOfTag(tag: string | undefined): string | undefined {
  return /^(?:v|consul-)?(\d+\.\d+(?:\.\d+)?)(?:[-+_].*)?$/.exec(tag ?? '')?.[1];
}

/** Lines of versions, whole ones, and the newest of all: what publishers of images move on with each release. */
const MOVING = /^(?:latest|v?\d(?:\.\d{1,2})?(?:-(?:ent|ubi)[\w.-]*)?)$/;

/**
 * Whether a reference is of an image that changes with Consul's next release: no tag, `latest`, `1.22`. progrium/consul has
 * not moved since 2015, and a digest holds whatever tag is beside it. A name of the person's own (`prod`) is not known to move.
 */
export function isFloating(reference: string): boolean {
  const { path, tag, digest } = parseReference(reference);
  if (digest !== undefined || /(^|\/)progrium\/consul$/.test(path)) return false;
  return tag === undefined || MOVING.test(tag);
}

/** What is the last Consul in progrium/consul, which was frozen in 2015. */
const PROGRIUM_LAST = '0.5.2';

/**
 * The family of an image, by its name, and its version.
 *
 * - `progrium`: `progrium/consul` in any registry. Its entrypoint runs `consul agent -config-dir=/config "$@"` with
 *   data in /data, UI and DNS (port 53) on every address.
 * - `hashicorp`: `hashicorp/consul` in any registry (also `consul-enterprise`), and Docker Hub's former official image
 *   `consul`. A first argument `agent` makes its entrypoint add data and configuration directory.
 * - `plain`: anything else; the entrypoint is taken to be the consul binary itself.
 *
 * @param found What a look at a host told of its version: the tag is the last resort. progrium/consul was frozen, and is what
 *   its name says.
 */
export function imageFamily(reference: string, found?: string): ImageFamily {
  const { path, registry, tag } = parseReference(reference);
  const tagged = versionOfTag(tag);
  const version = found ?? tagged;
  if (/(^|\/)progrium\/consul$/.test(path)) {
    const known =
      tagged ?? (tag === undefined || tag === 'latest' || tag.startsWith(PINNED) ? PROGRIUM_LAST : undefined);
    return {
      family: 'progrium',
      ...(known === undefined ? {} : { version: known }),
      dataDir: '/data',
      configDir: '/config',
      commandPrefix: [],
      needsDataDir: false,
      listensEverywhere: true,
      hasUi: true,
      datacenterFlag: '-dc',
      readsPerformance: false,
    };
  }
  const official = registry === '' && path === 'consul';
  const hashicorp = official || /(^|\/)hashicorp\/consul(-enterprise)?$/.test(path);
  return {
    family: hashicorp ? 'hashicorp' : 'plain',
    ...(version === undefined ? {} : { version }),
    dataDir: '/consul/data',
    ...(hashicorp ? { configDir: '/consul/config' } : {}),
    commandPrefix: ['agent'],
    needsDataDir: !hashicorp,
    listensEverywhere: false,
    hasUi: false,
    datacenterFlag: has(version, 'flag', 'datacenter') ? '-datacenter' : '-dc',
    readsPerformance: has(version, 'key', 'performance'),
  };
}
