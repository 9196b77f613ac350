import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type Docker from 'dockerode';
import PQueue from 'p-queue';
import { RaftyardError } from '../../shared/errors.js';
import { forgetHost } from '../store/known-hosts.js';
import { raftyardHome } from '../store/paths.js';
import type { ConsulArchive } from './consul-images.js';
import {
  type Engine,
  ensureEngine,
  findRunningEngine,
  openEngine,
  stopOwnEngine,
  withEngineLock,
} from './engine.js';
import { dropGiven } from './given-consul.js';
import { type GivenFile, readGiven } from './given-files.js';
import { type HostPlan, pickPort, setUpHost, sideLoad, startHost, waitForHost } from './hosts.js';
import { closeBridge, openBridge, raiseInotify, restoreInotify } from './leftovers.js';
import { withLock } from './lock.js';
import { bridgeName, dropStaleBridge, ensureNetwork } from './network.js';
import { checkName, enginePath, homeId, homePath, rangePath, rangesPath } from './paths.js';
import { prepareImages } from './prepare.js';
import {
  ensureCredentials,
  identityPath,
  passwordPath,
  type RangeState,
  type RangeStateHost,
  rangeNames,
  readState,
  writeState,
} from './state.js';
import { hostAddress } from './subnet.js';
import {
  DEFAULT_HOSTS,
  HOME_LABEL,
  MAX_HOSTS,
  RANGE_LABEL,
  type RangeProgress,
  type RangeStatus,
  type RangeUpOptions,
} from './types.js';

const rangeLock = (name: string) => join(rangesPath(), `${checkName(name)}.lock`);

const trustStore = () => join(raftyardHome(), 'known_hosts');
const inotifyNote = () => join(homePath(), 'inotify.before');

function message(error: unknown): string {
  const json = (error as { json?: { message?: string } }).json?.message;
  return json ?? (error instanceof Error ? error.message : String(error));
}

/**
 * Brings a practice range up: installs and starts what is missing, builds what is not cached, boots the hosts.
 * Safe to run again (it completes what is not there) and beside other ranges.
 * @throws RaftyardError usage, blocked, conflict, command-failed, docker-failed, docker-not-running, timeout, cancelled
 */
export async function rangeUp(options: RangeUpOptions = {}): Promise<RangeStatus> {
  const name = checkName(options.name ?? 'default');
  const wanted = options.hosts;
  if (wanted !== undefined && (!Number.isInteger(wanted) || wanted < 1 || wanted > MAX_HOSTS)) {
    throw new RaftyardError('usage', `A practice range has 1 to ${MAX_HOSTS} hosts, not ${wanted}.`);
  }
  // A file that is no Consul is refused before anything is begun.
  const given = await readGiven(options.consul ?? []);
  return withLock(rangeLock(name), () => up(name, options, given), { signal: options.signal });
}

