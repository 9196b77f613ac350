/** What a Consul says of itself: `consul version`, run in a container that can reach nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { RaftyardError } from '../../shared/errors.js';
import { homeId } from './paths.js';
import { HOME_LABEL, RANGE_LABEL } from './types.js';

const RUN_MS = 60_000;

export interface Asked {
  /** Of the range: what is left over by a crash goes with it. */
  readonly range: string;
  /** An image of the engine. */
  readonly image: string;
  readonly argv: readonly string[];
  readonly path?: string;
  /** Fills the container before it starts. */
  readonly fill?: (container: Docker.Container) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** The version in what `consul version` prints, with what follows the number: `1.8.7+dfsg1`; null where it is not Consul's. */
export function versionSaid(printed: string): string | null {
  return /^Consul v?(\d+\.\d+\.\d+[\w.+-]*)\s*$/m.exec(printed)?.[1] ?? null;
}

/** A version as a tag of an image, in which `+` cannot be: HashiCorp names its own images so, too. */
export const tagOf = (version: string): string => version.replaceAll('+', '-');

/** Its exit code; null where it does not end. */
async function ended(container: Docker.Container, signal: AbortSignal | undefined): Promise<number | null> {
  const until = Date.now() + RUN_MS;
  while (Date.now() < until) {
    if (signal?.aborted) throw new RaftyardError('cancelled', 'Cancelled.');
    const { State } = await container.inspect();
    if (!State.Running) return State.ExitCode;
    await sleep(100);
  }
  return null;
}

/**
 * Runs something without a network and without rights, so that a foreign file can do nothing.
 * @param use gets the container when it has ended, with what it printed; `code` is null where it never began or ended
 * @throws RaftyardError cancelled, and what `fill` and `use` throw
 */
export async function inEmptyContainer<T>(
  docker: Docker,
  asked: Asked,
  use: (container: Docker.Container, ran: { code: number | null; printed: string }) => Promise<T>,
): Promise<T> {
  const container = await docker.createContainer({
    Image: asked.image,
    Entrypoint: [...asked.argv.slice(0, 1)],
    Cmd: [...asked.argv.slice(1)],
    Env: asked.path === undefined ? [] : [`PATH=${asked.path}`],
    Labels: { [RANGE_LABEL]: asked.range, [HOME_LABEL]: homeId() },
    // Raw text in its logs, without Docker's frames.
    Tty: true,
    HostConfig: {
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      CapAdd: ['SYS_CHROOT'],
      SecurityOpt: ['no-new-privileges'],
    },
  });
  try {
    await asked.fill?.(container);
    let failure = '';
    await container.start().catch((error: Error) => {
      failure = error.message; // the program is not there, or is none
    });
    if (failure !== '') return await use(container, { code: null, printed: failure });
    const code = await ended(container, asked.signal);
    const logs = (await container.logs({ stdout: true, stderr: true })).toString();
    const printed = logs.replaceAll(/[^\x20-\x7e\n]/g, '').trim();
    return await use(container, { code, printed: code === null ? 'it does not end' : printed });
  } finally {
    await container.remove({ force: true, v: true }).catch(() => undefined);
  }
}

/**
 * What a Consul says of itself.
 * @param asked `argv` with `version` as its last word
 * @returns the version; null where what ran is not Consul, with what it printed
 * @throws RaftyardError cancelled
 */
export async function consulVersion(
  docker: Docker,
  asked: Asked,
): Promise<{ version: string | null; printed: string }> {
  return await inEmptyContainer(docker, asked, async (_container, { printed }) => ({
    version: versionSaid(printed),
    printed,
  }));
}
