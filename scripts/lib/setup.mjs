/** Set-up of a fresh clone; each part is skipped where it is done already. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { has, must, root, run, Stop } from './run.mjs';

const MINIMUM = [20, 19];

export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
    throw new Stop(
      `Raftyard needs Node ${MINIMUM.join('.')} or newer; this is ${version}. See https://nodejs.org/`,
    );
  }
}

/** Two set-ups of one clone at the same time would tear node_modules from each other. */
export async function alone(work) {
  const id = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const lock = join(tmpdir(), `raftyard-setup-${id}`);
  for (let told = false; ; told = true) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (gone(lock)) {
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (!told) console.log('Another set-up of this folder is at work; waiting for it.');
    await sleep(300);
  }
  try {
    writeFileSync(join(lock, 'pid'), String(process.pid));
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function gone(lock) {
  let pid;
  try {
    pid = Number(readFileSync(join(lock, 'pid'), 'utf8'));
  } catch {
    // Just made, or its maker died before it wrote: an old one is nobody's.
    try {
      return Date.now() - statSync(lock).mtimeMs > 5_000;
    } catch {
      return false;
    }
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

const time = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function newest(path) {
  if (!existsSync(path)) return 0;
  const info = statSync(path);
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(info.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

async function dependencies() {
  const installed = time(join(root, 'node_modules', '.package-lock.json'));
  if (installed > 0 && installed >= time(join(root, 'package-lock.json'))) {
    console.log('npm dependencies are there.');
    return;
  }
  console.log('Installing the npm dependencies.');
  await must('npm ci', 'npm', ['ci', '--no-audit', '--no-fund']);
}

async function build() {
  const mark = join(root, 'dist', '.built');
  const sources = [
    'src',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'tsconfig.renderer.json',
    'vite.config.ts',
    'vite.preload.config.ts',
  ];
  const latest = Math.max(...sources.map((name) => newest(join(root, name))));
  const started = new Date();
  if (time(mark) > latest) {
    console.log('The build is up to date.');
    return;
  }
  console.log('Building.');
  await must('The build', 'npm', ['run', '--silent', 'build']);
  writeFileSync(mark, `${started.toISOString()}\n`);
}

/** Node version, npm dependencies, build. */
export async function setUp() {
  checkNode();
  if (!has('npm')) throw new Stop('npm is missing; it comes with Node: https://nodejs.org/');
  await alone(async () => {
    await dependencies();
    await build();
  });
}

export function isDebian() {
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Packages of those programs that are not there.
 * @param {Record<string, string>} wanted program → Debian package
 */
export const missingPrograms = (wanted) =>
  Object.entries(wanted)
    .filter(([program]) => !has(program))
    .map(([, name]) => name);

/**
 * System packages, installed by apt-get where they are missing.
 * @param {Record<string, string>} wanted program → Debian package
 * @param {string} why who needs them
 */
export async function systemPackages(wanted, why) {
  const missing = missingPrograms(wanted);
  if (missing.length > 0) await installPackages(missing, why);
}

/** Installs packages by apt-get; says what to do where that is not possible. */
export async function installPackages(packages, why) {
  const names = packages.join(' ');
  if (!isDebian() || !has('apt-get')) {
    throw new Stop(
      `${why} need ${names} (names of Debian packages). Install their equivalents, then run this again.`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new Stop(`${why} need ${names}. Run: sudo apt-get install --no-install-recommends ${names}`);
  }
  console.log(`Installing ${names}.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const argv = [
    '-qq',
    '-o',
    'DPkg::Lock::Timeout=300',
    'install',
    '-y',
    '--no-install-recommends',
    ...packages,
  ];
  const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  if ((await run('apt-get', argv, quiet)) === 0) return;
  await must('apt-get update', 'apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', 'update'], quiet);
  await must(`Installing ${names}`, 'apt-get', argv, quiet);
}
