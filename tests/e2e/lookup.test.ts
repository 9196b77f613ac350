/** Who answers for a name, maintenance from the app, and another datacenter seen through an agent of this one. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTopology, serialiseTopology } from '../../src/shared/topology/index.js';
import { withEast } from '../integration/secured.js';
import { RunningApp } from './app.js';
import { MainPage } from './pages/main.js';
import { type RangeFile, rangeDocument, rangeFile, rootScript, wipe } from './range.js';

let app: RunningApp;
let main: MainPage;
let page: Page;
let file: RangeFile;

/** `shell` on the first node, which answers: its check is the host's sshd. */
const SHELL = {
  name: 'shell',
  id: 'shell',
  port: 22,
  tags: [],
  meta: {},
  checks: [{ tcp: '127.0.0.1:22', interval: '1s', timeout: '1s' }],
};

beforeAll(async () => {
  await wipe();
  const east = withEast(await rangeDocument());
  const topology = {
    ...east,
    datacenters: east.datacenters.map((datacenter) => ({
      ...datacenter,
      nodes: datacenter.nodes.map((node) => (node.name === 'node2' ? node : { ...node, services: [SHELL] })),
    })),
  };
  file = rangeFile();
  writeFileSync(file.path, serialiseTopology(topology));
  expect(readTopology(readFileSync(file.path, 'utf8')).topology).toEqual(topology);
  app = await RunningApp.launch({ args: [file.path] });
  page = app.page;
  main = new MainPage(page);
  await main.plan();
  expect(await main.apply()).toBe('done');
  await main.show('Services');
});
afterAll(async () => {
  await app?.close();
  file?.remove();
  await wipe();
});

const tab = (name: string): Promise<void> =>
  page.getByRole('radiogroup', { name: 'What to look at' }).getByText(name, { exact: true }).click();
const choose = async (what: string, option: string): Promise<void> => {
  await page.getByRole('combobox', { name: what }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
};

describe('another datacenter', () => {
  it('is shown through an agent of this one, with the way that the question went', async () => {
    await choose('Datacenter', 'east');
    // Any server of dc1 may be the one that is asked where nobody chose.
    await choose('Agent asked', 'node1');
    const path = page.locator('[data-testid="path"][data-forwarded="true"]').filter({ hasText: 'node1' });
    await path.waitFor({ timeout: 60_000 });
    expect((await path.textContent()) ?? '').toMatch(/node1 in dc1.*a server of east.*node3, leader of east/);
    await page.getByTestId('service-shell').click();
    await page.getByRole('region', { name: 'shell' }).getByText('node3', { exact: true }).waitFor();
    await choose('Agent asked', 'node3');
    await page.locator('[data-testid="path"][data-forwarded="true"]').waitFor({ state: 'detached' });
    await choose('Datacenter', 'dc1');
  });
});

describe('a look-up', () => {
  const go = async (): Promise<void> => {
    await page.getByTestId('lookup-go').click();
  };

  it('says who answers, and after the instance was put into maintenance, why it does not', async () => {
    await page.getByTestId('service-shell').click();
    const detail = page.getByRole('region', { name: 'shell' });
    await detail.getByText('node1', { exact: true }).waitFor();
    await tab('Look up');
    await choose('Agent asked', 'node1');
    await page.getByTestId('lookup-name').fill('shell');
    await go();
    const answer = page.getByTestId('lookup-answer');
    await answer.getByText('shell.service.consul', { exact: true }).waitFor();
    const topology = await rangeDocument();
    const address = topology.hosts[0]?.advertise ?? '';
    await expect
      .poll(
        async () => {
          await go();
          return await page.getByTestId('lookup-http').textContent();
        },
        { timeout: 60_000, interval: 1000 },
      )
      .toContain(`${address}:22`);
    expect(await page.getByTestId('lookup-dns').textContent()).toContain(address);

    await tab('Services');
    await page.getByTestId('maintenance-node1-shell').click();
    expect(await page.getByTestId('maintenance-cost').textContent()).toContain('shell');
    await page.getByLabel('Reason').fill('disk change');
    await page.getByTestId('confirm-maintenance').click();
    await page
      .locator('[data-testid="maintenance-node1-shell"][aria-pressed="true"]')
      .waitFor({ timeout: 30_000 });

    await tab('Look up');
    await page.getByTestId('lookup-name').fill('shell');
    await go();
    await answer
      .getByText(/it is in maintenance: disk change/)
      .first()
      .waitFor({ timeout: 30_000 });
    expect(await page.getByTestId('lookup-http').textContent()).toContain('Nobody');

    await tab('Services');
    await page.getByTestId('maintenance-node1-shell').click();
    await page
      .locator('[data-testid="maintenance-node1-shell"][aria-pressed="false"]')
      .waitFor({ timeout: 30_000 });
  });

  it('that takes long says whom it asks, and is cancelled; what was found before stays', async () => {
    const topology = await rangeDocument();
    const onNode1 = (text: string): Promise<string> =>
      rootScript(topology, topology.hosts[0]?.name ?? '', text);
    await tab('Look up');
    await choose('Agent asked', 'node1');
    await page.getByTestId('lookup-name').fill('shell');
    await go();
    const answer = page.getByTestId('lookup-answer');
    await answer.waitFor();
    await page.getByTestId('lookup-cancel').waitFor({ state: 'detached' });
    await onNode1('docker pause consul01');
    try {
      await go();
      await page.getByText('Asking the agent of node1…').waitFor();
      await page.getByTestId('lookup-cancel').click();
      await page.getByTestId('lookup-cancel').waitFor({ state: 'detached', timeout: 5000 });
      await answer.waitFor();
    } finally {
      await onNode1('docker unpause consul01');
    }
    await go();
    await page.getByTestId('lookup-cancel').waitFor({ state: 'detached', timeout: 30_000 });
    await answer.waitFor();
  });
});
