/** An image pulled once, with the Docker of this computer, for hosts that do not reach the registry. */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { RaftyardError } from '../../shared/errors.js';
import { localDocker, pull, type RegistryLogin } from '../host/index.js';

/** Archives that no cluster asked for in this time are removed. */
const KEPT_MS = 7 * 24 * 3_600_000;

export interface FetchOptions {
  /** What the document calls it. */
  readonly reference: string;
  /** What is pulled, where that is another: a mirror's, or by a digest. */
  readonly from?: string;
  readonly login?: RegistryLogin | undefined;
  /** The hosts', in Docker's names: `amd64`, `arm64` … */
  readonly architecture: string;
  /** Where the archive of an image goes, by the image's id; one that is there is taken as it is. */
  readonly target: (id: string) => string;
  /** Write over what is there, once the new archive is whole. */
  readonly replace?: boolean;
  readonly signal: AbortSignal;
  /** `progress` from 0 to 1, where it is known. */
  readonly onNote: (note: {
    readonly title: string;
    readonly detail?: string;
    readonly progress?: number;
  }) => void;
  /** This computer's engine by default. */
  readonly docker?: () => Promise<Docker>;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

function refuse(reference: string, reason: string, cause?: unknown): RaftyardError {
  return new RaftyardError('image-unavailable', `${reference} cannot be fetched here: ${reason}`, {
    hint: 'Check the name and this computer’s way to the registry, or choose a file made with `docker save` elsewhere.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Its id, where the engine has it for this architecture. */
async function present(
  docker: Docker,
  { reference, from = reference, architecture }: FetchOptions,
): Promise<string | null> {
  try {
    const info = await docker.getImage(from).inspect();
    return info.Architecture === architecture ? info.Id : null;
  } catch {
    return null;
  }
}

/** Archives in a folder of their own: each image once, and those that nobody asked for in a week removed. */
export async function imageFolder(folder: string, reference: string): Promise<FetchOptions['target']> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (Date.now() - (await stat(path)).mtimeMs > KEPT_MS) await rm(path, { force: true });
  }
  return (id) =>
    join(folder, `${createHash('sha256').update(`${reference}\n${id}`).digest('hex').slice(0, 24)}.tar`);
}

/**
 * Pulls an image, unless this computer has it, and saves it as an archive that hosts can load.
 *
 * @returns the archive's path; the same image is saved once
 * @throws RaftyardError docker-not-running, image-unavailable, cancelled, io
 */
export async function fetchImage(options: FetchOptions): Promise<string> {
  const { reference, from = reference, login, architecture, target, signal, onNote } = options;
  const docker = await (options.docker ?? localDocker)();
  let id = await present(docker, options);
  if (id === null) {
    const title = `Pulling ${from}`;
    onNote({ title });
    try {
      await pull(docker, from, {
        signal,
        login,
        platform: `linux/${architecture}`,
        onBytes: (current, total) =>
          onNote({ title, detail: `${megabytes(current)} / ${megabytes(total)}`, progress: current / total }),
      });
    } catch (error) {
      if (error instanceof RaftyardError) throw error;
      throw refuse(from, error instanceof Error ? error.message : String(error), error);
    }
    id = await present(docker, options);
    if (id === null) throw refuse(from, `the registry has it for another architecture than ${architecture}`);
  }
  const path = target(id);
  if (options.replace !== true && existsSync(path)) {
    await utimes(path, new Date(), new Date());
    return path;
  }
  await save(docker, path, options);
  return path;
}

async function save(
  docker: Docker,
  path: string,
  { reference, from = reference, signal, onNote }: FetchOptions,
): Promise<void> {
  const title = `Saving ${reference}`;
  const part = `${path}.${process.pid}.part`;
  let written = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      written += chunk.length;
      onNote({ title, detail: megabytes(written) });
      done(null, chunk);
    },
  });
  try {
    const image = await docker.getImage(from).get();
    await pipeline(image, count, createWriteStream(part, { mode: 0o600 }), { signal });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    if (signal.aborted) throw new RaftyardError('cancelled', 'cancelled', { cause: error });
    throw refuse(reference, error instanceof Error ? error.message : String(error), error);
  }
}
