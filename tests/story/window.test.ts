/** The whole story, as a person lives it: apply, watch, lose the leader, Consul's own UI, export, destroy. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunningApp } from '../e2e/app.js';
import { MainPage } from '../e2e/pages/main.js';
import { type RangeFile, rangeFile, rootScript, wipe } from '../e2e/range.js';
import { afterEarlierSteps } from '../integration/steps.js';
import { rangeDocument } from '../integration/support.js';
import { temporaryFolder } from '../temporary.js';

let app: RunningApp;
let main: MainPage;
let page: Page;
let file: RangeFile;
let out: string;

beforeAll(async () => {
  await wipe();
  file = rangeFile();
  out = temporaryFolder('raftyard-e2e-out-');
  app = await RunningApp.launch({ args: [file.path] });
  page = app.page;
  main = new MainPage(page);
});
afterAll(async () => {
  await app?.close();
  file?.remove();
  rmSync(out, { recursive: true, force: true });
  await wipe();
});

/** Each step begins where the one before it ended. */
describe('the story of a cluster', () => {
  beforeEach(afterEarlierSteps);

  it('begins with a check of the hosts, which changes nothing', async () => {
    await main.button('Check hosts').click();
    const checks = page.getByTestId('checks');
    await checks.waitFor({ timeout: 60_000 });
    expect(await checks.getByRole('row').count()).toBe(4);
    expect(await rootScript(await rangeDocument(), 'docker01', 'docker ps -aq; ls /opt')).not.toContain(
      'consul',
    );
  });

  it('goes on with a plan that shows every step with its commands', async () => {
    await main.plan();
    for (const host of ['docker01', 'docker02', 'docker03']) await page.getByTestId(`lane-${host}`).waitFor();
    const step = page.getByTestId('lane-docker01').getByRole('button', { name: /Start server node1/ });
    await step.click();
    await page.getByTestId('lane-docker01').getByText('docker run').first().waitFor();
    await step.click();
  });

  it('raises the cluster, and says when there was a quorum', async () => {
    expect(await main.apply()).toBe('done');
    expect(await page.getByTestId('time-to-quorum').textContent()).toMatch(
      /dc1: quorum after [\d.]+ m?s, leader node[123]/,
    );
    for (const host of ['docker01', 'docker02', 'docker03'])
      expect(await page.getByTestId(`lane-${host}`).getAttribute('data-state')).toBe('done');
  });

  it('shows three voters, one of them the leader, and how far they are from each other', async () => {
    await main.show('Topology');
    await main.health.filter({ hasText: /Healthy · leader node/ }).waitFor({ timeout: 30_000 });
    for (const name of ['node1', 'node2', 'node3'])
      await page
        .getByTestId(`node-status-${name}`)
        .filter({ hasText: 'voter · ' })
        .waitFor({ timeout: 30_000 });
    expect(await page.getByLabel('leader', { exact: true }).count()).toBe(1);
    await page.locator('[data-kind="lan"]').filter({ hasText: ' ms' }).first().waitFor({ timeout: 60_000 });
  });

  it('shows a killed leader, who leads then, and that it comes back', async () => {
    const topology = await rangeDocument();
    const leader = /leader (node[123])/.exec((await main.health.textContent()) ?? '')?.[1] ?? '';
    const host = topology.datacenters[0]?.nodes.find((node) => node.name === leader);
    if (host === undefined) throw new Error(`no node ${leader}`);
    await page.getByRole('tab', { name: 'Events' }).click();
    await rootScript(
      topology,
      host.host,
      `docker kill ${host.container}; docker update --restart=no ${host.container}`,
    );
    await page
      .getByTestId(`node-status-${leader}`)
      .filter({ hasText: /failed|stopped/ })
      .waitFor({ timeout: 60_000 });
    await main.health
      .filter({ hasText: /leader node/ })
      .filter({ hasNotText: leader })
      .or(main.health.filter({ hasText: /Degraded/ }))
      .first()
      .waitFor({ timeout: 60_000 });
    await page
      .getByTestId('events')
      .getByText(new RegExp(`${leader} failed`))
      .first()
      .waitFor({ timeout: 60_000 });
    await rootScript(
      topology,
      host.host,
      `docker update --restart=always ${host.container}; docker start ${host.container}`,
    );
    await main.health.filter({ hasText: 'Healthy' }).waitFor({ timeout: 90_000 });
  });

  it('has the cluster’s own UI in a tab, although no port of it is open', async () => {
    await main.show('Consul UI');
    await expect
      .poll(() => app.electron.windows().some((view) => view.url().startsWith('raftyard-consul:')), {
        timeout: 30_000,
      })
      .toBe(true);
    const view = app.electron.windows().find((one) => one.url().startsWith('raftyard-consul:'));
    if (view === undefined) throw new Error('no view');
    await view.getByRole('link', { name: 'Nodes' }).click();
    for (const name of ['node1', 'node2', 'node3'])
      await view.getByText(name, { exact: true }).first().waitFor();
    const escaped = await view.evaluate(async () => {
      const tries = [
        'http://127.0.0.1:1/',
        'file:///etc/passwd',
        'raftyard-app://app/',
        'https://example.invalid/',
      ];
      const results = await Promise.allSettled(tries.map((address) => fetch(address)));
      return {
        reached: results.filter((one) => one.status === 'fulfilled').length,
        bridge: 'raftyard' in window,
        opened: window.open('https://example.invalid/') !== null,
      };
    });
    expect(escaped).toEqual({ reached: 0, bridge: false, opened: false });
    const changed = await view.evaluate(
      async () => (await fetch('/v1/kv/from-the-ui', { method: 'PUT', body: 'x' })).status,
    );
    expect(changed).toBe(403);
  });

  it('shows services, the Raft configuration and logs', async () => {
    await main.show('Services');
    await page.getByTestId('service-consul').waitFor();
    await page.getByText('Raft', { exact: true }).click();
    expect(await page.getByTestId('raft-dc1').getByRole('row').count()).toBe(4);
    await main.show('Logs');
    await page
      .getByTestId('log-lines')
      .getByText(/Consul agent|agent:/)
      .first()
      .waitFor({ timeout: 30_000 });
  });

  it('exports the start scripts, as they are shown', async () => {
    await main.show('Export');
    const shown = await page.getByTestId('preview').textContent();
    expect(shown).toContain('docker run');
    await app.answerOpenDialog(out);
    await page.getByTestId('save-folder').click();
    await page.getByText(/files written to/).waitFor();
    const [folder = ''] = readdirSync(out);
    expect(readFileSync(join(out, folder, 'docker01', 'consul-start.sh'), 'utf8')).toBe(shown);
    await page.getByTestId('format-png').click();
    const picture = join(out, 'cluster.png');
    await app.answerSaveDialog(picture);
    await page.getByTestId('save-image').click();
    await expect.poll(() => existsSync(picture)).toBe(true);
    expect(readFileSync(picture).subarray(1, 4).toString()).toBe('PNG');
  });

  it('plans nothing more to do', async () => {
    await main.plan();
    await page
      .getByTestId('plan-counts')
      .filter({ hasText: /^0 changes/ })
      .waitFor({ timeout: 60_000 });
  });

  it('ends with a destroy that wants the name typed, and leaves nothing behind', async () => {
    await app.menu('destroy');
    const dialog = page.getByRole('dialog');
    const go = page.getByTestId('plan-destroy');
    expect(await go.isDisabled()).toBe(true);
    await dialog.getByLabel(/Type “/).fill((await rangeDocument()).name);
    await go.click();
    await page.getByRole('heading', { name: 'Plan to destroy' }).waitFor({ timeout: 60_000 });
    expect(await main.apply()).toBe('done');
    const topology = await rangeDocument();
    // containerd's own folder appears with its first container.
    for (const { name } of topology.hosts)
      expect(
        await rootScript(
          topology,
          name,
          'docker ps -aq; docker volume ls -q; ls /opt | grep -vx containerd || true',
        ),
      ).toBe('');
  });
});
