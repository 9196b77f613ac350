/** The step that lets a server start that was off for too long. */
import { posix } from 'node:path';
import { RaftyardError } from '../../../shared/errors.js';
import { SERVER_METADATA } from '../../../shared/plan/rejoin-age.js';
import type { Action, StepContext } from './context.js';
import type { StepResult } from './scheduler.js';

/**
 * Removes the file by which Consul reckons how long the server was off, from the volume or directory that its data lie on.
 * Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/general#server_rejoin_age_max
 *
 * @throws RaftyardError command-failed; docker-failed where the container has no such mount
 */
export async function letRejoin(
  action: Action<'rejoin'>,
  { connection, cutOff }: StepContext,
): Promise<StepResult> {
  const docker = await connection.docker();
  const { Mounts } = await docker.getContainer(action.id).inspect();
  const source = Mounts.find(({ Destination }) => Destination === action.dataDir)?.Source ?? '';
  if (!posix.isAbsolute(source))
    throw new RaftyardError('docker-failed', `${action.name} keeps no data in ${action.dataDir}`, {
      host: connection.host.name,
    });
  const path = posix.join(source, SERVER_METADATA);
  const { code, stderr } = await connection.exec(['rm', '-f', '--', path], { root: true, signal: cutOff });
  if (code !== 0)
    throw new RaftyardError('command-failed', `${path} cannot be removed: ${stderr.trim().slice(0, 200)}`, {
      host: connection.host.name,
    });
  return 'done';
}
