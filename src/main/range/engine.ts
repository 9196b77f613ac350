import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { RaftyardError } from '../../shared/errors.js';
import { recordForwarding, restoreForwarding, unmountBelow } from './leftovers.js';
import { withLock } from './lock.js';
import { ENGINE_NEEDS, ensurePrograms } from './packages.js';
import { enginePath, engineRunPath } from './paths.js';
import { which } from './process.js';

export interface Engine {
  readonly docker: Docker;
  readonly socket: string;
  /** Started by Raftyard, and stopped by it when the last range goes. */
  readonly ours: boolean;
}

const ownSocket = () => join(engineRunPath(), 'docker.sock');
const forwardingNote = () => join(enginePath(), 'ip_forward.before');
const ownPidFile = () => join(engineRunPath(), 'docker.pid');

/** The engine behind a socket when it answers within two seconds and runs Linux containers. */
async function answers(socket: string): Promise<Docker | null> {
  if (!existsSync(socket)) return null;
  const docker = new Docker({ socketPath: socket });
  try {
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error('no answer')), 3_000).unref();
    });
    await Promise.race([docker.ping(), late]);
    return docker;
  } catch {
    return null;
  }
}

/** Sockets where this user's engine may be, in the order in which the docker command line looks. */
function candidates(): string[] {
  const host = process.env['DOCKER_HOST'];
  if (host !== undefined && host !== '') {
    if (!host.startsWith('unix://')) {
      throw new RaftyardError(
        'blocked',
        `A practice range needs a Docker Engine on this computer, not ${host}.`,
        {
          hint: 'Unset DOCKER_HOST, or point it at a local unix:// socket.',
        },
      );
    }
    return [host.slice('unix://'.length)];
  }
  return ['/var/run/docker.sock', join(homedir(), '.docker', 'run', 'docker.sock')];
}

/** An engine that answers now: the user's own, else the one that we started. */
export async function findRunningEngine(): Promise<Engine | null> {
  for (const socket of candidates()) {
    const docker = await answers(socket);
    if (docker !== null) return { docker, socket, ours: false };
  }
  const docker = await answers(ownSocket());
  return docker === null ? null : { docker, socket: ownSocket(), ours: true };
}

/** The engine that a range was made in, if it answers. */
export async function openEngine(known: { socket: string; ours: boolean }): Promise<Engine | null> {
  const docker = await answers(known.socket);
  return docker === null ? null : { docker, ...known };
}

/**
 * An engine to use: the one that the range was made in, one that runs, or our own, started if need be.
 * @throws RaftyardError blocked, docker-not-running
 */
export async function ensureEngine(
  known: { socket: string; ours: boolean } | null,
  options: { signal?: AbortSignal | undefined; onDetail?: (detail: string) => void } = {},
): Promise<Engine> {
  if (known !== null) {
    const engine = await openEngine(known);
    if (engine !== null) return engine;
    if (!known.ours) {
      throw new RaftyardError(
        'docker-not-running',
        `The Docker Engine of this range does not answer: ${known.socket}`,
        {
          hint: 'Start Docker, then run this again.',
          retryable: true,
        },
      );
    }
  }
  const running = known === null ? await findRunningEngine() : null;
  if (running !== null) return running;
  await ensurePrograms(ENGINE_NEEDS, 'A practice range', {
    signal: options.signal,
    ...(options.onDetail === undefined ? {} : { onLine: options.onDetail }),
  });
  if (process.getuid?.() !== 0) {
    throw new RaftyardError('blocked', 'No Docker Engine answers, and only root can start one.', {
      hint: 'Start Docker (sudo systemctl start docker) and join the group docker, or run this as root.',
    });
  }
  return withEngineLock(() => startOwn(options.signal), options.signal);
}

async function alive(pidFile: string): Promise<number | null> {
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).trim());
  if (!Number.isInteger(pid) || pid <= 1) return null;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes('dockerd') ? pid : null;
}

