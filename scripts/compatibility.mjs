#!/usr/bin/env node
/**
 * npm run compatibility -- --consul FILE [--to FILE2]: the stories of tests/compatibility on one version of Consul (without
 * FILE the range's own), each result written to docs/compatibility.json and docs/compatibility.md when its story ends. A call
 * that was cut off goes on with what has not passed on this commit. `--story NAME…` runs these only, `--again` also those that
 * passed, `--out FOLDER` writes elsewhere. Any failure gives exit code 1.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { compatibilityPage, keyOf, STORIES, storiesToRun } from './lib/compatibility.mjs';
import { asVariable, filesOf } from './lib/consul-files.mjs';
import { heading, main, root, run, Stop } from './lib/run.mjs';
import { setUp } from './lib/setup.mjs';

const argv = process.argv.slice(2);
const name = process.env.RAFTYARD_TEST_RANGE ?? 'compatibility';

function words(option) {
  const at = argv.indexOf(option);
  if (at < 0) return [];
  const rest = argv.slice(at + 1);
  const end = rest.findIndex((each) => each.startsWith('--'));
  return end < 0 ? rest : rest.slice(0, end);
}

/** The commit that is run, marked where files of it were changed. */
function commitNow() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  try {
    const ours = ['status', '--porcelain', '--', '.', ':!docs/compatibility.*'];
    return `${git('rev-parse', '--short', 'HEAD')}${git(...ours) === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown';
  }
}

/** Hosts with the given Consul. @returns the names of their images */
async function raised(files) {
  const { rangeUp } = await import('../dist/main/range/index.js');
  const onProgress = ({ title, detail }) => console.log(detail === undefined ? title : `${title}: ${detail}`);
  try {
    return (await rangeUp({ name, hosts: 3, consul: files, onProgress })).images;
  } catch (error) {
    if (error.name !== 'RaftyardError') throw error;
    throw new Stop([error.message, error.hint].filter(Boolean).join('\n'));
  }
}

/** The version that a range's image is named by. */
async function versionOf(image) {
  const { parseReference } = await import('../dist/shared/consul/index.js');
  const { tag } = parseReference(image);
  if (tag === undefined || !/^\d+\.\d+\.\d+/.test(tag))
    throw new Stop(`${image} is not named by its full version: tag it so, and save it again.`);
  return tag;
}

/** One story. @returns whether it passed, and why not */
async function told(story, env) {
  const folder = mkdtempSync(join(tmpdir(), 'raftyard-compatibility-'));
  const output = join(folder, 'report.json');
  const file = `tests/compatibility/${story.name}.test.ts`;
  const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  try {
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'compatibility', ...options, file];
    const code = await run(process.execPath, vitest, { env });
    if (code === 130) throw new Stop('Cancelled.');
    const report = existsSync(output) ? JSON.parse(readFileSync(output, 'utf8')) : { testResults: [] };
    const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
    const good = tests.filter(({ status }) => status === 'passed');
    if (code === 0 && good.length > 0 && good.length === tests.length) return { passed: true };
    const said = [
      ...tests.flatMap(({ failureMessages }) => failureMessages),
      ...report.testResults.map(({ message }) => message),
    ].find((text) => text !== undefined && text !== '');
    return { passed: false, failure: oneLine(said ?? `no test came to its end (exit code ${code})`) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first words of a failure, fit for a cell of a table. */
const oneLine = (text) =>
  stripVTControlCharacters(text)
    .split('\n    at ')[0]
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .slice(0, 300);

function write(folder, all) {
  mkdirSync(folder, { recursive: true });
  const files = [
    ['compatibility.json', `${JSON.stringify(all, null, 2)}\n`],
    ['compatibility.md', compatibilityPage(all)],
  ];
  for (const [file, text] of files) {
    writeFileSync(join(folder, `${file}.part`), text);
    renameSync(join(folder, `${file}.part`), join(folder, file));
  }
}

await main(async () => {
  const consul = filesOf(argv, '--consul') ?? [];
  const second = filesOf(argv, '--to') ?? [];
  const wanted = words('--story');
  const unknown = wanted.find((each) => !STORIES.some((story) => story.name === each));
  if (unknown !== undefined)
    throw new Stop(
      `There is no story ${unknown}; there are: ${STORIES.map((story) => story.name).join(', ')}`,
    );
  if (consul.length > 1 || second.length > 1) throw new Stop('One version a call: one file each.');
  if (second.length > 0 && consul.length === 0)
    throw new Stop('--to needs --consul: without it the hosts have their own Consul first.');
  const folder = resolve(words('--out')[0] ?? join(root, 'docs'));

  heading('Set-up');
  await setUp();
  const { rangeDown } = await import('../dist/main/range/index.js');
  try {
    const files = [...consul, ...second];
    const images = await raised(files);
    const version = await versionOf(images[0]);
    const to = second.length === 0 ? undefined : await versionOf(images[1]);
    const commit = commitNow();
    const stored = join(folder, 'compatibility.json');
    const read = () => (existsSync(stored) ? JSON.parse(readFileSync(stored, 'utf8')) : {});
    const before = argv.includes('--again') ? {} : (read()[version] ?? {});
    const stories = storiesToRun(before, { commit, to, wanted });
    console.log(
      `Consul ${version}: ${stories.map((story) => keyOf(story, to)).join(', ') || 'nothing left to run'}`,
    );
    const env = {
      ...process.env,
      RAFTYARD_TEST_RANGE: name,
      RAFTYARD_KEEP_RANGE: '1',
      RAFTYARD_TEST_CONSUL: asVariable(files),
    };
    const failed = [];
    for (const story of stories) {
      const key = keyOf(story, to);
      heading(`Consul ${version}: ${key}`);
      const started = Date.now();
      const result = await told(story, env);
      const took = Math.round((Date.now() - started) / 1000);
      // Read again: a run on another version may have written meanwhile.
      const all = read();
      const row = { ...result, date: new Date(started).toISOString().slice(0, 16), commit, took };
      write(folder, { ...all, [version]: { ...all[version], [key]: row } });
      if (!result.passed) failed.push(key);
    }
    for (const each of failed) console.log(`failed: ${each}`);
    console.log(
      `${stories.length - failed.length} passed, ${failed.length} failed; see ${join(folder, 'compatibility.md')}`,
    );
    return failed.length === 0 ? 0 : 1;
  } finally {
    if (process.env.RAFTYARD_KEEP_RANGE !== '1') await rangeDown(name);
  }
});
