import { dirname } from 'node:path/posix';
import type Docker from 'dockerode';
import { RaftyardError } from '../../../shared/errors.js';
import { manifestDigests, pull } from '../../host/index.js';
import type { ArchiveSource } from '../archive-source.js';
import type { Action, StepContext } from './context.js';
import { must } from './files.js';
import type { StepResult } from './scheduler.js';
import { upload } from './upload.js';

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function unavailable(
  context: StepContext,
  reference: string,
  reason: string,
  cause?: unknown,
): RaftyardError {
  const { user, name } = context.registry;
  return new RaftyardError('image-unavailable', `${reference} cannot be had: ${reason}`, {
    host: context.connection.host.name,
    hint: context.registry.refused(reason)
      ? user === undefined
        ? `Check the name; where ${name} wants a login, give pull.user and pull.password in the document.`
        : `Check the name, and the password of ${user} at ${name}: it is asked for anew.`
      : 'Check the name and the host’s way to the registry, or load a saved image with --image-archive.',
    retryable: true,
    cause,
  });
}

/** Its id; null where the engine has none of that name. */
async function idOf(docker: Docker, reference: string): Promise<string | null> {
  try {
    return (await docker.getImage(reference).inspect()).Id;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return null;
    throw error;
  }
}

/** Gives an image the name that containers are run from. */
async function tag(docker: Docker, image: string, reference: string): Promise<void> {
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  const repo = colon < 0 ? reference : reference.slice(0, colon);
  await docker.getImage(image).tag({ repo, tag: colon < 0 ? 'latest' : reference.slice(colon + 1) });
}

/** Pulls on the host; by a digest the engine itself refuses any other image. */
export async function pullImage(action: Action<'image-pull'>, context: StepContext): Promise<StepResult> {
  const { reference, from = reference, digest } = action;
  const docker = await context.connection.docker();
  try {
    await pull(docker, from, {
      signal: context.signal,
      login: await context.registry.login(),
      onBytes: (current, total) =>
        context.progress(current / total, `${megabytes(current)} of ${megabytes(total)} MB`),
    });
    if (digest !== undefined) {
      if (!manifestDigests(await docker.getImage(from).inspect()).includes(digest))
        throw new Error(`the engine does not say that what it pulled is ${digest}`);
    }
    if (from !== reference) await tag(docker, from, reference);
  } catch (error) {
    if (error instanceof RaftyardError) throw error;
    throw unavailable(context, from, wordsOf(error), error);
  }
  return 'done';
}

/** As long as an engine may take to unpack an archive. */
const LOADING_MS = 1_800_000;

/** Images of a host that are looked at for layers: one that matches is usually an earlier version, and recent. */
const MOST_IMAGES = 100;

/** Layers of the images that a host has, lowest first; none where its engine would need them all the same. */
async function layersThere(docker: Docker): Promise<string[][]> {
  const info = (await docker.info()) as { readonly DriverStatus?: readonly (readonly string[])[] };
  const containerd = (info.DriverStatus ?? []).some((row) =>
    row.join().includes('io.containerd.snapshotter'),
  );
  if (containerd) return [];
  const listed = await docker.listImages();
  return await Promise.all(
    listed.slice(0, MOST_IMAGES).map(async ({ Id }) => {
      const found = await docker
        .getImage(Id)
        .inspect()
        .catch(() => undefined);
      return found?.RootFS?.Layers ?? [];
    }),
  );
}

/** Sends a file and lets the engine load it; what the engine said where it refused. */
async function sendAndLoad(from: string, to: string, context: StepContext): Promise<string | null> {
  const { connection, signal } = context;
  let told = 0;
  await upload(connection, {
    from,
    to,
    signal,
    onBytes: (sent, size) => {
      // After a loss it goes on a little behind what had been sent: what is told only grows.
      told = Math.max(told, sent);
      context.progress(told / size, `${megabytes(told)} of ${megabytes(size)} MB`);
    },
  });
  const loaded = await connection.exec(['docker', 'load', '-i', to], {
    root: true,
    signal,
    timeoutMs: LOADING_MS,
    onOutput: (text) => context.output(text),
  });
  return loaded.code === 0 ? null : loaded.stderr.trim().slice(-300);
}

/** Without the layers that the host has; the whole archive where its engine does not take that. */
async function bring(archive: ArchiveSource, to: string, context: StepContext): Promise<string | null> {
  const docker = await context.connection.docker();
  const smaller = await archive.without(await layersThere(docker), context.signal);
  if (smaller.left > 0) {
    context.output(`${smaller.left} of ${smaller.of} layers are on the host already and are left out\n`);
    if ((await sendAndLoad(smaller.path, to, context)) === null) return null;
    context.output('the engine wants the whole archive\n');
  }
  return await sendAndLoad(archive.path, to, context);
}

/**
 * The name that containers are run from stands for the image that is meant: by the archive's own name, or given here. Where
 * it is pinned, what was proven is written down, since an engine knows digests only of what it pulled itself.
 */
async function settle(
  action: Action<'image-load'>,
  archive: ArchiveSource,
  context: StepContext,
): Promise<void> {
  const { reference, digest, proven } = action;
  const docker = await context.connection.docker();
  const meant = await archive.image();
  if (typeof meant === 'string') {
    // Nothing is pinned: what the engine calls so is what was asked for.
    if (digest === undefined && (await idOf(docker, reference)) !== null) return;
    throw new Error(meant);
  }
  const ids = [meant.config, ...meant.digests];
  const named = await idOf(docker, reference);
  if (named === null || !ids.includes(named)) {
    const loaded = (await Promise.all(ids.map((id) => idOf(docker, id)))).find((id) => id !== null);
    if (loaded === undefined) throw new Error('after loading, the engine does not have the image');
    await tag(docker, loaded, reference);
  }
  if (digest === undefined || proven === undefined) return;
  const id = await idOf(docker, reference);
  await context.connection.writeFile(proven, `${digest} ${id}\n`, 0o644, { signal: context.signal });
}

/**
 * Brings a `docker save` archive to the host and lets its engine load it. What was sent stays on the host when the
 * connection is lost, for the next attempt; it is removed when it was loaded, refused, or cancelled.
 */
export async function loadImage(action: Action<'image-load'>, context: StepContext): Promise<StepResult> {
  const { connection, archive } = context;
  const host = connection.host.name;
  if (archive === undefined)
    throw new RaftyardError('image-unavailable', 'no image archive was given', {
      host,
      hint: 'Give the file of `docker save` with --image-archive.',
    });
  const { reference, upload: to } = action;
  const tidy = (): Promise<unknown> =>
    connection.exec(['rm', '-f', to], { root: true }).catch(() => undefined);
  try {
    await must(connection, ['install', '-d', '-m', '755', dirname(to)]);
    const refusal = await bring(archive, to, context);
    if (refusal !== null) throw unavailable(context, reference, refusal);
    await settle(action, archive, context);
    await tidy();
    return 'done';
  } catch (error) {
    const lost = error instanceof RaftyardError && error.retryable && error.code !== 'image-unavailable';
    if (!lost) await tidy();
    if (error instanceof RaftyardError) throw error;
    throw unavailable(context, reference, wordsOf(error), error);
  }
}
