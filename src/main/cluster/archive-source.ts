/** The archive that an apply loads images from: which image of it is meant, and what of it a host needs. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type Docker from 'dockerode';
import { parseReference, pullReference, runReference } from '../../shared/consul/index.js';
import type { ArchiveKnown } from '../../shared/plan/index.js';
import type { Topology } from '../../shared/topology/types.js';
import { type ArchiveImage, localDocker, readArchive, writeWithout } from '../host/index.js';

type Wanted = Pick<Topology, 'image' | 'pull'>;

/** Every name that the document's image may have in an archive, or in an engine that pulled it. */
const namesOf = ({ image, pull }: Wanted): string[] => [
  ...new Set([runReference(image), pullReference(image, pull?.mirror), pullReference(image)]),
];

/** As Docker writes names into archives: with a tag, without Docker Hub's prefixes. */
const plain = (name: string): string => {
  const { registry, path, tag } = parseReference(name);
  return `${registry === '' ? '' : `${registry}/`}${path}:${tag ?? 'latest'}`;
};

/** What this computer's engine pulled by the digest: its id there; undefined where it has none, or there is no engine. */
async function idHere(wanted: Wanted, engine: () => Promise<Docker>): Promise<string | undefined> {
  try {
    const docker = await engine();
    for (const name of namesOf(wanted).filter((each) => each.includes('@'))) {
      const info = await docker
        .getImage(name)
        .inspect()
        .catch(() => undefined);
      if (info !== undefined) return info.Id;
    }
  } catch {
    // No Docker here: it cannot vouch for anything.
  }
  return undefined;
}

/** One archive and one document. Read once; what is made of it is removed by `dispose`. */
export class ArchiveSource {
  #images: Promise<readonly ArchiveImage[] | null> | undefined;
  #proof: Promise<ArchiveImage | string> | undefined;
  #folder: Promise<string> | undefined;
  readonly #smaller = new Map<string, Promise<string>>();

  constructor(
    readonly path: string,
    readonly wanted: Wanted,
    readonly engine: () => Promise<Docker> = localDocker,
  ) {}

  #read(): Promise<readonly ArchiveImage[] | null> {
    this.#images ??= readArchive(this.path);
    return this.#images;
  }

  /** The image that is meant, or why it is not known which: by its digest where it is pinned, else by its name. */
  image(): Promise<ArchiveImage | string> {
    this.#proof ??= this.#find();
    return this.#proof;
  }

  async #find(): Promise<ArchiveImage | string> {
    const file = basename(this.path);
    const images = await this.#read();
    if (images === null) return `${file} cannot be read here as an archive of \`docker save\``;
    const { digest } = parseReference(this.wanted.image);
    if (digest === undefined) {
      const names = new Set(namesOf(this.wanted).map(plain));
      const named = images.find((image) => image.names.some((name) => names.has(plain(name))));
      return named ?? `${file} holds no image of that name`;
    }
    const proven = images.find((image) => image.digests.includes(digest));
    if (proven !== undefined) return proven;
    // Docker's own image store saves no manifest of a registry: but whoever pulled by the digest knows the id.
    const id = await idHere(this.wanted, this.engine);
    const vouched = images.find(
      (image) => image.config === id || (id !== undefined && image.digests.includes(id)),
    );
    return (
      vouched ??
      `nothing shows that ${file} holds it: neither the archive itself, nor the Docker of this computer`
    );
  }

  /** For the plan, which refuses what cannot be proven. */
  async known(): Promise<ArchiveKnown> {
    if (parseReference(this.wanted.image).digest === undefined) return {};
    const found = await this.image();
    return typeof found === 'string' ? { unproven: found } : {};
  }

  /**
   * The archive without the layers that a host has already, as a file of this computer; the archive itself where that saves
   * nothing. Docker's own image store opens no layer that it has; others need all of them.
   *
   * @param chains Layers (`diff_ids`, lowest first) of each image of the host
   */
  async without(
    chains: readonly (readonly string[])[],
    signal: AbortSignal,
  ): Promise<{ readonly path: string; readonly left: number; readonly of: number }> {
    const images = (await this.#read()) ?? [];
    // A file goes only when no image of the archive needs it above what the host has.
    const needed = new Set<string>();
    const had = new Set<string>();
    for (const { layers } of images) {
      const shared = Math.max(0, ...chains.map((chain) => sharedLength(layers, chain)));
      for (const [at, { path }] of layers.entries()) (at < shared ? had : needed).add(path);
    }
    const leaveOut = [...had].filter((path) => !needed.has(path)).sort();
    const of = new Set([...had, ...needed]).size;
    if (leaveOut.length === 0) return { path: this.path, left: 0, of };
    const key = leaveOut.join('\n');
    const made = this.#smaller.get(key) ?? this.#write(leaveOut, signal);
    this.#smaller.set(key, made);
    return { path: await made, left: leaveOut.length, of };
  }

  async #write(leaveOut: readonly string[], signal: AbortSignal): Promise<string> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'raftyard-image-'));
    const path = join(await this.#folder, `${this.#smaller.size}.tar`);
    await writeWithout(this.path, new Set(leaveOut), path, signal);
    const [whole, smaller] = await Promise.all([stat(this.path), stat(path)]);
    // Unpacked from a compressed archive it may be larger.
    return smaller.size < whole.size ? path : this.path;
  }

  async dispose(): Promise<void> {
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true });
  }
}

function sharedLength(layers: ArchiveImage['layers'], chain: readonly string[]): number {
  let length = 0;
  while (length < layers.length && layers[length]?.diffId === chain[length]) length += 1;
  return length;
}
