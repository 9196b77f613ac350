/** A cluster with encrypted gossip, made by hand in the window, on a system without a keyring. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { consulApi } from '../../src/main/consul/client.js';
import { Vault } from '../../src/main/store/secrets/vault.js';
import { afterEarlierTests } from '../integration/steps.js';
import { temporaryFolder } from '../temporary.js';
import { RunningApp } from './app.js';
import { MainPage } from './pages/main.js';
import { onHost, type RangeFile, rangeDocument, rangeFile, wipe } from './range.js';

const PASSPHRASE = 'a vault for the tests';
const KIT_PASSPHRASE = 'a kit for the tests';

let app: RunningApp;
let main: MainPage;
let page: Page;
let file: RangeFile;
const home = temporaryFolder('raftyard-e2e-secrets-');

const launch = async (): Promise<void> => {
  app = await RunningApp.launch({ home, args: [file.path] });
  page = app.page;
  main = new MainPage(page);
};

beforeEach(afterEarlierTests);
beforeAll(async () => {
  await wipe();
  file = rangeFile();
  await launch();
});
afterAll(async () => {
  await app?.close();
  file?.remove();
  await wipe();
});

async function typePassphrase(passphrase: string, isNew: boolean): Promise<void> {
  await page.getByTestId('passphrase-input').waitFor({ timeout: 60_000 });
  await page.getByTestId('passphrase-input').fill(passphrase);
  if (isNew) await page.getByTestId('passphrase-again').fill(passphrase);
  await page.getByTestId('passphrase-submit').click();
}

/** The keys that the first host's agent has. */
const keys = async (): Promise<string[]> =>
  await onHost(await rangeDocument(), 'docker01', async (connection) => [
    ...new Set((await consulApi(connection).keyring()).flatMap((pool) => Object.keys(pool.keys))),
  ]);

/** Everything that the app wrote, besides the vault itself. */
function writtenDown(): string {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'vault.json')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

/** Each step begins where the one before it ended. */
describe('keys of a cluster', () => {
  it('are asked a place for before anything is begun, and nothing is begun without', async () => {
    await page.getByTestId('secure-parts').click();
    await page.getByLabel('Encrypted gossip').check();
    await main.plan();
    await page.getByText('/opt/consul/.secret/agent/secret.json').first().waitFor();
    await page.getByTestId('apply-button').click();
    await page.getByTestId('passphrase-input').waitFor({ timeout: 30_000 });
    // Short, and different ones, do not do.
    await page.getByTestId('passphrase-input').fill('short');
    expect(await page.getByTestId('passphrase-submit').isDisabled()).toBe(true);
    await page.getByTestId('passphrase-input').fill(PASSPHRASE);
    await page.getByTestId('passphrase-again').fill(`${PASSPHRASE}!`);
    expect(await page.getByTestId('passphrase-submit').isDisabled()).toBe(true);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByTestId('passphrase-input').waitFor({ state: 'detached' });
    expect(readdirSync(home)).not.toContain('vault.json');
  });

  it('raise an encrypted cluster', async () => {
    await main.plan();
    const applied = main.apply();
    await typePassphrase(PASSPHRASE, true);
    expect(await applied).toBe('done');
    await onHost(await rangeDocument(), 'docker01', async (connection) =>
      expect((await consulApi(connection).self()).gossip).toEqual({
        encrypted: true,
        verifyOutgoing: true,
        verifyIncoming: true,
      }),
    );
    await main.show('Topology');
    await main.health.filter({ hasText: 'Healthy' }).waitFor({ timeout: 60_000 });
  });

  it('go into a recovery kit with a passphrase of its own', async () => {
    const kit = join(file.folder, 'kit.json');
    await app.answerSaveDialog(kit);
    await page.getByTestId('save-kit').click();
    await typePassphrase(KIT_PASSPHRASE, true);
    await page.getByText(/The recovery kit is in/).waitFor();
    const kept = await (await Vault.open(kit, KIT_PASSPHRASE)).read('');
    expect(Object.values(kept)).toEqual(await keys());
  });

  it('are changed without a restart', async () => {
    const [old] = await keys();
    await page.getByTestId('rotate-key').click();
    await page.getByTestId('plan-counts').waitFor({ timeout: 60_000 });
    expect(await main.apply()).toBe('done');
    const now = await keys();
    expect(now).toHaveLength(1);
    expect(now).not.toContain(old);
  });

  it('are there in the next run, behind their passphrase, and nowhere else', async () => {
    await app.menu('save');
    await expect.poll(() => readFileSync(file.path, 'utf8')).toContain('gossip: true');
    await app.close();
    await launch();
    const planned = main.plan();
    await typePassphrase('not this one', false);
    await page.getByText('That passphrase does not open it').waitFor();
    await typePassphrase(PASSPHRASE, false);
    await planned;
    expect(await page.getByTestId('plan-counts').textContent()).toMatch(/^0 changes/);
    const [key = 'none'] = await keys();
    const text = writtenDown() + readFileSync(file.path, 'utf8');
    expect(text.length).toBeGreaterThan(1000);
    for (const secret of [key, PASSPHRASE, KIT_PASSPHRASE]) expect(text).not.toContain(secret);
    expect(Object.values(await (await Vault.open(join(home, 'vault.json'), PASSPHRASE)).read(''))).toEqual([
      key,
    ]);
  });
});
