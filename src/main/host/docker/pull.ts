/** Pulling an image with an engine, wherever that is. */
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { RaftyardError } from '../../../shared/errors.js';

interface PullLine {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/** As the Engine API takes it, with each request. https://docs.docker.com/reference/api/engine/#section/Authentication */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

export interface PullOptions {
  readonly login?: RegistryLogin | undefined;
  readonly signal: AbortSignal;
  /** `linux/arm64` …; the engine's own by default. */
  readonly platform?: string;
  /** Bytes are the sum over the layers that the engine has told of. */
  readonly onBytes: (current: number, total: number) => void;
}

/** Digests of the manifests that an engine pulled an image by, `sha256:…`, each once, whatever the registry. */
export const manifestDigests = ({ RepoDigests }: Pick<Docker.ImageInspectInfo, 'RepoDigests'>): string[] => [
  ...new Set((RepoDigests ?? []).map((name) => name.slice(name.lastIndexOf('@') + 1))),
];

/** @throws RaftyardError cancelled; Error with the engine's words, where it cannot pull */
export async function pull(docker: Docker, reference: string, options: PullOptions): Promise<void> {
  const { signal, platform, login, onBytes } = options;
  const layers = new Map<string, { current: number; total: number }>();
  let failure: string | undefined;
  const stream = (await docker.pull(reference, {
    ...(platform === undefined ? {} : { platform }),
    ...(login === undefined ? {} : { authconfig: login }),
  })) as Readable;
  const abort = (): void => {
    stream.destroy();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
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
          onBytes(sum.current, sum.total);
        },
      );
      stream.once('close', () => {
        if (signal.aborted) reject(new RaftyardError('cancelled', 'cancelled'));
      });
    });
  } finally {
    signal.removeEventListener('abort', abort);
  }
  if (failure !== undefined) throw new Error(failure);
}