async function up(name: string, options: RangeUpOptions, files: readonly GivenFile[]): Promise<RangeStatus> {
  const { signal } = options;
  const tell = (progress: RangeProgress) => {
    if (signal?.aborted) throw new RaftyardError('cancelled', 'Cancelled.');
    options.onProgress?.(progress);
  };
  const old = readState(name);
  const count =
    Math.max(options.hosts ?? old?.hosts.length ?? DEFAULT_HOSTS, old?.hosts.length ?? 0) || DEFAULT_HOSTS;
  // Noted before the engine starts: whoever takes the last other range down then leaves the engine.
  await withEngineLock(
    () => mkdir(rangePath(name), { recursive: true, mode: 0o700 }).then(() => undefined),
    signal,
  );
  const credentials = await ensureCredentials(name);

  const detail = (title: string, progress: number) => (text: string) => {
    options.onProgress?.({ title, detail: text, progress });
  };
  tell({ title: 'Docker Engine', progress: 0 });
  const engine = await ensureEngine(old?.engine ?? null, { signal, onDetail: detail('Docker Engine', 0.02) });
  const state: RangeState = old ?? {
    version: 1,
    name,
    clusterId: randomUUID(),
    engine: null,
    network: `raftyard-${name}`,
    subnet: '',
    images: [],
    hosts: [],
  };
  state.engine = { socket: engine.socket, ours: engine.ours };
  await writeState(state);

  tell({ title: 'Images', progress: 0.1 });
  const keeps = options.consul === undefined && options.consulImages === undefined;
  const { hostImage, given, archives } = await prepareImages(
    engine.docker,
    {
      range: name,
      chosen: keeps ? null : { files, references: options.consulImages ?? [] },
      kept: state.given ?? [],
    },
    { signal, onDetail: detail('Images', 0.15) },
  );
  state.given = given.map(({ file, references }) => ({ file, references: [...references] }));
  // At once: an archive that no range names goes with the next range that is taken down.
  await writeState(state);

  tell({ title: 'Network', progress: 0.65 });
  state.subnet = await ensureNetwork(engine.docker, name, state.network, signal);
  await raiseInotify(inotifyNote());
  if (engine.ours) await openBridge(bridgeName(name), state.subnet);
  await addHosts(state, count);
  await writeState(state);

  tell({ title: `Booting ${count} hosts`, progress: 0.7 });
  const info = (await engine.docker.info()) as { CgroupVersion?: string };
  const plan: HostPlan = {
    range: name,
    image: hostImage,
    network: state.network,
    cgroupVersion: info.CgroupVersion === '2' ? '2' : '1',
    credentials,
  };
  await boot(engine.docker, state, plan, archives, tell, signal);
  // Only now: these names are what every host has.
  state.images = [...new Set(archives.flatMap((each) => each.references))];
  await writeState(state);
  tell({ title: 'Practice range is up', detail: `${count} hosts`, progress: 1 });
  return describe(state, engine.docker);
}

/** Adds hosts to the state, each with an address and a loopback port for good. */
async function addHosts(state: RangeState, count: number): Promise<void> {
  const taken = new Set(state.hosts.map((host) => host.sshPort));
  const first = createHash('sha256').update(`${homeId()} ${state.name}`).digest().readUInt16BE(0);
  for (let index = state.hosts.length; index < count; index++) {
    const name = `docker${String(index + 1).padStart(2, '0')}`;
    const sshPort = await pickPort(first + index, taken);
    taken.add(sshPort);
    state.hosts.push({
      name,
      container: `raftyard-${state.name}-${name}`,
      address: hostAddress(state.subnet, index),
      sshPort,
      hostKey: '',
    });
  }
}

