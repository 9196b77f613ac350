/** dockerode over the host's one SSH connection; three different errors for three different causes. */
import type { ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { RaftyardError } from '../../../shared/errors.js';
import { ChannelAgent } from '../ssh/agent.js';
import type { ExecResult } from '../types.js';
import { guardRequest } from './guard.js';

const PING_MS = 8000;

export const DOCKER_SOCKET = '/var/run/docker.sock';

export interface DockerWays {
  readonly host: string;
  readonly user: string;
  /** direct-streamlocal channel to the Engine's socket. */
  readonly openSocket: () => Promise<Duplex>;
  /** `docker system dial-stdio`, with sudo where asked. */
  readonly openStdio: (root: boolean) => Promise<Duplex>;
  readonly script: (text: string) => Promise<ExecResult>;
  /** Whether this user can act as root. */
  readonly canRoot: () => Promise<boolean>;
}

/** A channel for each request, guarded. */
class DockerAgent extends ChannelAgent {
  constructor(
    open: () => Promise<Duplex>,
    readonly host: string,
  ) {
    super(open, false);
  }

  /** Node's own, by which every request comes to its agent: not among the declared methods, and stable since Node 0.12. */
  addRequest(request: ClientRequest, ...rest: unknown[]): void {
    request.once('socket', (socket) => guardRequest(request, socket, this.host));
    const inherited = Object.getPrototypeOf(ChannelAgent.prototype) as {
      addRequest(this: DockerAgent, request: ClientRequest, ...rest: unknown[]): void;
    };
    inherited.addRequest.call(this, request, ...rest);
  }
}

function client(open: () => Promise<Duplex>, host: string): Docker {
  // The agent makes the connection; host and port only satisfy the library.
  return new Docker({
    agent: new DockerAgent(open, host),
    host: 'docker',
    port: 80,
    protocol: 'http',
  } as never);
}

async function works(docker: Docker): Promise<boolean> {
  try {
    const late = sleep(PING_MS, false, { ref: false });
    return await Promise.race([docker.ping().then(() => true), late]);
  } catch {
    return false;
  }
}

const DIAGNOSE = `
command -v docker >/dev/null 2>&1 && echo cli
[ -S ${DOCKER_SOCKET} ] && echo socket
{ [ -r ${DOCKER_SOCKET} ] && [ -w ${DOCKER_SOCKET} ]; } && echo permitted
{ pgrep -x dockerd >/dev/null 2>&1 || pidof dockerd >/dev/null 2>&1; } && echo running
exit 0`;

async function diagnose(ways: DockerWays): Promise<RaftyardError> {
  const said = new Set((await ways.script(DIAGNOSE)).stdout.trim().split('\n'));
  const { host } = ways;
  if (!said.has('cli') && !said.has('socket'))
    return new RaftyardError('docker-not-installed', 'Docker is not installed', {
      host,
      hint: 'Install Docker Engine on it (https://docs.docker.com/engine/install/).',
    });
  if (said.has('running') && said.has('socket') && !said.has('permitted'))
    return new RaftyardError('docker-denied', `${ways.user} may not use Docker (${DOCKER_SOCKET})`, {
      host,
      hint: `Give ${ways.user} sudo, or run \`usermod -aG docker ${ways.user}\` as root and log in again.`,
    });
  return new RaftyardError('docker-not-running', 'the Docker engine does not run', {
    host,
    hint: 'Start it with `systemctl enable --now docker`, and see `journalctl -u docker` if it does not stay up.',
    retryable: true,
  });
}

/**
 * The Engine API by the first way that works: the socket through SSH, `docker system dial-stdio` as the user, then as root.
 * @throws RaftyardError docker-not-installed, docker-not-running, docker-denied
 */
export async function openDocker(ways: DockerWays): Promise<Docker> {
  const direct = client(ways.openSocket, ways.host);
  if (await works(direct)) return direct;
  const installed = (await ways.script('command -v docker >/dev/null 2>&1')).code === 0;
  if (installed) {
    const stdio = client(() => ways.openStdio(false), ways.host);
    if (await works(stdio)) return stdio;
    if (await ways.canRoot()) {
      const root = client(() => ways.openStdio(true), ways.host);
      if (await works(root)) return root;
    }
  }
  throw await diagnose(ways);
}
