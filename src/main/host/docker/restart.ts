/** The engine's restart, announced by a plan or needed for a repair. */
import type Docker from 'dockerode';
import { RaftyardError } from '../../../shared/errors.js';
import type { HostConnection } from '../types.js';

interface Options {
  readonly signal?: AbortSignal;
}

/** Running as before; null where it is gone, as one that was started with --rm. */
async function stateOf(docker: Docker, id: string) {
  try {
    return (await docker.getContainer(id).inspect()).State;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return null;
    throw error;
  }
}

/** Ids of the containers that run. */
export async function runningContainers(connection: HostConnection): Promise<string[]> {
  return (await (await connection.docker()).listContainers()).map((entry) => entry.Id);
}

/**
 * Restarts the engine, and starts again what it stopped and would not start by itself.
 *
 * @param ran containers to be there afterwards; those that run now by default
 * @throws RaftyardError command-failed, with what systemd says
 */
export async function restartEngine(
  connection: HostConnection,
  options: Options = {},
  ran?: readonly string[],
): Promise<void> {
  const before = ran ?? (await runningContainers(connection));
  const systemctl = (...words: string[]) =>
    connection.exec(['systemctl', ...words, 'docker.service'], {
      root: true,
      timeoutMs: 120_000,
      ...options,
    });
  // Docker's unit may be started three times a minute only. Other programs' restarts count, and those that systemd itself
  // has tried since a start failed; what it says of it then is how that one ended. Nothing is failed: no harm is done.
  await systemctl('reset-failed');
  const result = await systemctl('restart');
  if (result.code !== 0) {
    throw new RaftyardError(
      'command-failed',
      `Docker did not restart: ${result.stderr.trim().slice(0, 300)}`,
      {
        host: connection.host.name,
        hint: 'See `journalctl -u docker` on the host.',
      },
    );
  }
  const docker = await connection.docker();
  for (const id of before) {
    const state = await stateOf(docker, id);
    if (state !== null && !state.Running && !state.Restarting) await docker.getContainer(id).start();
  }
}
