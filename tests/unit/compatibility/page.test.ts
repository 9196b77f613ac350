import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  compatibilityPage,
  RELEASES,
  type Results,
  STORIES,
  storiesToRun,
} from '../../../scripts/lib/compatibility.mjs';

const passed = { passed: true, date: '2026-11-30T10:00', commit: 'abc', took: 20 };
const failed = { ...passed, passed: false, failure: 'no leader' };

/** The cells of a story's row, by column. */
function cells(page: string, story: string): Record<string, string> {
  const rows = page.split('\n').map((line) => line.slice(2, -2).split(' | '));
  const [head = []] = rows.filter(([first]) => first === 'story');
  const [row = []] = rows.filter(([first]) => first === story);
  return Object.fromEntries(head.map((column, index) => [column, row[index] ?? '']));
}

describe('docs/compatibility.md', () => {
  it('is what its results say (npm run compatibility)', () => {
    const results = JSON.parse(readFileSync('docs/compatibility.json', 'utf8')) as Results;
    expect(readFileSync('docs/compatibility.md', 'utf8')).toBe(compatibilityPage(results));
  });

  it('has a row for every story there is', () => {
    const files = readdirSync('tests/compatibility').filter((name) => name.endsWith('.test.ts'));
    expect(STORIES.map(({ name }) => `${name}.test.ts`).toSorted()).toEqual(files.toSorted());
    expect(existsSync('tests/compatibility/raise.test.ts')).toBe(true);
  });

  it('says not run where nothing was run', () => {
    const page = compatibilityPage({});
    for (const { name } of STORIES)
      for (const release of RELEASES) expect(cells(page, name)[release]).toBe('not run');
    expect(page).toContain('Nothing yet.');
  });

  it('gives what was run its full version in place of the release, in the order of versions', () => {
    const page = compatibilityPage({
      '1.21.4': { raise: passed, rotate: failed, 'upgrade to 1.22.1': passed },
      '1.8.7': { raise: passed },
    });
    const row = cells(page, 'raise');
    expect(Object.keys(row)).toEqual([
      'story',
      '1.8.7',
      '1.10',
      '1.12',
      '1.15',
      '1.18',
      '1.20',
      '1.21.4',
      '1.22',
      '2.0',
      '2.1',
    ]);
    expect(row['1.21.4']).toBe('passed, 2026-11-30');
    expect(cells(page, 'rotate')['1.21.4']).toBe('**failed**, 2026-11-30');
    expect(cells(page, 'rotate')['1.8.7']).toBe('not run');
    expect(cells(page, 'upgrade')['1.21.4']).toBe('passed to 1.22.1, 2026-11-30');
    expect(page).toContain('| 1.21.4 | rotate | **failed**: no leader | 2026-11-30T10:00 | abc | 20 |');
  });
});

describe('a run that was cut off', () => {
  const names = (results: Record<string, typeof passed>, more = {}): string[] =>
    storiesToRun(results, { commit: 'abc', ...more }).map(({ name }) => name);

  it('goes on with what has not passed on this commit', () => {
    expect(names({})).toEqual(
      STORIES.filter(({ extra, second }) => !extra && !second).map(({ name }) => name),
    );
    const left = names({ raise: passed, again: failed, rotate: { ...passed, commit: 'old' } });
    expect(left).not.toContain('raise');
    expect(left).toEqual(expect.arrayContaining(['again', 'rotate', 'destroy']));
  });

  it('upgrades where a second version is given, and once to each', () => {
    expect(names({}, { to: '1.22.1' })).toContain('upgrade');
    expect(names({ 'upgrade to 1.22.1': passed }, { to: '1.22.1' })).not.toContain('upgrade');
    expect(names({ 'upgrade to 1.22.1': passed }, { to: '2.0.1' })).toContain('upgrade');
  });

  it('runs what is asked for by name, and nothing else', () => {
    expect(names({}, { wanted: ['secure-in-every-order', 'raise'] })).toEqual([
      'raise',
      'secure-in-every-order',
    ]);
  });
});
