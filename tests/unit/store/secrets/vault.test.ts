import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { LEAST_PASSPHRASE, passphraseProblem, Vault } from '../../../../src/main/store/secrets/vault.js';
import { temporaryFolder } from '../../../temporary.js';

const folder = temporaryFolder('raftyard-vault-');
const PASSPHRASE = 'correct horse battery staple';
const CONTENT = { 'cluster/a/gossip-key': 'the-first-key', 'cluster/b/gossip-key': 'the-second-key' };

let made = 0;
const path = (): string => join(folder, `vault-${++made}.json`);
const read = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

describe('a vault', () => {
  let file: string;
  beforeAll(async () => {
    file = path();
    await Vault.create(file, PASSPHRASE, CONTENT);
  });

  it('gives back what was put in, and to its owner alone', async () => {
    const vault = await Vault.open(file, PASSPHRASE);
    expect(await vault.read('cluster/a/')).toEqual({ 'cluster/a/gossip-key': 'the-first-key' });
    expect(await vault.read('')).toEqual(CONTENT);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    for (const word of ['gossip', 'cluster', 'the-first-key', PASSPHRASE]) expect(text).not.toContain(word);
  });

  it('does not open with another passphrase, and says so in words', async () => {
    for (const wrong of ['', 'correct horse battery stapl', `${PASSPHRASE} `])
      await expect(Vault.open(file, wrong)).rejects.toMatchObject({
        code: 'secrets-needed',
        message: `${file} does not open with this passphrase`,
      });
  });

  it('opens however an accented letter is typed', async () => {
    const other = path();
    await Vault.create(other, 'Caf\u00e9 Caf\u00e9 Caf\u00e9', { a: '1' });
    expect(await (await Vault.open(other, 'Cafe\u0301 Cafe\u0301 Cafe\u0301')).read('')).toEqual({ a: '1' });
  });

  it('notices a change of any of its parts', async () => {
    const flipped = (text: string): string =>
      text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`;
    for (const part of ['nonce', 'tag', 'data'] as const) {
      const other = path();
      const value = read(file);
      writeFileSync(other, JSON.stringify({ ...value, [part]: flipped(String(value[part])) }));
      await expect(Vault.open(other, PASSPHRASE), part).rejects.toMatchObject({ code: 'secrets-needed' });
    }
    const kdf = read(file)['kdf'] as Record<string, unknown>;
    for (const change of [{ N: 2 ** 15 }, { p: 2 }, { salt: flipped(String(kdf['salt'])) }]) {
      const other = path();
      writeFileSync(other, JSON.stringify({ ...read(file), kdf: { ...kdf, ...change } }));
      await expect(Vault.open(other, PASSPHRASE)).rejects.toMatchObject({ code: 'secrets-needed' });
    }
  });

  it('refuses what is none, or asks for all memory, before it works on it', async () => {
    const kdf = read(file)['kdf'] as Record<string, unknown>;
    const bad = [
      '',
      'null',
      '[]',
      '{"raftyardVault": 2}',
      JSON.stringify({ ...read(file), kdf: { ...kdf, N: 2 ** 31 } }),
      JSON.stringify({ ...read(file), kdf: { ...kdf, N: 1024 } }),
      JSON.stringify({ ...read(file), kdf: { ...kdf, r: 1e6 } }),
      JSON.stringify({ ...read(file), data: '***' }),
      'x'.repeat(5 * 1024 * 1024),
    ];
    for (const text of bad) {
      const other = path();
      writeFileSync(other, text);
      await expect(Vault.open(other, PASSPHRASE)).rejects.toMatchObject({ code: 'io' });
    }
    await expect(Vault.open(join(folder, 'absent.json'), PASSPHRASE)).rejects.toMatchObject({ code: 'io' });
  });

  it('changes several secrets at once, and keeps what another process wrote', async () => {
    const other = path();
    const one = await Vault.create(other, PASSPHRASE, CONTENT);
    const two = await Vault.open(other, PASSPHRASE);
    await two.write({ 'cluster/c/gossip-key': 'k3' });
    await one.write({ 'cluster/a/gossip-key': null, 'cluster/b/gossip-key': 'new' });
    expect(await two.read('')).toEqual({ 'cluster/b/gossip-key': 'new', 'cluster/c/gossip-key': 'k3' });
    const nonces = [read(file)['nonce'], read(other)['nonce']];
    await one.write({});
    expect(nonces).not.toContain(read(other)['nonce']);
  });

  it('is never made over another, nor under a passphrase that is soon guessed', async () => {
    await expect(Vault.create(file, PASSPHRASE)).rejects.toMatchObject({ code: 'io' });
    expect(await (await Vault.open(file, PASSPHRASE)).read('')).toEqual(CONTENT);
    await expect(Vault.create(path(), 'x'.repeat(LEAST_PASSPHRASE - 1))).rejects.toMatchObject({
      code: 'usage',
    });
    expect(passphraseProblem('x'.repeat(LEAST_PASSPHRASE))).toBeNull();
    // Ten of them, and each a character, whatever its bytes.
    expect(passphraseProblem('密码密码密码密码密码')).toBeNull();
  });
});
