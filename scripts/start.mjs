#!/usr/bin/env node
/** npm start: opens the app; the first time it installs, builds and gets a runtime. Arguments go to the app. */
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasDisplay } from './lib/display.mjs';
import { electronRuntime } from './lib/electron.mjs';
import { installElectronPackages } from './lib/electron-packages.mjs';
import { main, root, Stop } from './lib/run.mjs';
import { setUp } from './lib/setup.mjs';

const isRoot = process.getuid?.() === 0;

const setting = (name) => {
  try {
    return readFileSync(`/proc/sys/kernel/${name}`, 'utf8').trim();
  } catch {
    return undefined;
  }
};

/** Ubuntu 24.04 and some hardened kernels refuse the namespaces that Chromium's sandbox is made of. */
function sandboxBlocked(executable) {
  if (process.platform !== 'linux' || isRoot) return false;
  const refused =
    setting('apparmor_restrict_unprivileged_userns') === '1' || setting('unprivileged_userns_clone') === '0';
  if (!refused) return false;
  try {
    const helper = statSync(join(dirname(executable), 'chrome-sandbox'));
    return !(helper.uid === 0 && (helper.mode & 0o4000) !== 0);
  } catch {
    return true;
  }
}

/** Runs the app until it is closed; its exit code. */
function open(executable, words) {
  return new Promise((done, fail) => {
    // Names of files are meant where the person typed them, which is not where npm runs this.
    const cwd = process.env.INIT_CWD ?? process.cwd();
    const child = spawn(executable, words, { cwd, stdio: 'inherit' });
    // Ctrl+C reaches the app as well; we wait for it to close by itself.
    const wait = () => {};
    process.on('SIGINT', wait);
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.once('error', (error) => fail(new Stop(`Cannot run ${executable}: ${error.message}`)));
    child.once('close', (code, signal) => {
      process.removeListener('SIGINT', wait);
      if (signal === 'SIGTRAP' || signal === 'SIGABRT') {
        fail(new Stop(`Electron ended at once (${signal}); see above, and docs/packaging.md, “Sandbox”.`));
      } else done(code ?? 0);
    });
  });
}

await main(async () => {
  if (!hasDisplay()) {
    throw new Stop(`There is no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set.
The command line does the same without a window: bin/raftyard.js --help
With a virtual display: xvfb-run -a npm start`);
  }
  await setUp();
  await installElectronPackages();
  const { executable, version, source } = await electronRuntime();
  if (source === 'npm') {
    console.log(`This is Electron ${version} from the npm registry: for development, not for daily use.`);
  }
  if (sandboxBlocked(executable)) {
    console.log('This computer restricts user namespaces, which the sandbox of the app’s windows needs.');
    console.log('Should the app end at once: docs/packaging.md, “Sandbox”, says what to do.');
  }
  // Chromium refuses its sandbox to root; everybody else gets it.
  const flags = isRoot && process.platform === 'linux' ? ['--no-sandbox'] : [];
  return await open(executable, [...flags, root, ...process.argv.slice(2)]);
});
