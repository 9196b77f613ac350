/** A cluster with encrypted gossip on a system that has a keyring: its key is kept there, and nothing is asked for. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { consulApi } from '../../src/main/consul/client.js';
import { afterEarlierTests } from '../integration/steps.js';
import { temporaryFolder } from '../temporary.js';
import { RunningApp } from './app.js';
import { type Keyring, keyring } from './keyring.js';
import { MainPage } from './pages/main.js';
import { onHost, type RangeFile, rangeDocument, rangeFile, wipe } from './range.js';

let ring: Keyring;
let app: RunningApp;
let main: MainPage;
let file: RangeFile;
const home = temporaryFolder('raftyard-e2e-keyring-');

async function launch(env: Readonly<Record<string, string>>): Promise<void> {
  app = await RunningApp.launch({ home, args: [file.path], env });
  main = new MainPage(app.page);
}

beforeEach(afterEarlierTests);
beforeAll(async () => {
  await wipe();
  file = rangeFile();
  ring = await keyring();
  await launch(ring.env);
});
afterAll(async () => {
  await app?.close();
  await ring?.close();
  file?.remove();
  await wipe();
});

/** Each step begins where the one before it ended. */
describe('a system with a keyring', () => {
  it('is recognised as one', async () => {
    const backend = await app.electron.evaluate(({ safeStorage }) => [
      safeStorage.isEncryptionAvailable(),
      safeStorage.getSelectedStorageBackend(),
    ]);
    expect(backend).toEqual([true, 'gnome_libsecret']);
  });

  it('keeps the key of a cluster without a question, encrypted', async () => {
    await app.page.getByTestId('secure-parts').click();
    await app.page.getByLabel('Encrypted gossip').check();
    await main.plan();
    expect(await main.apply()).toBe('done');
    const keys = await onHost(await rangeDocument(), 'docker01', async (connection) =>
      (await consulApi(connection).keyring()).flatMap((pool) => Object.keys(pool.keys)),
    );
    expect(keys.length).toBeGreaterThan(0);
    expect(existsSync(join(home, 'vault.json'))).toBe(false);
    expect(existsSync(join(home, 'app', 'cluster-secrets.json'))).toBe(true);
    const text = readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
    for (const key of keys) expect(text).not.toContain(key);
  });

  it('has it in the next run; without the keyring the app says that it has none, and makes no other', async () => {
    await app.menu('save');
    await expect.poll(() => readFileSync(file.path, 'utf8')).toContain('gossip: true');
    await app.close();
    await launch(ring.env);
    await main.plan();
    expect(await app.page.getByTestId('plan-counts').textContent()).toMatch(/^0 changes/);
    await app.close();
    await launch({});
    await main.plan();
    await app.page.getByText('and the store on this computer has not').first().waitFor();
    expect(await app.page.getByTestId('apply-button').count()).toBe(0);
    expect(existsSync(join(home, 'vault.json'))).toBe(false);
  });
});
