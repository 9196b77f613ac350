/** A cluster in trouble, and what a person does about it: a failed step, a stopped server, a UI whose server dies. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary.js';
import { RunningApp } from './app.js';
import { MainPage } from './pages/main.js';
import { outer, type RangeFile, range, rangeDocument, rangeFile, rootScript, wipe } from './range.js';

let app: RunningApp;
let main: MainPage;
let page: Page;
let file: RangeFile;

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

const consulView = (): Page | undefined =>
  app.electron.windows().find((one) => one.url().startsWith('raftyard-consul:'));

/** Where the view of Consul's UI lies in the window; null while it is not shown. */
const viewBounds = async (): Promise<{ width: number; height: number } | null> =>
  await app.electron.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const view = window?.contentView.children.find((child) => 'webContents' in child);
    if (view === undefined) return null;
    const { width, height } = view.getBounds();
    return width > 0 && height > 0 ? { width, height } : null;
  });

/** Each step begins where the one before it ended. */
describe('a run that fails on one host', () => {
  it('says what failed where and why, and goes on from there once it is mended', async () => {
    const topology = await rangeDocument();
    // As with a disk that the kernel has made read-only: nothing that a look at the host shows before.
    await rootScript(topology, 'docker02', 'mount -t tmpfs -o ro none /opt');
    try {
      await main.plan();
      expect(await main.apply()).not.toBe('done');
      const summary = page.getByTestId('summary');
      await summary
        .getByText(/Read-only file system/)
        .first()
        .waitFor();
      expect(await summary.textContent()).toContain('docker02');
      expect(await page.getByTestId('lane-docker02').getAttribute('data-state')).toBe('failed');
    } finally {
      await rootScript(topology, 'docker02', 'umount /opt');
    }
    await page.getByTestId('retry').click();
    await page.locator('[data-testid="summary"][data-result="done"]').waitFor({ timeout: 120_000 });
    await main.show('Topology');
    await main.health.filter({ hasText: /Healthy/ }).waitFor({ timeout: 60_000 });
  });
});

describe('a server that is stopped from the window', () => {
  it('costs what is said before it is done, and is started again', async () => {
    await main.node('node3').click();
    await page.getByTestId('stop-node3').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('2 of 3 voters stay: losing one more stops writes.').waitFor();
    await page.getByTestId('confirm-operation').click();
    await page
      .getByTestId('node-status-node3')
      .filter({ hasText: /stopped|failed|left/ })
      .waitFor({ timeout: 60_000 });
    await main.node('node2').click();
    await page.getByTestId('stop-node2').click();
    // Autopilot takes the stopped server out of the voters after some seconds: two or three are both the truth.
    await dialog.getByText(/1 of [23] voters stay: there is no quorum/).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await main.node('node3').click();
    await page.getByTestId('start-node3').click();
    await main.health.filter({ hasText: /Healthy/ }).waitFor({ timeout: 90_000 });
  });
});

