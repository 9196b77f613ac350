import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  evaluate,
  expandTokens,
  readBlocks,
  readSshConfig,
} from '../../../../src/main/store/ssh-config/index.js';
import { temporaryFolder } from '../../../temporary.js';

const folder = temporaryFolder('ssh-config-');
let count = 0;

function written(text: string): string {
  const path = join(folder, `config-${count++}`);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/** What OpenSSH itself makes of it: the authority on its own format. */
function openssh(path: string, name: string): Map<string, string[]> {
  const out = execFileSync('ssh', ['-G', '-F', path, name], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const values = new Map<string, string[]>();
  for (const line of out.split('\n')) {
    const at = line.indexOf(' ');
    if (at < 0) continue;
    const key = line.slice(0, at);
    values.set(key, [...(values.get(key) ?? []), line.slice(at + 1)]);
  }
  return values;
}

const INCLUDED = join(folder, 'more.conf');
writeFileSync(INCLUDED, 'User inner\nHost db*\n  Port 2200\n', { mode: 0o600 });
mkdirSync(join(folder, 'parts'));
writeFileSync(join(folder, 'parts', '10-a.conf'), 'Host web1\n  Port 1010\n', { mode: 0o600 });
writeFileSync(join(folder, 'parts', '20-b.conf'), 'Host web1\n  Port 2020\n  User late\n', { mode: 0o600 });

const FILES: readonly (readonly [title: string, text: string])[] = [
  ['plain', 'Host web1 web2\n  HostName 10.0.0.1\n  User ops\n  Port 2222\n  IdentityFile ~/.ssh/web\n'],
  ['wildcards and negation', 'Host * !db1\n  User all\nHost db?\n  User db\n'],
  ['the first value', 'Port 1\nHost web1\n  Port 2\n  User a\nHost *\n  User b\n'],
  ['several keys', 'Host web1\n  IdentityFile /k/one\nHost *\n  IdentityFile /k/two\n'],
  ['tokens in HostName', 'Host web*\n  HostName %h.example.org\n'],
  [
    'a chain of jumps',
    'Host web1\n  ProxyJump a@gate:2222,inner\nHost db1\n  ProxyJump none\nHost *\n  ProxyJump gate\n',
  ],
  ['Match host, after HostName', 'Host web1\n  HostName 10.0.0.1\nMatch host 10.0.0.*\n  User net\n'],
  ['Match originalhost', 'Host web1\n  HostName 10.0.0.1\nMatch originalhost web1,web2\n  User first\n'],
  ['Match user', 'Host web1\n  User ops\nMatch user ops\n  Port 77\n'],
  ['Match negated', 'Match !host web1\n  User others\nMatch all\n  Port 99\n'],
  ['Match localuser', `Match localuser ${userInfo().username}\n  User me\n`],
  ['Match final', 'Match final\n  User later\nHost *\n  User now\n'],
  ['Include', `Include ${INCLUDED}\nHost *\n  User outer\n  Port 5\n`],
  ['Include within a Host', `Host web1\n  Include ${INCLUDED}\n  User own\nHost *\n  User rest\n`],
  ['Include with a wildcard', `Include ${folder}/parts/*.conf\n`],
  ['IdentitiesOnly and agent', 'Host web1\n  IdentitiesOnly yes\n  IdentityAgent ~/.agent.sock\n'],
  ['equals signs and quotes', 'Host=web1\n  User = "ops"\n  Port=2022\n'],
];

describe('a configuration, beside OpenSSH itself', () => {
  for (const [title, text] of FILES)
    for (const name of ['web1', 'db1'])
      it(`${title}, for ${name}`, () => {
        const path = written(text);
        const found = evaluate(readBlocks([path]).blocks, name);
        const theirs = openssh(path, name);
        expect(found.address).toBe(theirs.get('hostname')?.[0]);
        expect(found.user ?? userInfo().username).toBe(theirs.get('user')?.[0]);
        expect(found.port ?? 22).toBe(Number(theirs.get('port')?.[0]));
        expect(found.identitiesOnly ? 'yes' : 'no').toBe(theirs.get('identitiesonly')?.[0]);
        expect(found.jump.join(',')).toBe(theirs.get('proxyjump')?.[0] ?? '');
        const home = (value: string): string => value.replace(/^~(?=\/)/, homedir());
        if (found.identities.length > 0)
          expect(found.identities.map(home)).toEqual(theirs.get('identityfile')?.map(home));
        if (found.agent !== undefined)
          expect(home(found.agent)).toBe(home(theirs.get('identityagent')?.[0] ?? ''));
      });
});

describe('what is not followed', () => {
  it('is said: commands are not run', () => {
    const marker = join(folder, 'ran');
    const path = written(
      `Match exec "touch ${marker}"\n  User odd\nHost web1\n  HostKeyAlias gate\n  ProxyCommand touch ${marker}\n`,
    );
    const { blocks, notes } = readBlocks([path]);
    expect(notes.join('\n')).toMatch(/Match exec is left out/);
    expect(notes.join('\n')).toMatch(/ProxyCommand is left out/);
    expect(notes).toContain('HostKeyAlias is left out: Raftyard does not follow it');
    const found = evaluate(blocks, 'web1');
    expect([found.user, found.proxyCommand]).toEqual([undefined, true]);
    expect(() => execFileSync('test', ['-e', marker])).toThrow();
  });

  it('is nothing where a file is missing, a folder, or includes itself', () => {
    expect(readBlocks([join(folder, 'missing'), folder]).blocks.flatMap((b) => [...b.fields])).toEqual([]);
    const path = join(folder, 'self');
    writeFileSync(path, `Include ${path}\nHost web1\n  User ops\n`);
    const { blocks, notes } = readBlocks([path]);
    expect(notes.join()).toContain('Include goes too deep');
    expect(evaluate(blocks, 'web1').user).toBe('ops');
  });
});

describe('names to choose from', () => {
  it('are those without wildcards, each with what holds for it', () => {
    const path = written('Host gate web*\n  Port 2\nHost web1\n  HostName 10.0.0.1\nHost *\n  User ops\n');
    expect(readSshConfig(path).hosts).toEqual([
      { alias: 'gate', address: 'gate', user: 'ops', port: 2 },
      { alias: 'web1', address: '10.0.0.1', user: 'ops', port: 2 },
    ]);
  });

  it('are quick to read when there are 1,500', () => {
    const many = Array.from({ length: 1500 }, (_, i) => `Host h${i}\n  HostName 10.0.${i >> 8}.${i & 255}\n`);
    const begun = performance.now();
    const { hosts } = readSshConfig(written(`${many.join('')}Host *\n  User ops\n`));
    expect(hosts).toHaveLength(1500);
    expect(hosts[1499]).toEqual({ alias: 'h1499', address: '10.0.5.219', user: 'ops' });
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});

it('tokens of paths are replaced as ssh does', () => {
  const host = { name: 'web1', address: '10.0.0.1', user: 'ops', port: 2222 };
  expect(expandTokens('~/.ssh/%r@%h_%p-%n-%%', host)).toBe(`${homedir()}/.ssh/ops@10.0.0.1_2222-web1-%`);
  const env = { KEYS: '/keys' };
  const other = ['${', 'OTHER}'].join('');
  expect(expandTokens([`${'$'}{KEYS}`, '%u', other].join('/'), host, env)).toBe(
    `/keys/${userInfo().username}/${other}`,
  );
});
