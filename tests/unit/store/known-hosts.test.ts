import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../../../src/main/store/atomic.js';
import {
  fingerprint,
  forgetHost,
  parseKnownHosts,
  readKnownHosts,
  trustKey,
} from '../../../src/main/store/known-hosts.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('raftyard-known-');
const key = join(folder, 'key');
execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
const [type = '', blob = ''] = readFileSync(`${key}.pub`, 'utf8').split(' ');

describe('known_hosts', () => {
  it('shows the fingerprint that ssh-keygen shows', () => {
    const shown = execFileSync('ssh-keygen', ['-lf', `${key}.pub`], { encoding: 'utf8' });
    expect(shown).toContain(fingerprint(Buffer.from(blob, 'base64')));
  });

  it('reads names that ssh-keygen has hashed', () => {
    const file = join(folder, 'hashed');
    writeFileSync(file, `example.org ${type} ${blob}\n[example.org]:2222 ${type} ${blob}\n`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file]);
    expect(readFileSync(file, 'utf8')).not.toContain('example.org');
    expect(readKnownHosts([file], 'example.org', 22)).toMatchObject([{ type, key: blob, from: `${file}:1` }]);
    expect(readKnownHosts([file], 'example.org', 2222)).toMatchObject([{ from: `${file}:2` }]);
    expect(readKnownHosts([file], 'other.org', 22)).toEqual([]);
  });

  it('knows wildcards, exclusions, revoked keys and certificate authorities', () => {
    const text = [
      `*.example.org,!bad.example.org ${type} ${blob}`,
      `@revoked * ${type} AAAA`,
      `@cert-authority * ${type} BBBB`,
      '# comment',
      'broken line',
    ].join('\n');
    expect(parseKnownHosts(text, 'a.example.org', 'f').map((entry) => [entry.key, entry.revoked])).toEqual([
      [blob, false],
      ['AAAA', true],
    ]);
    expect(parseKnownHosts(text, 'bad.example.org', 'f').map((entry) => entry.key)).toEqual(['AAAA']);
  });

  it('takes no meaning from pattern characters other than * and ?', () => {
    expect(parseKnownHosts(`a.b ${type} ${blob}`, 'aXb', 'f')).toEqual([]);
    expect(parseKnownHosts(`a?b ${type} ${blob}`, 'aXb', 'f')).toHaveLength(1);
  });

  it('records a key once, for its address and port', async () => {
    const file = join(folder, 'store', 'known_hosts');
    await trustKey(file, '192.0.2.1', 22, type, blob);
    await trustKey(file, '192.0.2.1', 22, type, blob);
    await trustKey(file, '192.0.2.1', 2200, type, blob);
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
    expect(readKnownHosts([file], '192.0.2.1', 2200)).toHaveLength(1);
  });

  it('forgets a host that is gone, and no other', async () => {
    const file = join(folder, 'forgetful');
    await trustKey(file, '127.0.0.1', 2201, type, 'T0xE');
    await trustKey(file, '127.0.0.1', 2201, type, blob);
    await trustKey(file, '127.0.0.1', 22011, type, blob);
    await forgetHost(file, '127.0.0.1', 2201, `${type} ${blob}`);
    expect(readKnownHosts([file], '127.0.0.1', 2201)).toMatchObject([{ key: blob }]);
    await forgetHost(file, '127.0.0.1', 2201);
    expect(readKnownHosts([file], '127.0.0.1', 2201)).toEqual([]);
    expect(readKnownHosts([file], '127.0.0.1', 22011)).toHaveLength(1);
    await forgetHost(join(folder, 'none'), '127.0.0.1', 2201);
  });
});

describe('writeFileAtomic', () => {
  it('leaves the old file and no temporary one when it cannot write', async () => {
    const target = join(folder, 'is-a-directory');
    await writeFileAtomic(join(target, 'inside'), 'x');
    await expect(writeFileAtomic(target, 'y')).rejects.toThrow();
    expect(readFileSync(join(target, 'inside'), 'utf8')).toBe('x');
    expect(execFileSync('ls', ['-A', folder], { encoding: 'utf8' })).not.toContain('.tmp');
  });
});
