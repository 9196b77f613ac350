import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { RaftyardError } from '../../../shared/errors.js';
import type { Action, StepContext } from './context.js';
import type { StepResult } from './scheduler.js';

interface PullLine {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

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

/** Pulls on the host; bytes are the sum over the layers that the Engine has told of. */
export async function pullImage(action: Action<'image-pull'>, context: StepContext): Promise<StepResult> {
  const docker = await context.connection.docker();
  const layers = new Map<string, { current: number; total: number }>();
  let failure: string | undefined;
  try {
    const stream = (await docker.pull(action.reference)) as Readable;
    const abort = (): void => {
      stream.destroy();
    };
    context.signal.addEventListener('abort', abort, { once: true });
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(
        stream,
        (error) => (error === null ? resolve() : reject(error)),
        (line: PullLine) => {
          if (line.error !== undefined) failure = line.error;
          const total = line.progressDetail?.total;
          if (line.id === undefined || total === undefined) return;
          layers.set(line.id, { current: line.progressDetail?.current ?? 0, total });
          const sum = [...layers.values()].reduce(
            (all, layer) => ({ current: all.current + layer.current, total: all.total + layer.total }),
            { current: 0, total: 0 },
          );
          context.progress(
            sum.current / sum.total,
            `${megabytes(sum.current)} of ${megabytes(sum.total)} MB`,
          );
        },
      );
      stream.once('close', () => {
        if (context.signal.aborted) reject(new RaftyardError('cancelled', 'cancelled'));
      });
    });
    context.signal.removeEventListener('abort', abort);
  } catch (error) {
    if (error instanceof RaftyardError) throw error;
    throw unavailable(
      context,
      action.reference,
      error instanceof Error ? error.message : String(error),
      error,
    );
  }
  if (failure !== undefined) throw unavailable(context, action.reference, failure);
  return 'done';
}

/** Streams a `docker save` archive through SSH into the host's engine. */
export async function loadImage(
  action: Action<'image-load'>,
  context: StepContext,
  archive: Readable,
  size: number,
): Promise<StepResult> {
  const docker = await context.connection.docker();
  let sent = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      context.progress(sent / size, `${megabytes(sent)} of ${megabytes(size)} MB`);
      done(null, chunk);
    },
  });
  const abort = (): void => {
    counted.destroy(new RaftyardError('cancelled', 'cancelled', { host: context.connection.host.name }));
  };
  context.signal.addEventListener('abort', abort, { once: true });
  try {
    const answer = (await docker.loadImage(archive.pipe(counted))) as Readable;
    await new Promise<void>((resolve, reject) => {
      answer.on('data', (chunk: Buffer) => context.output(chunk.toString('utf8')));
      answer.on('end', resolve);
      answer.on('error', reject);
    });
    await docker.getImage(action.reference).inspect();
    return 'done';
  } catch (error) {
    if (error instanceof RaftyardError) throw error;
    throw unavailable(
      context,
      action.reference,
      error instanceof Error ? error.message : String(error),
      error,
    );
  } finally {
    context.signal.removeEventListener('abort', abort);
    archive.destroy();
  }
}
