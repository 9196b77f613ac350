import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../../../src/main/store/atomic.js';
import { clusterIdOf, originalOf } from '../../../src/main/store/copies.js';
import { DraftStore, LayoutStore } from '../../../src/main/store/drafts.js';
import { RecentStore } from '../../../src/main/store/recent.js';
import { SettingsStore } from '../../../src/main/store/settings.js';
import { readTopologyFile, writeTopologyFile } from '../../../src/main/store/topology-file.js';
import { temporaryFolder } from '../../temporary.js';
import { GOOD } from '../topology/documents.js';

const folder = (): string => temporaryFolder('store-');

describe('a file that is written', () => {
  it('is there whole or as it was, and nothing lies beside it', async () => {
    const home = folder();
    const path = join(home, 'deep', 'a.txt');
    await writeFileAtomic(path, 'first');
    mkdirSync(join(home, 'deep', 'taken'));
    // A directory of that name: the rename fails after everything was written.
    await expect(writeFileAtomic(join(home, 'deep', 'taken'), 'second')).rejects.toThrow();
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(readdirSync(join(home, 'deep')).sort()).toEqual(['a.txt', 'taken']);
  });

  it('at once by two ends as one of both', async () => {
    const path = join(folder(), 'a.txt');
    const texts = Array.from({ length: 20 }, (_, n) => `${n}`.repeat(20_000));
    await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
    expect(texts).toContain(readFileSync(path, 'utf8'));
  });
});

