/** A cluster with everything secured by one switch: raised, watched, and its own UI read-only without the token in its reach. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeCa } from '../../src/main/cluster/ca.js';
import { Vault } from '../../src/main/store/secrets/vault.js';
import { afterEarlierTests } from '../integration/steps.js';
import { temporaryFolder } from '../temporary.js';
import { RunningApp } from './app.js';
import { MainPage } from './pages/main.js';
import { type RangeFile, rangeFile, wipe } from './range.js';

const PASSPHRASE = 'a vault for the tests';

let app: RunningApp;
let main: MainPage;
let page: Page;
let file: RangeFile;
const home = temporaryFolder('raftyard-e2e-secure-');

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

const ui = (): Page | undefined =>
  app.electron.windows().find((one) => one.url().startsWith('raftyard-consul:'));

/** A request of Consul's page to its own agent. */
async function asked(method: 'GET' | 'PUT', path: string): Promise<{ status: number; text: string }> {
  const view = ui();
  if (view === undefined) throw new Error('the Consul UI is not there');
  return await view.evaluate(
    async ([how, where]) => {
      const answer = await fetch(where ?? '', how === 'PUT' ? { method: how, body: 'x' } : {});
      return { status: answer.status, text: await answer.text() };
    },
    [method, path],
  );
}

let own: { readonly certificate: string; readonly key: string };

/** What the vault has under a name. */
async function kept(name: string): Promise<string | undefined> {
  const all = Object.entries(await (await Vault.open(join(home, 'vault.json'), PASSPHRASE)).read(''));
  return all.find(([path]) => path.endsWith(`/${name}`))?.[1];
}

/** None of the vault's secrets is in any file that the app wrote, but the vault itself. */
async function nothingWritten(): Promise<void> {
  const all = Object.values(await (await Vault.open(join(home, 'vault.json'), PASSPHRASE)).read(''));
  const secrets = all.map((value) => (value.includes('PRIVATE KEY') ? (value.split('\n')[1] ?? '') : value));
  const text = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'vault.json')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
  expect(text.length).toBeGreaterThan(1000);
  for (const secret of secrets.filter((value) => !value.includes('BEGIN CERTIFICATE')))
    expect(text).not.toContain(secret);
}

