#!/usr/bin/env node
/**
 * npm test: set-up, unit tests, integration tests on a practice range, tests in the app's real window, packages,
 * lint. Prints how long each part took,
 * and as its very last line `N passed, N failed` (tests; lint is none). Any failure gives exit code 1.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { heading, main, run, seconds } from './lib/run.mjs';
import { setUp, systemPackages } from './lib/setup.mjs';

const parts = [];
const total = { passed: 0, failed: 0 };
/** Said once more at the end, where a reader of a long log looks first. */
const failures = [];
/** Tests that passed at the second try: seen, and to be looked into. */
const unsteady = [];
const MOST_LINES = 12;
/** Two files on practice hosts at a time: they wait more than they compute. */
const LANES = { RAFTYARD_TEST_LANES: process.env.RAFTYARD_TEST_LANES ?? '2' };

async function part(title, work) {
  heading(title);
  const started = Date.now();
  const good = await work();
  parts.push({ title, good, took: Date.now() - started });
  return good;
}

/** Runs one project of vitest and adds its counts; a run without a readable report is one failure. */
async function vitest(project, folder, env = {}) {
  const report = join(folder, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const argv = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters];
  const code = await run(process.execPath, [...argv, ...process.argv.slice(2)], {
    env: { ...process.env, ...env },
  });
  let failed = 0;
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    total.passed += result.numPassedTests;
    // A file that cannot be loaded, or whose preparation fails, fails without a test of its own.
    const broken = result.testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
    );
    failed = result.numFailedTests + broken.length;
    const note = (name, test, message = '', list = failures) => {
      const lines = stripVTControlCharacters(message).split('\n').slice(0, MOST_LINES);
      list.push(`${relative('.', name)}: ${test}\n${lines.map((line) => `    ${line}`).join('\n')}`);
    };
    for (const file of result.testResults) {
      if (broken.includes(file)) note(file.name, 'cannot be run, or its preparation failed', file.message);
      for (const test of file.assertionResults)
        if (test.status === 'failed') note(file.name, test.fullName, test.failureMessages?.[0]);
        else if (test.status === 'passed' && test.failureMessages?.length > 0)
          note(file.name, test.fullName, test.failureMessages[0], unsteady);
    }
  } catch {
    failed = 1;
  }
  if (code !== 0 && failed === 0) failed = 1; // for example an error outside of any test
  total.failed += failed;
  return failed === 0;
}

/** Brings the range of the integration tests up before them: what is missing is said once, without a stack. */
async function range() {
  const { rangeUp } = await import('../dist/main/range/index.js');
  let last = '';
  try {
    const onProgress = ({ title, detail }) => {
      if (title !== last) console.log(detail === undefined ? title : `${title}: ${detail}`);
      last = title;
    };
    await rangeUp({ name: process.env.RAFTYARD_TEST_RANGE ?? 'test', hosts: 3, onProgress });
    return true;
  } catch (error) {
    if (error.name !== 'RaftyardError') throw error;
    console.error([error.message, error.hint].filter(Boolean).join('\n'));
    return false;
  }
}

await main(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'raftyard-test-'));
  try {
    await part('Set-up', async () => {
      await setUp();
      await systemPackages(
        {
          ssh: 'openssh-client',
          shellcheck: 'shellcheck',
          fish: 'fish',
          tcsh: 'tcsh',
          'docker-compose': 'docker-compose',
          'ansible-playbook': 'ansible-core',
          'dbus-daemon': 'dbus',
          'gnome-keyring-daemon': 'gnome-keyring',
        },
        'The tests',
      );
      return true;
    });
    await part('Unit tests', () => vitest('unit', folder));
    if (await part('Practice range', range))
      await part('Integration tests', () => vitest('integration', folder, LANES));
    else total.failed += 1;
    await part('In the window', () => vitest('e2e', folder));
    await part('Packaging', () => vitest('packaging', folder));
    await part('Lint', async () => (await run('npm', ['run', '--silent', 'lint'])) === 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (unsteady.length > 0) {
    heading('What passed only at the second try');
    for (const test of unsteady) console.log(test);
  }
  if (failures.length > 0) {
    heading('What failed');
    for (const failure of failures) console.log(failure);
  }
  heading('Summary');
  for (const { title, good, took } of parts) {
    console.log(`${good ? 'good  ' : 'FAILED'}  ${title.padEnd(18)} ${seconds(took)}`);
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return parts.every(({ good }) => good) && total.failed === 0 ? 0 : 1;
});