/** The containerd that a killed dockerd leaves: a new dockerd would take it for its own while it dies. */
async function endStaleContainerd(): Promise<void> {
  const file = join(engineRunPath(), 'exec', 'containerd', 'containerd.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).trim());
  const running = async () =>
    (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(engineRunPath());
  if (Number.isInteger(pid) && pid > 1 && (await running())) {
    process.kill(pid, 'SIGTERM');
    for (let i = 0; i < 50 && (await running()); i++) await sleep(100);
    if (await running()) process.kill(pid, 'SIGKILL');
  }
  await rm(file, { force: true });
}

async function startOwn(signal: AbortSignal | undefined): Promise<Engine> {
  const socket = ownSocket();
  const again = await answers(socket);
  if (again !== null) return { docker: again, socket, ours: true };
  const program = await which('dockerd');
  if (program === null) throw new RaftyardError('internal', 'dockerd is not there after installing it.');
  await mkdir(enginePath(), { recursive: true });
  await mkdir(engineRunPath(), { recursive: true });
  await chmod(engineRunPath(), 0o700);
  await recordForwarding(forwardingNote());
  const log = join(enginePath(), 'dockerd.log');
  // A configuration of its own: a daemon.json of the system may fix the very things that are set here.
  const config = join(enginePath(), 'daemon.json');
  await writeFile(config, '{}\n');
  if ((await alive(ownPidFile())) === null) {
    await rm(ownPidFile(), { force: true });
    await endStaleContainerd();
    const out = openSync(log, 'w', 0o600);
    const child = spawn(
      program,
      [
        `--config-file=${config}`,
        `--data-root=${join(enginePath(), 'data')}`,
        `--exec-root=${join(engineRunPath(), 'exec')}`,
        `--pidfile=${ownPidFile()}`,
        `--host=unix://${socket}`,
        // Ranges have networks of their own; docker0 would only collide with another engine's.
        '--bridge=none',
        // See openBridge: another engine's chains stay as they are.
        '--iptables=false',
        '--ip6tables=false',
      ],
      {
        detached: true,
        stdio: ['ignore', out, out],
        cwd: '/',
        env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` },
      },
    );
    closeSync(out);
    child.unref();
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  }
  for (let i = 0; i < 300; i++) {
    if (signal?.aborted) throw new RaftyardError('cancelled', 'Cancelled.');
    const docker = await answers(socket);
    if (docker !== null) return { docker, socket, ours: true };
    if (i > 20 && (await alive(ownPidFile())) === null) break;
    await sleep(200);
  }
  const tail = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-4).join('\n');
  throw new RaftyardError('docker-not-running', `The Docker Engine did not start:\n${tail}`, {
    hint: `The whole log is in ${log}.`,
  });
}

/** Runs while no engine of ours is being started or stopped. */
export function withEngineLock<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  return withLock(`${enginePath()}.lock`, work, { signal });
}

/** Stops our own engine and removes all that it kept, unless `inUse` says (under the lock) that it is needed. */
export async function stopOwnEngine(inUse: () => Promise<boolean>): Promise<void> {
  await withEngineLock(async () => {
    if (await inUse()) return;
    const pid = await alive(ownPidFile());
    if (pid !== null) {
      process.kill(pid, 'SIGTERM');
      for (let i = 0; i < 150 && (await alive(ownPidFile())) === pid; i++) await sleep(200);
      if ((await alive(ownPidFile())) === pid) {
        throw new RaftyardError('docker-failed', `Our Docker Engine (process ${pid}) does not stop.`, {
          hint: `See ${join(enginePath(), 'dockerd.log')}.`,
          retryable: true,
        });
      }
    }
    await restoreForwarding(forwardingNote());
    for (const folder of [enginePath(), engineRunPath()]) await unmountBelow(folder);
    await rm(enginePath(), { recursive: true, force: true });
    await rm(engineRunPath(), { recursive: true, force: true });
  });
}
