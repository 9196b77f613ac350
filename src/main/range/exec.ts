import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { RaftyardError } from '../../shared/errors.js';

export interface InsideResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program inside a practice host, by the engine that the host runs in (not by SSH). */
export async function inside(
  container: Docker.Container,
  argv: readonly string[],
  stdin?: string | Readable,
): Promise<InsideResult> {
  const exec = await container.exec({
    Cmd: [...argv],
    AttachStdin: stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: stdin !== undefined });
  const out = new PassThrough();
  const err = new PassThrough();
  const text = { out: '', err: '' };
  out.on('data', (chunk: Buffer) => {
    text.out += chunk.toString('utf8');
  });
  err.on('data', (chunk: Buffer) => {
    text.err += chunk.toString('utf8');
  });
  container.modem.demuxStream(stream, out, err);
  const ended = new Promise<void>((resolve, reject) => {
    stream.once('end', resolve);
    stream.once('close', resolve);
    stream.once('error', reject);
  });
  if (typeof stdin === 'string') stream.end(stdin);
  // A program that ends early closes its input: its exit code tells more than our broken pipe.
  else if (stdin !== undefined) await pipeline(stdin, stream).catch(() => undefined);
  await ended;
  for (;;) {
    const state = await exec.inspect();
    if (!state.Running) return { code: state.ExitCode ?? 1, stdout: text.out, stderr: text.err };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Like {@link inside}; a non-zero exit throws. @throws RaftyardError command-failed */
export async function insideOrThrow(
  host: string,
  what: string,
  container: Docker.Container,
  argv: readonly string[],
  stdin?: string | Readable,
): Promise<string> {
  const { code, stdout, stderr } = await inside(container, argv, stdin);
  if (code !== 0) {
    throw new RaftyardError(
      'command-failed',
      `${what} failed (${code}): ${(stderr || stdout).trim().slice(-500)}`,
      {
        host,
      },
    );
  }
  return stdout;
}
