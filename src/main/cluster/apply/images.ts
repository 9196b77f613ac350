import { dirname } from 'node:path/posix';
import { RaftyardError } from '../../../shared/errors.js';
import { pull } from '../../host/index.js';
import type { Action, StepContext } from './context.js';
import { must } from './files.js';
import type { StepResult } from './scheduler.js';
import { upload } from './upload.js';

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

function unavailable(
  context: StepContext,
  reference: string,
  reason: string,
  cause?: unknown,
): RaftyardError {
  return new RaftyardError('image-unavailable', `${reference} cannot be had: ${reason}`, {
    host: context.connection.host.name,
    hint: 'Check the name and the host’s way to the registry, or load a saved image with --image-archive.',
    retryable: true,
    cause,
  });
}

/** Pulls on the host. */
export async function pullImage(action: Action<'image-pull'>, context: StepContext): Promise<StepResult> {
  const docker = await context.connection.docker();
  try {
    await pull(docker, action.reference, {
      signal: context.signal,
      onBytes: (current, total) =>
        context.progress(current / total, `${megabytes(current)} of ${megabytes(total)} MB`),
    });
  } catch (error) {
    if (error instanceof RaftyardError) throw error;
    throw unavailable(
      context,
      action.reference,
      error instanceof Error ? error.message : String(error),
      error,
    );
  }
  return 'done';
}

/** As long as an engine may take to unpack an archive. */
const LOADING_MS = 1_800_000;

/**
 * Brings a `docker save` archive to the host and lets its engine load it. What was sent stays on the host when the
 * connection is lost, for the next attempt; it is removed when it was loaded, refused, or cancelled.
 */
export async function loadImage(action: Action<'image-load'>, context: StepContext): Promise<StepResult> {
  const { connection, signal, imageArchive: from } = context;
  const host = connection.host.name;
  if (from === undefined)
    throw new RaftyardError('image-unavailable', 'no image archive was given', {
      host,
      hint: 'Give the file of `docker save` with --image-archive.',
    });
  const { reference, upload: to } = action;
  let told = 0;
  const tidy = (): Promise<unknown> =>
    connection.exec(['rm', '-f', to], { root: true }).catch(() => undefined);
  try {
    await must(connection, ['install', '-d', '-m', '755', dirname(to)]);
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
    if (loaded.code !== 0) throw unavailable(context, reference, loaded.stderr.trim().slice(-300));
    await (await connection.docker()).getImage(reference).inspect();
    await tidy();
    return 'done';
  } catch (error) {
    const lost = error instanceof RaftyardError && error.retryable && error.code !== 'image-unavailable';
    if (!lost) await tidy();
    if (error instanceof RaftyardError) throw error;
    throw unavailable(context, reference, error instanceof Error ? error.message : String(error), error);
  }
}
