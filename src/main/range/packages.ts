import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RaftyardError } from '../../shared/errors.js';
import { withLock } from './lock.js';
import { cachePath } from './paths.js';
import { run, runOrThrow, which } from './process.js';

/** A program that the range needs, and the Debian package that brings it. */
export interface Need {
  readonly program: string;
  readonly package: string;
}

export const ENGINE_NEEDS: readonly Need[] = [
  { program: 'dockerd', package: 'docker.io' },
  { program: 'iptables', package: 'iptables' },
  { program: 'ip', package: 'iproute2' },
];
export const IMAGE_NEEDS: readonly Need[] = [{ program: 'mmdebstrap', package: 'mmdebstrap' }];

/** Whether this is Debian or one of its children (Ubuntu …), told by os-release. */
export function isDebianLike(osRelease: string): boolean {
  const value = (key: string) =>
    (new RegExp(`^${key}=(.*)$`, 'm').exec(osRelease)?.[1] ?? '').replaceAll(/["']/g, '').split(/\s+/);
  return [...value('ID'), ...value('ID_LIKE')].some((id) => id === 'debian' || id === 'ubuntu');
}

/**
 * Installs what is missing, by apt-get; does nothing where all is there.
 * @throws RaftyardError blocked when it cannot: not Linux, not Debian, or not root
 */
export async function ensurePrograms(
  needs: readonly Need[],
  why: string,
  options: { signal?: AbortSignal | undefined; onLine?: (line: string) => void } = {},
): Promise<void> {
  const missing = async () => {
    const found = await Promise.all(needs.map((need) => which(need.program)));
    return needs.filter((_, index) => found[index] === null).map((need) => need.package);
  };
  const wanted = await missing();
  if (wanted.length === 0) return;
  const names = wanted.join(' ');
  if (process.platform !== 'linux') {
    throw new RaftyardError('blocked', `${why} needs a Docker Engine, and none answers.`, {
      hint: 'Install and start Docker Desktop, then run this again.',
    });
  }
  const debian = isDebianLike(await readFile('/etc/os-release', 'utf8').catch(() => ''));
  if (!debian || (await which('apt-get')) === null) {
    throw new RaftyardError('blocked', `${why} needs what this computer does not have: ${names}.`, {
      hint: `Install the equivalents of these Debian packages, start Docker, then run this again: ${names}.`,
    });
  }
  if (process.getuid?.() !== 0) {
    throw new RaftyardError('blocked', `${why} needs packages that only root can install: ${names}.`, {
      hint: `Run: sudo apt-get install --no-install-recommends ${names} – then this again, with access to Docker.`,
    });
  }
  await withLock(join(cachePath(), 'apt.lock'), () => install(missing, options), { signal: options.signal });
}

async function install(
  missing: () => Promise<string[]>,
  options: { signal?: AbortSignal | undefined; onLine?: (line: string) => void },
): Promise<void> {
  const wanted = await missing(); // another range may have installed it while we waited
  if (wanted.length === 0) return;
  // policy-rc.d semantics: RUNLEVEL=1 keeps the packages' own services from being started on a machine
  // whose administrator did not ask for a system-wide engine; we start our own.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1', LC_ALL: 'C' };
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  const argv = [...wait, 'install', '-y', '--no-install-recommends', ...wanted];
  const first = await run('apt-get', argv, { ...options, env });
  if (first.code === 0) return;
  // Package lists are missing or old.
  await runOrThrow('Refreshing the package lists', 'apt-get', [...wait, 'update'], { ...options, env });
  await runOrThrow(`Installing ${wanted.join(' ')}`, 'apt-get', argv, { ...options, env });
}
