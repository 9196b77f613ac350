import { createReadStream, existsSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { RaftyardError } from '../../shared/errors.js';
import type { ConsulArchive } from './consul-images.js';
import { nameservers } from './dns.js';
import { inside, insideOrThrow } from './exec.js';
import { homeId } from './paths.js';
import type { Credentials, RangeStateHost } from './state.js';
import { HOME_LABEL, RANGE_LABEL } from './types.js';

export interface HostPlan {
  readonly range: string;
  readonly image: string;
  readonly network: string;
  readonly cgroupVersion: '1' | '2';
  readonly credentials: Credentials;
}

/** Label that tells a container's set-up apart from a half-made one. */
const SETUP_MARK = '/etc/raftyard-range';
const IMAGES_MARK = '/var/lib/docker/raftyard-range-images';

export const volumeName = (host: RangeStateHost) => host.container;

/**
 * Options of a practice host's container. Wide privileges, short of `--privileged`: that fails on machines
 * which themselves lack CAP_SYS_RESOURCE. cgroup v1: systemd needs the machine's tree; v2: a namespace of
 * its own, whose mount the engine makes read-only and the command below opens again.
 */
export function containerOptions(host: RangeStateHost, plan: HostPlan): Docker.ContainerCreateOptions {
  const v1 = plan.cgroupVersion === '1';
  const labels = { [RANGE_LABEL]: plan.range, [HOME_LABEL]: homeId() };
  const hostConfig: Docker.HostConfig & { CgroupnsMode: 'host' | 'private' } = {
    CapAdd: ['ALL'],
    CapDrop: ['SYS_RESOURCE'],
    SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
    // What the command line calls systempaths=unconfined.
    MaskedPaths: [],
    ReadonlyPaths: [],
    CgroupnsMode: v1 ? 'host' : 'private',
    Binds: v1 ? ['/sys/fs/cgroup:/sys/fs/cgroup:rw'] : [],
    Tmpfs: { '/run': 'exec', '/run/lock': '', '/tmp': 'exec' },
    Mounts: [
      {
        Type: 'volume',
        Source: volumeName(host),
        Target: '/var/lib/docker',
        VolumeOptions: { Labels: labels, NoCopy: true, DriverConfig: { Name: 'local', Options: {} } },
      },
    ],
    NetworkMode: plan.network,
    PortBindings: { '22/tcp': [{ HostIp: '127.0.0.1', HostPort: String(host.sshPort) }] },
    RestartPolicy: { Name: 'no' },
  };
  return {
    name: host.container,
    Image: plan.image,
    Hostname: host.name,
    Labels: labels,
    StopSignal: 'SIGRTMIN+3',
    Env: ['container=docker'],
    Cmd: v1 ? ['/sbin/init'] : ['/bin/sh', '-c', 'mount -o remount,rw /sys/fs/cgroup; exec /sbin/init'],
    ExposedPorts: { '22/tcp': {} },
    HostConfig: hostConfig,
    NetworkingConfig: {
      EndpointsConfig: { [plan.network]: { IPAMConfig: { IPv4Address: host.address } } },
    },
  };
}

/** Whether nothing listens on a loopback port now. */
export function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * A free port below the range from which the kernel takes ephemeral ones (32768 and up): it is fixed for the
 * host's life, so it must not be taken by a passing connection while the host reboots.
 */
export async function pickPort(first: number, taken: ReadonlySet<number>): Promise<number> {
  for (let i = 0; i < 10_000; i++) {
    const port = 20_000 + ((first + i) % 10_000);
    if (!taken.has(port) && (await portIsFree(port))) return port;
  }
  throw new RaftyardError('blocked', 'No loopback port between 20000 and 29999 is free.');
}

function dockerError(host: string, what: string, error: unknown): RaftyardError {
  const message = (error as { json?: { message?: string } }).json?.message ?? (error as Error).message;
  return new RaftyardError('docker-failed', `${what}: ${message}`, { host, cause: error });
}

async function find(
  docker: Docker,
  host: RangeStateHost,
  range: string,
): Promise<'none' | 'stopped' | 'running'> {
  try {
    const info = await docker.getContainer(host.container).inspect();
    if (info.Config.Labels[RANGE_LABEL] !== range || info.Config.Labels[HOME_LABEL] !== homeId()) {
      throw new RaftyardError(
        'conflict',
        `A container named ${host.container} is there and not of this range.`,
        {
          host: host.name,
          hint: 'Choose another --name for the range, or remove that container.',
        },
      );
    }
    return info.State.Running ? 'running' : 'stopped';
  } catch (error) {
    if (error instanceof RaftyardError) throw error;
    if ((error as { statusCode?: number }).statusCode === 404) return 'none';
    throw dockerError(host.name, 'Cannot look at the host', error);
  }
}

/** Creates and starts a host where it is not there or not running. @throws RaftyardError docker-failed, conflict */
export async function startHost(docker: Docker, host: RangeStateHost, plan: HostPlan): Promise<void> {
  const found = await find(docker, host, plan.range);
  if (found === 'running') return;
  try {
    if (found === 'none') await docker.createContainer(containerOptions(host, plan));
    await docker.getContainer(host.container).start();
  } catch (error) {
    throw dockerError(host.name, 'Cannot start the host', error);
  }
}

/** Whether sshd greets on the published loopback port. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const end = (good: boolean) => {
      socket.destroy();
      resolve(good);
    };
    socket.setTimeout(2_000, () => end(false));
    socket.once('data', (data) => end(data.toString('latin1').startsWith('SSH-2.0')));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}

/** Waits for sshd and the inner Docker Engine. @param timeoutMs for both together @throws RaftyardError timeout */
export async function waitForHost(
  docker: Docker,
  host: RangeStateHost,
  signal: AbortSignal | undefined,
  timeoutMs = 120_000,
): Promise<void> {
  const container = docker.getContainer(host.container);
  const until = Date.now() + timeoutMs;
  let last = 'it does not answer';
  while (Date.now() < until) {
    if (signal?.aborted) throw new RaftyardError('cancelled', 'Cancelled.');
    try {
      const up = await inside(container, ['systemctl', 'is-active', 'ssh', 'docker', 'firewalld']);
      last = `ssh, docker, firewalld: ${up.stdout.trim().replaceAll('\n', ', ')}`;
      if (up.code === 0 && (await greets(host.sshPort))) return;
    } catch (error) {
      last = (error as Error).message;
      const state = await container.inspect().catch(() => null);
      if (state !== null && !state.State.Running) {
        const logs = await container.logs({ stdout: true, stderr: true, tail: 5 }).catch(() => '');
        const text = logs
          .toString()
          .replaceAll(/[^\x20-\x7e\n]/g, '')
          .trim();
        throw new RaftyardError(
          'docker-failed',
          `The host ended at once (${state.State.ExitCode}). ${text}`,
          {
            host: host.name,
          },
        );
      }
    }
    await sleep(200);
  }
  throw new RaftyardError('timeout', `The host is not up after ${timeoutMs / 1000} s: ${last}`, {
    host: host.name,
    retryable: true,
  });
}

const SETUP = `set -eu
IFS= read -r key
IFS= read -r password
for user in root op nodocker; do
  home=$(getent passwd "$user" | cut -d: -f6)
  install -d -m 0700 -o "$user" -g "$user" "$home/.ssh"
  printf '%s\\n' "$key" >"$home/.ssh/authorized_keys"
  chown "$user:$user" "$home/.ssh/authorized_keys"
  chmod 0600 "$home/.ssh/authorized_keys"
done
printf 'pw:%s\\n' "$password" | chpasswd
cat >/etc/raftyard-resolv.conf
[ ! -s /etc/raftyard-resolv.conf ] || cat /etc/raftyard-resolv.conf >/etc/resolv.conf
: >${SETUP_MARK}
`;

/** Keys and password, once a host; returns the host's public ed25519 key. */
export async function setUpHost(
  docker: Docker,
  host: RangeStateHost,
  credentials: Credentials,
): Promise<string> {
  const container = docker.getContainer(host.container);
  const done = await inside(container, ['test', '-e', SETUP_MARK]);
  if (done.code !== 0) {
    const input = `${credentials.publicKey}\n${credentials.password}\n${await nameservers()}`;
    await insideOrThrow(host.name, 'Setting up the users', container, ['sh', '-c', SETUP], input);
  }
  const path = '/etc/ssh/ssh_host_ed25519_key.pub';
  const text = await insideOrThrow(host.name, 'Reading the host key', container, ['cat', path]);
  const [type = '', key = ''] = text.trim().split(/\s+/);
  if (type !== 'ssh-ed25519' || key === '') {
    throw new RaftyardError('internal', `Not an ed25519 host key in ${path}.`, { host: host.name });
  }
  return `${type} ${key}`;
}

/**
 * Loads the Consul images into the host's own engine where they are missing or older.
 * @throws RaftyardError usage where an archive that the range was given is not kept any more; command-failed
 */
export async function sideLoad(
  docker: Docker,
  host: RangeStateHost,
  archives: readonly ConsulArchive[],
): Promise<void> {
  const container = docker.getContainer(host.container);
  // The first ones last: where two have a name in common, it is theirs.
  for (const archive of archives.toReversed()) {
    const mark = `${IMAGES_MARK}/${basename(archive.file)}`;
    const look = ['docker', 'image', 'inspect', '-f', '{{.Id}}', ...archive.references];
    const there = await inside(container, ['test', '-e', mark]);
    const has = await inside(container, look);
    if (there.code === 0 && has.code === 0) continue;
    if (!existsSync(archive.file)) {
      throw new RaftyardError(
        'usage',
        `The Consul that the range was given is not kept any more: ${archive.file}`,
        {
          host: host.name,
          hint: 'Give it again: raftyard range up --consul FILE',
        },
      );
    }
    const file = createReadStream(archive.file);
    await insideOrThrow(host.name, 'Loading the Consul images', container, ['docker', 'load'], file);
    await insideOrThrow(host.name, 'Looking for the Consul images', container, look);
    await insideOrThrow(host.name, 'Noting the images', container, ['mkdir', '-p', IMAGES_MARK]);
    await insideOrThrow(host.name, 'Noting the images', container, ['touch', mark]);
  }
}
