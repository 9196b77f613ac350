/** The licences of what is shipped: packages that the app loads, and those that are built into its window. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences that let a package be shipped with Raftyard, MIT, as it is. */
export const ACCEPTED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'OFL-1.1',
  'Python-2.0',
  'Unlicense',
]);

function sourcesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|css)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

/** `@scope/name` or `name` of an import. */
const packageOf = (specifier) => /^(@[^/]+\/[^/]+|[^./@][^/]*)/.exec(specifier)?.[1];

function importedBy(folder) {
  const found = new Set();
  for (const text of sourcesBelow(folder))
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
      const name = packageOf(specifier);
      if (name !== undefined && !name.startsWith('node:')) found.add(name);
    }
  return found;
}

/** Before there was one `license`, packages had a list; the lock file does not carry it. */
function oldForm(folder) {
  const { licenses = [] } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return licenses.map(({ type }) => type).join(' OR ') || 'not said';
}

/** Where Node would find a package from the place of another one, as the lock file has it. */
function locate(packages, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (at === '') return undefined;
  }
}

/**
 * Every shipped package with its version and licence, by name.
 * @param root the project's folder
 * @returns {{ name: string, version: string, licence: string }[]}
 */
export function shippedPackages(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const queue = [...Object.keys(dependencies), ...importedBy(join(root, 'src', 'renderer'))].map((name) =>
    locate(packages, '', name),
  );
  const seen = new Map();
  for (let path = queue.shift(); path !== undefined || queue.length > 0; path = queue.shift()) {
    if (path === undefined || seen.has(path)) continue;
    const entry = packages[path];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    seen.set(path, { name, version: entry.version, licence: entry.license ?? oldForm(join(root, path)) });
    for (const needed of Object.keys(entry.dependencies ?? {})) queue.push(locate(packages, path, needed));
  }
  const unique = new Map([...seen.values()].map((one) => [`${one.name}@${one.version}`, one]));
  return [...unique.values()].sort(
    (a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'),
  );
}

/** docs/licences.md */
export function licencesPage(root) {
  const rows = shippedPackages(root).map(
    ({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`,
  );
  return [
    '# Licences of what is shipped',
    '',
    'Written by `npm run licences`, from package-lock.json. Raftyard itself is under the MIT licence. Beside these packages an',
    'installed app holds Electron (MIT) with Chromium, whose licences lie in its folder as LICENSES.chromium.html. The full texts',
    'go with the app: in the folder of each package, and in dist/renderer/licences.md for what is built into the window.',
    '',
    '| Package | Version | Licence |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
