/** The Docker Engine of this computer: where DOCKER_HOST says, else behind the usual socket. */
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { RaftyardError } from '../../../shared/errors.js';

const ANSWER_MS = 5_000;

/** @throws RaftyardError docker-not-running */
export async function localDocker(): Promise<Docker> {
  const docker = new Docker();
  try {
    const late = sleep(ANSWER_MS, undefined, { ref: false }).then(() => {
      throw new Error(`no answer within ${ANSWER_MS / 1000} s`);
    });
    await Promise.race([docker.ping(), late]);
    return docker;
  } catch (cause) {
    throw new RaftyardError('docker-not-running', 'no Docker Engine answers on this computer', {
      hint: 'Start it (Docker Desktop, or `systemctl start docker`), or choose a file made with `docker save` on another computer.',
      cause,
    });
  }
}
