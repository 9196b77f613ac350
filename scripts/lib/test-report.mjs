/** Runs parts of the tests and keeps the account of them: what passed, failed, or needed a second try. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { heading, root, run, Stop, seconds } from './run.mjs';

/** Of a long message: how it begins, and how it ends, where programs say what went wrong. */
const FIRST_LINES = 4;
const LAST_LINES = 16;

/** Ends a run early: the part that failed has told why. */
class PartFailed extends Error {}

/** The result of a test run, part by part. */
export class TestReport {
  #parts = [];
  #passed = 0;
  #failed = 0;
  /** Repeated at the end, where a reader of a long log looks first. */
  #failures = [];
  /** Tests that passed at the second try: a fault of the product or of the test, to be found and mended. */
  #secondTries = [];

  /**
   * Runs one part and notes how long it took. What a part cannot do (a Stop) counts as one failure.
   * @param {string} title
   * @param {() => Promise<boolean>} work whether the part is good
   * @throws PartFailed where it is not: what comes after it is not run
   */
  async part(title, work) {
    heading(title);
    const started = Date.now();
    let good = false;
    try {
      good = await work();
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      console.error(`\n${error.message}`);
    } finally {
      this.#parts.push({ title, good, took: Date.now() - started });
    }
    if (good) return;
    // A part that is no test, or that failed outside of its tests, counts as one.
    if (this.#failed === 0) {
      this.#failed = 1;
      this.#failures.push(title);
    }
    throw new PartFailed(title);
  }

  /** Runs one program as a part: good where it exits with 0. */
  program(title, program, ...argv) {
    return this.part(title, async () => (await run(program, argv)) === 0);
  }

  /**
   * Runs tests with Vitest and adds their counts; a run without a readable report is one failure.
   * @param {string} project of vitest.config.ts
   * @param {{ files?: string[], env?: Record<string, string> }} [options] files: paths or parts of them; default all
   * @returns {Promise<boolean>} whether none failed
   */
  async vitest(project, { files = [], env = {} } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'raftyard-test-'));
    const output = join(folder, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
    const argv = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters, ...files];
    try {
      const code = await run(process.execPath, argv, { env: { ...process.env, ...env } });
      const failed = this.#count(output);
      // Without a failed test it is, for example, an error outside of any test.
      this.#failed += failed === 0 && code !== 0 ? 1 : failed;
      return failed === 0 && code === 0;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Reads Vitest's report. @returns the number of failures in it */
  #count(output) {
    let result;
    try {
      result = JSON.parse(readFileSync(output, 'utf8'));
    } catch {
      return 1;
    }
    this.#passed += result.numPassedTests;
    // A file that cannot be loaded, or whose preparation fails, fails without a test of its own.
    const broken = result.testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
    );
    for (const file of result.testResults) {
      if (broken.includes(file))
        this.#failures.push(entry(file.name, 'cannot be run, or its preparation failed', file.message));
      for (const test of file.assertionResults) {
        const [message] = test.failureMessages ?? [];
        if (test.status === 'failed') this.#failures.push(entry(file.name, test.fullName, message));
        else if (test.status === 'passed' && message !== undefined)
          this.#secondTries.push(entry(file.name, test.fullName, message));
      }
    }
    return result.numFailedTests + broken.length;
  }

  /**
   * Runs the parts in `work` until one fails, then prints the account. The last line is `N passed, N failed`.
   * With RAFTYARD_TEST_TIMES a line of JSON is added to that file.
   * @returns {Promise<number>} exit code
   */
  async run(name, work) {
    const started = Date.now();
    try {
      await work();
    } catch (error) {
      if (!(error instanceof PartFailed)) throw error;
    }
    if (this.#failures.length > 0) {
      heading('What failed');
      for (const failure of this.#failures) console.log(failure);
    }
    const took = Date.now() - started;
    heading(`Summary of ${name}`);
    for (const part of [...this.#parts, { title: 'All', good: this.#failed === 0, took }])
      console.log(`${part.good ? 'good  ' : 'FAILED'}  ${part.title.padEnd(28)} ${seconds(part.took)}`);
    if (this.#secondTries.length > 0) {
      heading('What passed only at the second try');
      for (const test of this.#secondTries) console.log(test);
    }
    this.#keep(name, took);
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 ? 0 : 1;
  }

  #keep(name, took) {
    const file = process.env.RAFTYARD_TEST_TIMES;
    if (file === undefined || file === '') return;
    const line = {
      date: new Date().toISOString(),
      commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
      name,
      passed: this.#passed,
      failed: this.#failed,
      seconds: Math.round(took / 1000),
      parts: Object.fromEntries(this.#parts.map((part) => [part.title, Math.round(part.took / 1000)])),
      secondTries: this.#secondTries.map((test) => test.split('\n')[0]),
      failures: this.#failures.map((failure) => failure.split('\n')[0]),
    };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  }
}

function entry(file, test, message = '') {
  const all = stripVTControlCharacters(message).split('\n');
  const lines =
    all.length <= FIRST_LINES + LAST_LINES
      ? all
      : [...all.slice(0, FIRST_LINES), '…', ...all.slice(-LAST_LINES)];
  return `${relative(root, file)}: ${test}\n${lines.map((line) => `    ${line}`).join('\n')}`;
}