async function boot(
  docker: Docker,
  state: RangeState,
  plan: HostPlan,
  archives: readonly ConsulArchive[],
  tell: (progress: RangeProgress) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const queue = new PQueue({ concurrency: 8 });
  let done = 0;
  const one = async (host: RangeStateHost) => {
    await startHost(docker, host, plan);
    await waitForHost(docker, host, signal);
    host.hostKey = await setUpHost(docker, host, plan.credentials);
    await sideLoad(docker, host, archives);
    done++;
    tell({
      title: 'Booting hosts',
      detail: `${host.name} is up`,
      progress: 0.7 + (0.3 * done) / state.hosts.length,
    });
  };
  const results = await Promise.allSettled(state.hosts.map((host) => queue.add(() => one(host))));
  // Also after a failure: what came up is kept, and the next `up` goes on from there.
  await writeState(state);
  // A key that was recorded for an earlier range's host on this port would look like an attack.
  for (const host of state.hosts)
    if (host.hostKey !== '') await forgetHost(trustStore(), '127.0.0.1', host.sshPort, host.hostKey);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function describe(state: RangeState, docker: Docker | null): Promise<RangeStatus> {
  const running = new Set<string>();
  if (docker !== null) {
    const filters = { label: [`${RANGE_LABEL}=${state.name}`, `${HOME_LABEL}=${homeId()}`] };
    for (const entry of await docker.listContainers({ filters })) {
      for (const name of entry.Names) running.add(name.replace(/^\//, ''));
    }
  }
  return {
    name: state.name,
    engine: state.engine ?? { socket: '', ours: false },
    network: state.network,
    identity: identityPath(state.name),
    passwordFile: passwordPath(state.name),
    images: state.images,
    hosts: state.hosts.map((host) => ({ ...host, user: 'root', running: running.has(host.container) })),
  };
}

/** The range as it is now; null when there is none of that name. Starts nothing. */
export async function rangeStatus(name = 'default'): Promise<RangeStatus | null> {
  const state = readState(checkName(name));
  if (state === null) return null;
  const engine = state.engine === null ? null : await openEngine(state.engine);
  return describe(state, engine?.docker ?? null);
}

/**
 * Takes a range down, data and all. Containers, networks and volumes are found by label, so a half-made
 * range goes too. Our own engine stops with the last range.
 * @param options.engine false leaves our engine running for the next range
 * @returns whether there was anything to remove
 */
export async function rangeDown(
  name = 'default',
  options: { engine?: boolean; onProgress?: (progress: RangeProgress) => void } = {},
): Promise<boolean> {
  checkName(name);
  return withLock(rangeLock(name), async () => {
    const state = readStateOrNull(name);
    const engine = await engineOf(state);
    let removed = state !== null;
    if (engine !== null) removed = (await removeAll(engine.docker, name, options.onProgress)) || removed;
    if (state?.engine?.ours !== false) {
      await closeBridge(bridgeName(name));
      await dropStaleBridge(name);
    }
    for (const host of state?.hosts ?? []) await forgetHost(trustStore(), '127.0.0.1', host.sshPort);
    await rm(rangePath(name), { recursive: true, force: true });
    await dropGiven(await givenInUse());
    if ((await rangeNames()).length === 0) await restoreInotify(inotifyNote());
    if (options.engine !== false) {
      options.onProgress?.({ title: 'Docker Engine' });
      await stopOwnEngine(async () => (await rangeNames()).length > 0);
    }
    return removed;
  }).finally(tidy);
}

/** Archives of given Consul that a range still names. */
async function givenInUse(): Promise<Set<string>> {
  const states = (await rangeNames()).map(readStateOrNull);
  return new Set(states.flatMap((state) => state?.given?.map(({ file }) => file) ?? []));
}

/** Removes the folders of ours that are empty now. */
async function tidy(): Promise<void> {
  for (const path of [rangesPath(), dirname(enginePath()), homePath()]) {
    await rmdir(path).catch(() => undefined);
  }
}

function readStateOrNull(name: string): RangeState | null {
  try {
    return readState(name);
  } catch {
    return null; // damaged: labels say what is the range's
  }
}

/** The engine in which the range may have left something; our own is started again for this if it died. */
async function engineOf(state: RangeState | null): Promise<Engine | null> {
  if (state?.engine != null) return ensureEngine(state.engine);
  return findRunningEngine();
}

async function removeAll(
  docker: Docker,
  name: string,
  onProgress: ((progress: RangeProgress) => void) | undefined,
): Promise<boolean> {
  const filters = { label: [`${RANGE_LABEL}=${name}`, `${HOME_LABEL}=${homeId()}`] };
  const problems: string[] = [];
  const quiet = async (work: Promise<unknown>) => {
    await work.catch((error: unknown) => {
      if ((error as { statusCode?: number }).statusCode !== 404) problems.push(message(error));
    });
  };
  const containers = await docker.listContainers({ all: true, filters });
  if (containers.length > 0) onProgress?.({ title: 'Removing hosts', detail: `${containers.length}` });
  await Promise.all(
    containers.map((entry) => quiet(docker.getContainer(entry.Id).remove({ force: true, v: true }))),
  );
  const networks = await docker.listNetworks({ filters });
  for (const entry of networks) await quiet(docker.getNetwork(entry.Id).remove());
  const volumes = (await docker.listVolumes({ filters: JSON.stringify(filters) })).Volumes ?? [];
  for (const entry of volumes) await quiet(docker.getVolume(entry.Name).remove());
  if (problems.length > 0) {
    throw new RaftyardError(
      'docker-failed',
      `Not all of the range could be removed: ${problems.join('; ')}`,
      {
        hint: 'Run the same again.',
        retryable: true,
      },
    );
  }
  return containers.length + networks.length + volumes.length > 0;
}
