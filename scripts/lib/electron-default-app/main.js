/**
 * Makes `electron <folder>` start the app in that folder, with a runtime that was packaged
 * for one app of its own and so lacks Electron's start program. Loaded as an ES module:
 * Electron then holds back 'ready' until the app's own top level has run, as it must be
 * for schemes and switches that are set before it.
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

/** The first word that is no switch is the app; modules after -r are loaded before it. */
function parse(words) {
  const modules = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === '-r' || word === '--require') {
      at += 1;
      modules.push(words[at]);
    } else if (word === '--version' || word === '-v') {
      return { version: true, modules };
    } else if (!word.startsWith('-')) {
      return { target: word, modules };
    }
  }
  return { modules };
}

/** The entry file, after the app's name, version and paths are set as its package.json says. */
function adopt(target) {
  const path = resolve(target);
  if (!statSync(path).isDirectory()) {
    app.setAppPath(dirname(path));
    return path;
  }
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const name = manifest.productName ?? manifest.name;
  if (name) {
    app.setName(name);
    app.setPath('userData', join(app.getPath('appData'), name));
  }
  if (manifest.version) app.setVersion(manifest.version);
  if (manifest.desktopName) app.setDesktopName(manifest.desktopName);
  app.setAppPath(path);
  return resolve(path, manifest.main ?? 'index.js');
}

const { target, version, modules } = parse(process.argv.slice(1));
if (version) {
  console.log(`v${process.versions.electron}`);
  process.exit(0);
}
if (target === undefined) {
  console.error('Say which app to start: electron <folder> [arguments]');
  process.exit(1);
}
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
try {
  const require = createRequire(join(process.cwd(), 'x.js'));
  for (const module of modules) require(module);
  await import(pathToFileURL(adopt(target)).href);
} catch (error) {
  console.error(`Cannot start the app in ${resolve(target)}:\n${error?.stack ?? error}`);
  process.exit(1);
}
