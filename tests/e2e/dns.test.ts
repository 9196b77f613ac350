/** DNS for containers, switched on in the inspector: the plan says what is written and what is restarted. */
import type { Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { afterEarlierTests } from '../integration/steps.js';
import { RunningApp } from './app.js';
import { MainPage } from './pages/main.js';
import { type RangeFile, rangeFile, wipe } from './range.js';

let app: RunningApp;
let main: MainPage;
let page: Page;
let file: RangeFile;

beforeEach(afterEarlierTests);
beforeAll(async () => {
  await wipe();
  file = rangeFile();
  app = await RunningApp.launch({ args: [file.path] });
  page = app.page;
  main = new MainPage(page);
  await main.node('node3').waitFor();
});
afterAll(async () => {
  await app?.close();
  file?.remove();
});

describe('DNS for containers', () => {
  it('is switched on in the inspector, which says what it costs', async () => {
    const containers = page.getByRole('switch', { name: 'DNS for containers' });
    await page.getByText('Containers ask the host’s own resolvers, which know nothing of Consul.').waitFor();
    await containers.click({ force: true });
    await page.getByText(/The engine of each host is restarted once, one host after another/).waitFor();
    await page.getByLabel('Servers for all other names').fill('192.0.2.53');
    expect(await app.saved(file.path)).toMatch(
      /\ndns:\n {2}containers: true\n {2}upstream:\n {4}- 192\.0\.2\.53/,
    );
  });

  it('is planned with the file that changes, and a restart that wants a yes', async () => {
    await main.plan();
    const apply = page.getByTestId('apply-button');
    await page
      .getByText(/The Docker Engine is restarted/)
      .first()
      .waitFor();
    expect(await apply.isDisabled()).toBe(true);
    const step = page.getByText(/Let containers on .* ask Consul, and restart the engine/).first();
    await step.click();
    await page.getByText('/etc/docker/daemon.json').first().waitFor();
    for (const box of await page.getByRole('checkbox', { name: 'I have read this' }).all()) await box.check();
    expect(await apply.isEnabled()).toBe(true);
  });
});
