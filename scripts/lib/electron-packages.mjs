/** System packages that Electron and its windows need, by their names in Debian and Ubuntu. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { has, run, Stop } from './run.mjs';
import { installPackages, isDebian, missingPrograms, systemPackages } from './setup.mjs';

/** Libraries that Electron loads or opens at run time. Ubuntu 24.04 renamed some: either name will do. */
export const electronPackages = [
  'libgtk-3-0|libgtk-3-0t64',
  'libnss3',
  'libasound2|libasound2t64',
  'libgbm1',
  'libdrm2',
  'libatk-bridge2.0-0|libatk-bridge2.0-0t64',
  'libatspi2.0-0|libatspi2.0-0t64',
  'libcups2|libcups2t64',
  'libxcomposite1',
  'libxdamage1',
  'libxfixes3',
  'libxrandr2',
  'libxkbcommon0',
  'libxtst6',
  'libnotify4',
  'libsecret-1-0',
  'xdg-utils',
];

/** A display without a screen, for machines that have none. */
export const displayPackages = ['xvfb', 'xauth'];

/** Faces for screenshots: Latin, Chinese, and the symbols in between. */
export const fontPackages = ['fonts-liberation', 'fonts-noto-cjk'];

/** What a practice range needs where there is no Docker Engine (src/main/range/packages.ts). */
const enginePackages = {
  dockerd: 'docker.io',
  iptables: 'iptables',
  ip: 'iproute2',
  mmdebstrap: 'mmdebstrap',
};

/** Which of these packages (each `name` or `name|other name`) are not installed. */
export function missingPackages(wanted) {
  const names = wanted.flatMap((entry) => entry.split('|'));
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const answer = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...names], {
    encoding: 'utf8',
  });
  const installed = new Set(
    (answer.stdout ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return wanted.filter((entry) => !entry.split('|').some((name) => installed.has(name)));
}

/** Whether the package lists offer this name; a renamed one exists under its new name only. */
function offered(name) {
  const answer = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' });
  return /Candidate: (?!\(none\))/.test(answer.stdout ?? '');
}

const nameOf = (entry) => entry.split('|').find(offered) ?? entry.split('|')[0];

/** The names that these packages have here; root refreshes the package lists where one is not offered. */
async function namesOf(entries) {
  // A fresh container has no package lists, and without them no name can be chosen.
  if (!entries.every((entry) => entry.split('|').some(offered)))
    await run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', 'update'], { stdio: 'ignore' });
  return entries.map(nameOf);
}

const packagesFor = ({ display, fonts }) => [
  ...electronPackages,
  ...(display && !has('Xvfb') ? displayPackages : []),
  ...(fonts ? fontPackages : []),
];

/**
 * Installs what Electron needs and this computer lacks. On systems without apt-get the person is
 * trusted to have it: a desktop has these libraries, and what is missing is named when Electron starts.
 * @param {{ display?: boolean, fonts?: boolean }} [extra] also Xvfb, also the faces for screenshots
 */
export async function installElectronPackages({ display = false, fonts = false } = {}) {
  if (process.platform !== 'linux') return;
  const wanted = packagesFor({ display, fonts });
  if (!isDebian() || !has('dpkg-query') || !has('apt-get')) {
    if (display && !has('Xvfb')) throw new Stop('Without a screen the app needs Xvfb; install it first.');
    return;
  }
  const missing = missingPackages(wanted);
  if (missing.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !(display && !has('Xvfb'))) {
    // Not each of them is needed to open a window: the person decides, Electron names what it misses.
    const names = missing.map(nameOf).join(' ');
    console.log(`Should the app not open: sudo apt-get install --no-install-recommends ${names}`);
    return;
  }
  await installPackages(isRoot ? await namesOf(missing) : missing.map(nameOf), 'The app’s windows');
}

/**
 * All that the tests need from the system by one call of apt-get, where that is possible: each call costs seconds.
 * @param {Record<string, string>} programs program → Debian package
 * @param {{ display?: boolean, fonts?: boolean }} extra as installElectronPackages takes it
 */
export async function installTogether(programs, extra) {
  const why = 'The tests';
  const oneCall = isDebian() && has('dpkg-query') && has('apt-get') && process.getuid?.() === 0;
  if (!oneCall) {
    await systemPackages(programs, why);
    await installElectronPackages(extra);
    return;
  }
  // Without an engine the practice range starts one of its own.
  const engine = existsSync('/var/run/docker.sock') ? {} : enginePackages;
  const names = [
    ...missingPrograms({ ...programs, ...engine }),
    ...(await namesOf(missingPackages(packagesFor(extra)))),
  ];
  if (names.length > 0) await installPackages([...new Set(names)], why);
}