describe('a topology file', () => {
  it('keeps its permissions when it is saved; a new one can be read by others', async () => {
    const path = join(folder(), 'a.raftyard');
    await writeTopologyFile(path, GOOD);
    expect(statSync(path).mode & 0o777).toBe(0o644);
    chmodSync(path, 0o600);
    await writeTopologyFile(path, `${GOOD}# more\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await readTopologyFile(path)).toBe(`${GOOD}# more\n`);
  });

  it('that is none is refused, with what is wrong', async () => {
    const home = folder();
    const at = (name: string): string => join(home, name);
    writeFileSync(at('notes.txt'), GOOD);
    writeFileSync(at('large.yaml'), Buffer.alloc(5_000_000, 'x'));
    writeFileSync(at('huge.yaml'), '');
    truncateSync(at('huge.yaml'), 100_000_000);
    writeFileSync(at('wide.yaml'), Buffer.from(`\ufeff${GOOD}`, 'utf16le'));
    writeFileSync(at('latin.yaml'), Buffer.from([0x6e, 0xe4, 0x6d, 0x65]));
    mkdirSync(at('folder.yaml'));
    execFileSync('mkfifo', [at('pipe.yaml')]);
    const refused = async (name: string): Promise<string> =>
      await readTopologyFile(at(name)).then(
        () => 'read',
        (error: Error) => error.message.slice(home.length + 1),
      );
    expect(await refused('notes.txt')).toBe('notes.txt is not named .raftyard, .yaml or .yml');
    expect(await refused('large.yaml')).toBe('large.yaml is too large to be a topology');
    expect(await refused('huge.yaml')).toBe('huge.yaml is too large to be a topology');
    expect(await refused('wide.yaml')).toBe('wide.yaml is no UTF-8 text');
    expect(await refused('latin.yaml')).toBe('latin.yaml is no UTF-8 text');
    expect(await refused('folder.yaml')).toBe('folder.yaml cannot be read: it is a directory');
    expect(await refused('pipe.yaml')).toBe('pipe.yaml cannot be read: it is not a file');
    expect(await refused('missing.yaml')).toMatch(/^missing.yaml cannot be read: /);
  });
});

describe('copies', () => {
  it('are known by the cluster’s id, whatever else is different', async () => {
    const home = folder();
    const [one, two, other] = ['one.raftyard', 'two.yaml', 'other.raftyard'].map((name) => join(home, name));
    if (one === undefined || two === undefined || other === undefined) throw new Error('three paths');
    const id = clusterIdOf(GOOD) ?? '';
    writeFileSync(one, GOOD);
    writeFileSync(two, GOOD.replace(id, id.toUpperCase()).replace('name: good', 'name: y'));
    writeFileSync(other, GOOD.replace(id, '99999999-93f4-4e0b-8a7c-d1e2f3a4b5c6'));
    const all = [other, join(home, 'gone.raftyard'), one];
    expect(await originalOf(two, readFileSync(two, 'utf8'), all)).toBe(one);
    expect(await originalOf(one, GOOD, all)).toBeNull();
    expect(await originalOf(two, 'not a document', all)).toBeNull();
  });
});

describe('settings', () => {
  it('are kept, one change at a time', async () => {
    const home = folder();
    const store = new SettingsStore(home);
    expect(store.current).toEqual({ theme: 'system', language: 'system', lookForUpdates: true });
    await store.change({ theme: 'dark' });
    await store.change({ language: 'zh', theme: undefined });
    expect(new SettingsStore(home).current).toEqual({ theme: 'dark', language: 'zh', lookForUpdates: true });
  });

  it('that are broken are put aside, and unknown values are the default', () => {
    const home = folder();
    writeFileSync(join(home, 'settings.json'), '{"theme":"purple","language":"zh","later":1}');
    expect(new SettingsStore(home).current).toMatchObject({ theme: 'system', language: 'zh' });
    writeFileSync(join(home, 'settings.json'), '{"theme":');
    expect(new SettingsStore(home).current.theme).toBe('system');
    expect(readFileSync(join(home, 'settings.json.broken'), 'utf8')).toBe('{"theme":');
  });
});

describe('recent files', () => {
  it('are the last twenty, newest first, each once', async () => {
    const home = folder();
    const store = new RecentStore(home);
    for (let n = 0; n < 25; n += 1) await store.add(`/a/${n}.raftyard`);
    await store.add('/a/20.raftyard');
    const paths = new RecentStore(home).files.map(({ path }) => path);
    expect(paths).toHaveLength(20);
    expect(paths.slice(0, 3)).toEqual(['/a/20.raftyard', '/a/24.raftyard', '/a/23.raftyard']);
    expect(await store.forget('/a/20.raftyard')).toHaveLength(19);
    expect(await store.forget()).toEqual([]);
  });
});

describe('drafts', () => {
  const draft = { path: '/a/x.raftyard', text: GOOD, layout: { 'dc:dc1': { x: 1, y: 2 } } };

  it('are there after the app is gone, with where cards lay', async () => {
    const home = folder();
    await new DraftStore(home).write('one', draft);
    const after = new DraftStore(home);
    expect(after.list()).toMatchObject([{ key: 'one', name: 'good', path: '/a/x.raftyard' }]);
    expect(after.take('one')).toEqual({ ...draft, recovered: true });
    await after.discard('one');
    expect(after.list()).toEqual([]);
    expect(after.take('one')).toBeNull();
  });

  it('have names that lead nowhere else', async () => {
    const store = new DraftStore(folder());
    for (const key of ['../x', 'a/b', '', '.', 'x'.repeat(65), 'a\u0000'])
      await expect(store.write(key, draft)).rejects.toThrow('no name of a draft');
  });

  it('that are broken are not offered, and kept aside', async () => {
    const home = folder();
    const store = new DraftStore(home);
    await store.write('good', draft);
    writeFileSync(join(home, 'drafts', 'bad.json'), '{"text":1}');
    writeFileSync(join(home, 'drafts', 'notes.txt'), 'x');
    expect(store.list().map(({ key }) => key)).toEqual(['good']);
    expect(readdirSync(join(home, 'drafts'))).toContain('bad.json.broken');
  });

  it('and layouts are read by their owner alone', async () => {
    const home = folder();
    await new DraftStore(home).write('one', draft);
    const layouts = new LayoutStore(home);
    await layouts.write(GOOD, draft.layout);
    expect(layouts.read(GOOD.replace('name: good', 'name: moved'))).toEqual(draft.layout);
    expect(layouts.read('no id')).toEqual({});
    const files = ['drafts/one.json', ...readdirSync(join(home, 'layouts')).map((name) => `layouts/${name}`)];
    expect(files).toHaveLength(2);
    for (const file of files) expect(statSync(join(home, file)).mode & 0o777).toBe(0o600);
  });
});