describe('Consul’s own UI', () => {
  it('lies below dialogs, and follows the window', async () => {
    await main.show('Consul UI');
    await expect.poll(() => consulView() !== undefined, { timeout: 30_000 }).toBe(true);
    await expect.poll(viewBounds).not.toBeNull();
    const before = await viewBounds();
    await app.resize(1000, 700);
    await expect.poll(async () => (await viewBounds())?.width).toBeLessThan(before?.width ?? 0);
    await app.menu('view-settings');
    await page.getByRole('dialog').waitFor();
    await expect.poll(viewBounds).toBeNull();
    await page.keyboard.press('Escape');
    await expect.poll(viewBounds).not.toBeNull();
    await app.resize(1280, 800);
  });

  it('reaches nothing but its cluster, whatever its page tries', async () => {
    const view = consulView();
    if (view === undefined) throw new Error('no view');
    let visits = 0;
    const local = createServer((_request, response) => {
      visits += 1;
      response.setHeader('access-control-allow-origin', '*');
      response.end('secret of this computer');
    });
    await new Promise<void>((resolve) => local.listen(0, '127.0.0.1', resolve));
    const { port } = local.address() as AddressInfo;
    try {
      // Consul's UI goes on by itself from its start to the services of the datacenter.
      await view.waitForURL('**/services');
      const before = view.url();
      const windows = app.electron.windows().length;
      const found = await view.evaluate(async (localPort) => {
        const addresses = [
          `http://127.0.0.1:${localPort}/`,
          `http://localhost:${localPort}/`,
          'file:///etc/passwd',
          'raftyard-app://app/index.html',
          'raftyard-consul://c-00000000/ui/',
          'https://example.invalid/',
        ];
        const fetched = await Promise.allSettled(
          addresses.map((address) => fetch(address, { mode: 'no-cors' })),
        );
        const socket = new WebSocket(`ws://127.0.0.1:${localPort}/`);
        const connected = await new Promise<boolean>((done) => {
          socket.onopen = () => done(true);
          socket.onerror = () => done(false);
        });
        const image = new Image();
        image.src = `http://127.0.0.1:${localPort}/pixel.png`;
        await new Promise((done) => {
          image.onload = done;
          image.onerror = done;
        });
        const places = ['https://example.invalid/', `http://127.0.0.1:${localPort}/`, 'file:///etc/passwd'];
        const opened = places.filter((place) => window.open(place) !== null);
        for (const place of places) location.href = place;
        // The page brings a `require` of its own, for its own modules.
        const names = ['raftyard', 'process', 'electron', 'Buffer'];
        const load = (window as unknown as { require?: (name: string) => unknown }).require;
        const loaded = ['electron', 'fs', 'child_process'].filter((name) => {
          try {
            return load?.(name) !== undefined;
          } catch {
            return false;
          }
        });
        return {
          loaded,
          fetched: addresses.filter((_address, index) => fetched[index]?.status === 'fulfilled'),
          connected,
          opened,
          seen: names.filter((name) => name in window),
          location: (await navigator.permissions.query({ name: 'geolocation' })).state,
        };
      }, port);
      expect(found).toEqual({
        loaded: [],
        fetched: [],
        connected: false,
        opened: [],
        seen: [],
        location: 'denied',
      });
      expect(view.url()).toBe(before);
      expect(app.electron.windows()).toHaveLength(windows);
      expect(visits).toBe(0);
    } finally {
      local.close();
    }
  });

  it('goes on with another server when its own dies', async () => {
    const topology = await rangeDocument();
    const chooser = page.getByRole('combobox', { name: 'Server that answers' });
    await expect.poll(() => chooser.inputValue()).toMatch(/node[123]/);
    const node = /node([123])/.exec(await chooser.inputValue())?.[1] ?? '';
    const others = ['1', '2', '3'].filter((number) => number !== node);
    await rootScript(topology, `docker0${node}`, `docker stop consul0${node} >/dev/null`);
    try {
      await page.getByRole('button', { name: 'To the start page' }).click();
      await expect
        .poll(() => chooser.inputValue(), { timeout: 60_000 })
        .toMatch(new RegExp(`node[${others.join('')}]`));
      const view = consulView();
      if (view === undefined) throw new Error('no view');
      // The start page may still be on its way: a click on the page before it is lost with that page.
      const listed = view.getByText(`node${others[0] ?? ''}`, { exact: true }).first();
      await expect
        .poll(
          async () => {
            if (await listed.isVisible()) return true;
            await view.getByRole('link', { name: 'Nodes' }).click({ timeout: 5_000 });
            return false;
          },
          { timeout: 60_000, interval: 1_000 },
        )
        .toBe(true);
    } finally {
      await rootScript(topology, `docker0${node}`, `docker start consul0${node} >/dev/null`);
    }
  });

  it('opens in the system’s browser for nobody but that browser', async () => {
    await app.electron.evaluate(({ shell }) => {
      shell.openExternal = (url: string) => {
        process.env['RAFTYARD_TEST_OPENED'] = url;
        return Promise.resolve();
      };
    });
    await page.getByRole('button', { name: /Open in the system browser/ }).click();
    const opened = async (): Promise<string> =>
      await app.electron.evaluate(() => process.env['RAFTYARD_TEST_OPENED'] ?? '');
    await expect.poll(opened).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/enter\?token=/);
    const address = new URL(await opened());
    expect((await fetch(`${address.origin}/ui/`)).status).toBe(403);
    const entered = await fetch(address, { redirect: 'manual' });
    expect(entered.status).toBe(303);
    const cookie = entered.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
    const shown = await fetch(`${address.origin}/ui/`, { headers: { cookie } });
    expect(shown.status).toBe(200);
    expect(await shown.text()).toContain('Consul');
    // The token is good for once.
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(403);
  });
});

