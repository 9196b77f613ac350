import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Encryption, KeyringStore } from '../../../../src/main/store/secrets/keyring.js';
import { temporaryFolder } from '../../../temporary.js';

const folder = temporaryFolder('raftyard-keyring-');

/** A keyring with one key; what another one encrypted does not open. */
function keyring(key: string): Encryption {
  const mark = createHash('sha256').update(key).digest();
  return {
    encryptString: (text) => Buffer.concat([mark, Buffer.from(text).map((byte) => byte ^ 0x5a)]),
    decryptString: (data) => {
      if (!data.subarray(0, 32).equals(mark)) throw new Error('locked');
      return Buffer.from(data.subarray(32).map((byte) => byte ^ 0x5a)).toString();
    },
  };
}

describe('secrets in the keyring', () => {
  const path = join(folder, 'cluster-secrets.json');

  it('are there in the next run, encrypted in a file of the owner’s own', async () => {
    await new KeyringStore(path, keyring('one')).write({ 'cluster/a/gossip-key': 'hunter2', other: 'x' });
    const next = new KeyringStore(path, keyring('one'));
    expect(await next.read('cluster/')).toEqual({ 'cluster/a/gossip-key': 'hunter2' });
    expect(readFileSync(path, 'utf8')).not.toContain('hunter2');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await next.write({ other: null });
    expect(await next.read('')).toEqual({ 'cluster/a/gossip-key': 'hunter2' });
  });

  it('are not dropped when the keyring does not open them today', async () => {
    const locked = new KeyringStore(path, keyring('two'));
    await expect(locked.read('cluster/')).rejects.toMatchObject({ code: 'secrets-needed' });
    expect(await new KeyringStore(path, keyring('one')).read('cluster/')).toEqual({
      'cluster/a/gossip-key': 'hunter2',
    });
  });

  it('are told to be lost when they cannot be written', async () => {
    const nowhere = new KeyringStore(join(path, 'below-a-file', 'secrets.json'), keyring('one'));
    await expect(nowhere.write({ a: 'b' })).rejects.toMatchObject({ code: 'io' });
  });
});
