/** The step that lets a server start that was off for too long. */
import { posix } from 'node:path';
import type Docker from 'dockerode';
import { RaftyardError } from '../../../shared/errors.js';
import { SERVER_METADATA } from '../../../shared/plan/rejoin-age.js';
import type { Action, StepContext } from './context.js';
import type { StepResult } from './scheduler.js';

const STOP_SECONDS = 20;

/** The directory on the host that a server's data are in; empty where there is none. */
async function directoryOf(docker: Docker, { data }: Action<'rejoin'>): Promise<string> {
  if ('volume' in data) return (await docker.getVolume(data.volume).inspect()).Mountpoint;
  const { Mounts } = await docker.getContainer(data.container).inspect();
  return Mounts.find(({ Destination }) => Destination === data.mountedAt)?.Source ?? '';
}

/**
 * Removes the file by which Consul reckons how long the server was off, from the volume or directory that its data lie on.
 * Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/general#server_rejoin_age_max
 *
 * @throws RaftyardError command-failed; docker-failed where the data lie nowhere on the host
 */
export async function letRejoin(
  action: Action<'rejoin'>,
  { connection, cutOff }: StepContext,
): Promise<StepResult> {
  const docker = await connection.docker();
  const directory = await directoryOf(docker, action);
  if (!posix.isAbsolute(directory))
    throw new RaftyardError('docker-failed', `${action.name} has no data on a volume or in a directory`, {
      host: connection.host.name,
    });
  const path = posix.join(directory, SERVER_METADATA);
  const { code, stderr } = await connection.exec(['rm', '-f', '--', path], { root: true, signal: cutOff });
  if (code !== 0)
    throw new RaftyardError('command-failed', `${path} cannot be removed: ${stderr.trim().slice(0, 200)}`, {
      host: connection.host.name,
    });
  if (action.restart && 'container' in action.data)
    await docker.getContainer(action.data.container).restart({ t: STOP_SECONDS });
  return 'done';
}