describe('a cluster that cannot be reached any more', () => {
  it('is shown as it was, with the time since when', async () => {
    await main.show('Topology');
    await main.health.filter({ hasText: /Healthy/ }).waitFor({ timeout: 90_000 });
    // As when a network goes: nothing is refused, nothing answers.
    const hosts = range.hosts.map((host) => outer.getContainer(host.container));
    await Promise.all(hosts.map((host) => host.pause()));
    try {
      await page.getByTestId('stale').waitFor({ timeout: 90_000 });
      expect(await page.getByTestId('stale').textContent()).toMatch(/since \d{1,2}:\d\d:\d\d/);
    } finally {
      await Promise.all(hosts.map((host) => host.unpause()));
    }
    await page.getByTestId('stale').waitFor({ state: 'detached', timeout: 90_000 });
    await main.health.filter({ hasText: /Healthy/ }).waitFor({ timeout: 90_000 });
  });
});

describe('a cluster that somebody else made', () => {
  it('is taken over as a topology from the hosts of ~/.ssh/config', async () => {
    const home = temporaryFolder('raftyard-e2e-person-');
    const topology = await rangeDocument();
    mkdirSync(join(home, '.ssh'), { mode: 0o700 });
    const entries = topology.hosts.map((host) =>
      [
        `Host ${host.name}`,
        `  HostName ${host.address}`,
        `  Port ${host.ssh.port}`,
        `  User ${host.ssh.user}`,
        `  IdentityFile ${host.ssh.identity ?? ''}`,
      ].join('\n'),
    );
    writeFileSync(join(home, '.ssh', 'config'), `${entries.join('\n')}\n`, { mode: 0o600 });
    const other = await RunningApp.launch({ env: { HOME: home } });
    try {
      const { page: second } = other;
      await second.getByText('From running hosts').click();
      await second.getByRole('tab', { name: 'From SSH config' }).click();
      await second.getByRole('button', { name: 'Choose all shown' }).click();
      await second.getByTestId('import-go').click();
      for (let asked = 0; asked < 3; asked++) {
        await second.getByTestId('trust-key').waitFor({ timeout: 30_000 });
        const shown = await second.getByTestId('fingerprint').textContent();
        await second.getByTestId('trust-key').click();
        await expect
          .poll(async () => (await second.getByTestId('fingerprint').allTextContents()).join(''))
          .not.toBe(shown);
      }
      await second.getByTestId('import-open').click({ timeout: 60_000 });
      const imported = new MainPage(second);
      for (const name of ['node1', 'node2', 'node3']) await imported.node(name).waitFor();
      const target = join(home, 'found.raftyard');
      await other.answerSaveDialog(target);
      await other.menu('save');
      await second.getByText('found.raftyard · saved').waitFor();
      expect(readFileSync(target, 'utf8')).toContain('consul01');
    } finally {
      await other.close();
      rmSync(home, { recursive: true, force: true });
    }
  });
});
