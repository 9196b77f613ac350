/** What the documents claim is held to what is there: a test that is renamed or removed takes its claim with it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = resolve(fileURLToPath(new URL('../../..', import.meta.url)));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs', 'docs/decisions'].flatMap((path) =>
  path.endsWith('.md')
    ? [path]
    : readdirSync(join(root, path))
        .filter((name) => name.endsWith('.md'))
        .map((name) => `${path}/${name}`),
);

describe('docs/security.md', () => {
  const claims = read('docs/security.md')
    .split('\n')
    .filter((line) => /^\| /.test(line) && !/^\| (Claim|---)/.test(line))
    .map((line) => line.split(' | '));

  it('names a test for every claim', () => {
    expect(claims.length).toBeGreaterThan(30);
    for (const [claim = '', shown = ''] of claims)
      expect(shown, claim).toMatch(/`tests\/[a-z0-9/-]+\.test\.ts`/);
  });
});

describe.each(documents)('%s', (document) => {
  const text = read(document);

  it('names no test, script or example that is not there', () => {
    const named = [...text.matchAll(/`((?:tests|scripts|assets|src|docs)\/[\w./-]+\.\w+)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('links to nothing that is not there', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, path = '']) => path,
    );
    expect(links.filter((path) => !existsSync(join(root, dirname(document), path)))).toEqual([]);
  });
});
