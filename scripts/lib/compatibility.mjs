/** The table of docs/compatibility.md, and which of its stories a run has still to run. */

/** Every story: its test file in tests/compatibility, and what it does. `extra`: only where it is asked for by name. */
export const STORIES = [
  ['raise', 'Raise three servers, write a value, and hear the version from every agent'],
  ['again', 'Apply again: 0 changes, the same containers'],
  ['secure-at-once', 'Turn gossip encryption, TLS and ACLs on at once, while it lives'],
  ['secure-in-turn', 'Turn them on one after the other: gossip, TLS, ACLs'],
  ['secure-in-every-order', 'Turn them on in the five other orders', { extra: true }],
  ['rotate', 'Change the gossip key of a wholly secured cluster, without a restart'],
  ['renew', 'Renew all certificates of a wholly secured cluster, without a restart'],
  ['import', 'Import a cluster that the tutorial’s commands raised by hand, adopt it: 0 changes'],
  ['export', 'Run the exported start scripts by hand; import and adopt what they raise: 0 changes'],
  ['restart', 'Restart the engines, reboot all hosts, make every server anew: secured, data kept'],
  ['upgrade', 'Upgrade to a second Consul, data kept', { second: true }],
  ['destroy', 'Destroy a wholly secured cluster: the hosts are as they were'],
].map(([name, about, { extra = false, second = false } = {}]) => ({ name, about, extra, second }));

/** Releases that have a column although nothing was run on them. */
export const RELEASES = ['1.8', '1.10', '1.12', '1.15', '1.18', '1.20', '1.21', '1.22', '2.0', '2.1'];

const numbers = (version) => version.split(/[.-]/).map((part) => (/^\d+$/.test(part) ? Number(part) : 0));

function byVersion(a, b) {
  const [left, right] = [numbers(a), numbers(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? -1) - (right[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The name of a result: of a story, and of the second version where it has one. */
export const keyOf = (story, to) => (story.second ? `${story.name} to ${to}` : story.name);

/**
 * What a run has still to do: what did not pass on the same commit. An upgrade needs the second version.
 * @param results of one version: key → result
 * @param wanted names that were asked for; none: all but the extra ones
 */
export function storiesToRun(results, { commit, to, wanted = [] }) {
  const asked = (story) => (wanted.length === 0 ? !story.extra : wanted.includes(story.name));
  return STORIES.filter((story) => asked(story) && (!story.second || to !== undefined)).filter((story) => {
    const result = results[keyOf(story, to)];
    return result === undefined || result.commit !== commit || !result.passed;
  });
}

const day = (result) => result.date.slice(0, 10);

function cell(story, results) {
  const found = Object.entries(results).filter(
    ([key]) => key === story.name || key.startsWith(`${story.name} to `),
  );
  if (found.length === 0) return 'not run';
  return found
    .map(([key, result]) => {
      const to = key.slice(story.name.length);
      return `${result.passed ? 'passed' : '**failed**'}${to}, ${day(result)}`;
    })
    .join('<br>');
}

/**
 * The page.
 * @param {Record<string, Record<string, { passed: boolean, date: string, commit: string, took: number, failure?: string }>>} all
 *   version → key → result
 */
export function compatibilityPage(all) {
  const versions = Object.keys(all);
  const releaseOf = (version) => version.split('.').slice(0, 2).join('.');
  const columns = [
    ...versions,
    ...RELEASES.filter((release) => !versions.some((each) => releaseOf(each) === release)),
  ];
  columns.sort(byVersion);
  const row = (cells) => `| ${cells.join(' | ')} |`;
  const lines = [
    '# Compatibility',
    '',
    'Written by `npm run compatibility -- --consul FILE [--to FILE2]`, one version of Consul a call: each story runs on three',
    'practice hosts, by the command line, and its result is written when it ends. A full version as a column was run; a',
    'release without one was not.',
    '',
    row(['story', ...columns]),
    row(['---', ...columns.map(() => '---')]),
    ...STORIES.map((story) => row([story.name, ...columns.map((column) => cell(story, all[column] ?? {}))])),
    '',
    '## The stories',
    '',
    ...STORIES.map(({ name, about }) => `- **${name}**: ${about} (\`tests/compatibility/${name}.test.ts\`).`),
    '',
    '## What was run',
    '',
  ];
  if (versions.length === 0) lines.push('Nothing yet.', '');
  else {
    lines.push(row(['Consul', 'story', 'result', 'when', 'Raftyard’s commit', 'seconds']));
    lines.push(row(Array(6).fill('---')));
    for (const version of versions.toSorted(byVersion))
      for (const [key, result] of Object.entries(all[version])) {
        const said = result.passed ? 'passed' : `**failed**: ${result.failure ?? ''}`;
        lines.push(row([version, key, said, result.date, result.commit, String(result.took)]));
      }
    lines.push('');
  }
  return lines.join('\n');
}