/** Each step begins where the one before it ended. */
describe('a cluster that is secured by one switch', () => {
  it('takes a CA of the person’s own, and says what is wrong with what is none', async () => {
    own = await makeCa('the company');
    const [certificate, key] = [join(file.folder, 'ca.pem'), join(file.folder, 'ca-key.pem')];
    writeFileSync(certificate, own.certificate);
    writeFileSync(key, own.key, { mode: 0o600 });
    await page.getByTestId('secure-parts').click();
    await page.getByRole('switch', { name: 'TLS between agents' }).check();
    await app.answerOpenDialog(certificate);
    await page.getByTestId('own-ca').click();
    await page.getByText('none of these files has a private key').waitFor();
    await app.answerOpenDialog(key, certificate);
    await page.getByTestId('own-ca').click();
    await page.getByTestId('passphrase-input').waitFor({ timeout: 60_000 });
    await page.getByTestId('passphrase-input').fill(PASSPHRASE);
    await page.getByTestId('passphrase-again').fill(PASSPHRASE);
    await page.getByTestId('passphrase-submit').click();
    await page.getByText(/The cluster uses this CA, which is good until/).waitFor();
    expect(await kept('tls-ca')).toBe(own.certificate);
  }, 120_000);

  it('is raised, and seen healthy', async () => {
    await page.getByRole('switch', { name: 'Secure' }).check();
    await main.plan();
    expect(await main.apply()).toBe('done');
    expect(await kept('tls-ca')).toBe(own.certificate);
    await main.show('Topology');
    await main.health.filter({ hasText: 'Healthy' }).waitFor({ timeout: 60_000 });
    await main.node('node1').click();
    await expect
      .poll(() => page.getByTestId('live-facts').textContent(), { timeout: 30_000 })
      .toMatch(/gossip and RPC encrypted[\s\S]*Certificate until/);
  }, 240_000);

  it('shows its own UI, which reads and does not write, and never has the token', async () => {
    await main.show('Consul UI');
    await expect.poll(() => ui()?.url() ?? '', { timeout: 30_000 }).toContain('/ui/');
    await expect
      .poll(() => asked('GET', '/v1/catalog/nodes').then(({ text }) => text), { timeout: 30_000 })
      .toContain('node3');
    expect((await asked('PUT', '/v1/kv/from-the-page')).status).toBe(403);
    const kept = Object.entries(await (await Vault.open(join(home, 'vault.json'), PASSPHRASE)).read(''));
    const tokens = kept.filter(([name]) => name.includes('/acl-')).map(([, value]) => value);
    expect(tokens.length).toBeGreaterThan(4);
    const seen = await ui()?.evaluate(() =>
      [
        document.documentElement.outerHTML,
        document.cookie,
        JSON.stringify({ ...localStorage }),
        JSON.stringify({ ...sessionStorage }),
      ].join('\n'),
    );
    // Tokens are read of nobody's list either: the page's own token may not.
    const list = await asked('GET', '/v1/acl/tokens');
    expect(list.status).toBe(403);
    for (const token of tokens) expect(`${seen}${list.text}`).not.toContain(token);
  });

  it('lets it write for a while where the person says so, and says that it does', async () => {
    await page.getByTestId('consul-ui-changes').click();
    await page.getByText(/Changes allowed until/).waitFor();
    expect((await asked('PUT', '/v1/kv/from-the-page')).status).toBe(200);
    expect((await asked('GET', '/v1/acl/tokens')).status).toBe(403);
    await page.getByTestId('consul-ui-changes').click();
    await page.getByTestId('consul-ui-changes').filter({ hasText: 'Read-only' }).waitFor();
    expect((await asked('PUT', '/v1/kv/from-the-page')).status).toBe(403);
    expect((await asked('GET', '/v1/kv/from-the-page?raw')).text).toBe('x');
  });

  it('gets a new management token where one asks for it, and goes on', async () => {
    const old = await kept('acl-management');
    await main.show('Topology');
    await page.locator('.react-flow__pane').click({ position: { x: 8, y: 8 } });
    await page.getByTestId('reset-acl').click();
    await page.getByTestId('plan-counts').waitFor({ timeout: 60_000 });
    expect(await main.apply()).toBe('done');
    const now = await kept('acl-management');
    expect(now).toMatch(/^[0-9a-f-]{36}$/);
    expect(now).not.toBe(old);
    await main.show('Topology');
    await main.health.filter({ hasText: 'Healthy' }).waitFor({ timeout: 60_000 });
  }, 240_000);

  it('leaves none of its keys and tokens in what the app wrote', () => nothingWritten());

  it('asks for the vault in the next run, and is seen healthy again', async () => {
    await app.menu('save');
    await expect.poll(() => readFileSync(file.path, 'utf8')).toContain('acl: true');
    await app.close();
    await launch();
    await main.button('Check hosts').click();
    await page.getByTestId('passphrase-input').waitFor({ timeout: 60_000 });
    await page.getByTestId('passphrase-input').fill(PASSPHRASE);
    await page.getByTestId('passphrase-submit').click();
    await main.health.filter({ hasText: 'Healthy' }).waitFor({ timeout: 60_000 });
    await main.plan();
    expect(await page.getByTestId('plan-counts').textContent()).toMatch(/^0 changes/);
  }, 240_000);

  it('leaves no dump behind when it crashes', async () => {
    const dumps = await app.electron.evaluate((electron) => electron.app.getPath('crashDumps'));
    await app.electron
      .evaluate(({ BrowserWindow }) => {
        BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
        setTimeout(() => process.crash(), 500);
      })
      .catch(() => undefined);
    await app.ended();
    const left = existsSync(dumps) ? readdirSync(dumps, { recursive: true, withFileTypes: true }) : [];
    expect(left.filter((entry) => entry.isFile() && /dmp|core/.test(entry.name))).toEqual([]);
    await nothingWritten();
  });
});
