#!/usr/bin/env node
/**
 * npm test: set-up, lint and types, unit tests, and one story each on real hosts and in the real window.
 * npm run test:all (`--all`): the same, then everything else: all tests on hosts, in windows and of packages.
 * npm run test:more (`--more`): the same, with the repetitions and combinations that CI leaves out.
 * `-- --consul FILE…`: on another Consul than the range's own, a program or an archive of docker save.
 * A part that fails ends the run. The very last line is `N passed, N failed`; any failure gives exit code 1.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { asVariable, filesOf } from './lib/consul-files.mjs';
import { main, root, Stop } from './lib/run.mjs';
import { TestReport } from './lib/test-report.mjs';
import { setUpTests } from './lib/test-setup.mjs';

const more = process.argv.includes('--more');
const all = more || process.argv.includes('--all');
const name = more ? 'npm run test:more' : all ? 'npm run test:all' : 'npm test';
/** Where these run already, the ranges are kept from one part to the next and go at the end. */
const ranges = { RAFTYARD_KEEP_RANGE: '1' };
/** Two files on practice hosts, or in windows, at a time, a range each: no more than two cores carry. */
const lanes = { RAFTYARD_TEST_LANES: process.env.RAFTYARD_TEST_LANES ?? '2' };
/** tests/integration/steps.ts says which tests these are. */
const extra = more ? { RAFTYARD_TEST_MORE: '1' } : {};

/** Programs of the tests and the Debian packages that bring them. */
const PROGRAMS = {
  ssh: 'openssh-client',
  shellcheck: 'shellcheck',
  fish: 'fish',
  tcsh: 'tcsh',
  'docker-compose': 'docker-compose',
  'ansible-playbook': 'ansible-core',
  'dbus-daemon': 'dbus',
  'gnome-keyring-daemon': 'gnome-keyring',
};

const rangeName = process.env.RAFTYARD_TEST_RANGE ?? 'test';

const consul = filesOf(process.argv, '--consul');
/** Every range of the run gets it, by tests/integration/given.ts. */
if (consul !== undefined) process.env.RAFTYARD_TEST_CONSUL = asVariable(consul);

/** What is missing for practice hosts is said once, without a stack. */
async function rangeUp() {
  const { rangeUp: raise } = await import('../dist/main/range/index.js');
  let last = '';
  const onProgress = ({ title, detail }) => {
    if (title !== last) console.log(detail === undefined ? title : `${title}: ${detail}`);
    last = title;
  };
  try {
    await raise({ name: rangeName, hosts: 3, consul: consul ?? [], onProgress });
  } catch (error) {
    if (error.name !== 'RaftyardError') throw error;
    throw new Stop([error.message, error.hint].filter(Boolean).join('\n'));
  }
}

/** The ranges of the run, unless somebody wants to go on with them. */
async function rangesDown() {
  if (process.env.RAFTYARD_KEEP_RANGE === '1' || !existsSync(join(root, 'dist'))) return;
  const { rangeDown, rangeNames } = await import('../dist/main/range/index.js');
  for (const each of await rangeNames())
    if (each === rangeName || each.startsWith(`${rangeName}-`)) await rangeDown(each);
}

await main(async () => {
  const report = new TestReport();
  return await report.run(name, async () => {
    try {
      await report.part('Set-up', async () => {
        await setUpTests(PROGRAMS, rangeUp);
        return true;
      });
      await report.program('Lint and types', 'npm', 'run', '--silent', 'lint');
      await report.part('Unit tests', () => report.vitest('unit'));
      await report.part('Stories', () => report.vitest('story', { env: ranges }));
      if (!all) return;
      await report.part('On hosts', () =>
        report.vitest('integration', { env: { ...ranges, ...lanes, ...extra } }),
      );
      await report.part('In the window', () => report.vitest('e2e', { env: { ...ranges, ...lanes } }));
      await report.part('Packages', () => report.vitest('packaging'));
    } finally {
      await rangesDown();
    }
  });
});
