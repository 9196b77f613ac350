/** A service drawn in the inspector, applied to real hosts, and looked at where Consul shows it. */
import type { Locator, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { afterEarlierTests } from '../integration/steps.js';
import { RunningApp } from './app.js';
import { MainPage } from './pages/main.js';
import { type RangeFile, rangeDocument, rangeFile, rootScript, wipe } from './range.js';

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
});
afterAll(async () => {
  await app?.close();
  file?.remove();
  await wipe();
});

const section = (): Locator => page.getByTestId('services-section');

const saved = (): Promise<string> => app.saved(file.path);

describe('a service', () => {
  it('is added in the inspector with a check, and undone and done again', async () => {
    await main.node('node1').click();
    await section().getByRole('button', { name: 'Add a service' }).click();
    const mark = page.getByTestId('node-services-node1');
    await mark.waitFor();
    expect(await mark.textContent()).toBe('1');
    await section().getByLabel('Name', { exact: true }).fill('shell');
    await section().getByLabel('Port', { exact: true }).fill('22');
    await section().getByRole('button', { name: 'Add a check' }).click();
    await section().getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: 'TCP connection' }).click();
    await section().getByLabel('Every', { exact: true }).fill('1s');
    expect(await saved()).toMatch(/name: shell[\s\S]*port: 22[\s\S]*tcp: "?127\.0\.0\.1:22/);
    await section().getByRole('button', { name: 'Remove the service shell' }).click();
    await mark.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    await mark.waitFor();
  });

  it('says what is wrong where it is wrong, and asks for consent before commands are run', async () => {
    const every = section().getByLabel('Every', { exact: true });
    await every.fill('soon');
    await section().getByText('"soon" is no duration such as 10s, 1m30s or 500ms').waitFor();
    await every.fill('1s');
    await section().getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: 'Command in a container' }).click();
    await section()
      .getByText(/docker checks need the Docker socket/)
      .first()
      .waitFor();
    await section().getByRole('switch', { name: 'Allow checks that run commands' }).click();
    await section()
      .getByText(/docker checks need the Docker socket/)
      .waitFor({ state: 'detached' });
    for (const _ of ['the switch', 'the kind']) await page.keyboard.press('Control+z');
    await section().getByLabel('Address and port').waitFor();
  });

  it('is registered by an apply, and is seen on the card and among the services, with what changed', async () => {
    await main.plan();
    expect(await main.apply()).toBe('done');
    await main.show('Topology');
    const mark = page.getByTestId('node-services-node1');
    await page
      .locator('[data-testid="node-services-node1"][data-health="passing"]')
      .waitFor({ timeout: 60_000 });
    expect(await mark.getAttribute('aria-label')).toBe('1 service, all checks passing');
    await main.show('Services');
    await page.getByTestId('service-shell').click();
    const detail = page.getByRole('region', { name: 'shell' });
    await detail.getByText('TCP 127.0.0.1:22').waitFor();
    // sshd cannot be stopped, since the way in is through it: what listens is cut off from the agent instead.
    const topology = await rangeDocument();
    await rootScript(topology, 'docker01', 'iptables -I OUTPUT -o lo -p tcp --dport 22 -j REJECT');
    try {
      await detail.getByText('critical').first().waitFor({ timeout: 30_000 });
    } finally {
      await rootScript(topology, 'docker01', 'iptables -D OUTPUT -o lo -p tcp --dport 22 -j REJECT');
    }
    await detail.getByText(/changed \d times? in the last hour/).waitFor({ timeout: 30_000 });
    await detail.getByText(/changed \d times? in the last hour/).click();
    await detail.getByText(/passing → critical/).waitFor();
  });
});
