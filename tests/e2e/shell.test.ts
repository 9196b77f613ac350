/** The window itself: files, drafts, unsaved changes, language, theme. */
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTopology } from '../../src/shared/topology/index.js';
import { temporaryFolder } from '../temporary.js';
import { RunningApp } from './app.js';
import { MainPage } from './pages/main.js';
import { WelcomePage } from './pages/welcome.js';

const example = new URL('../../assets/examples/three-servers.raftyard', import.meta.url);
let folder: string;
let file: string;
let app: RunningApp | undefined;

beforeEach(() => {
  folder = temporaryFolder('raftyard-e2e-files-');
  file = join(folder, 'shop.raftyard');
  copyFileSync(example, file);
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  rmSync(folder, { recursive: true, force: true });
});

describe('documents', () => {
  it('are opened from the command line, edited, undone, saved', async () => {
    app = await RunningApp.launch({ args: [file] });
    const { page } = app;
    const main = new MainPage(page);
    await main.node('node1').waitFor();
    await page.getByText('shop.raftyard · saved').waitFor();
    await main.node('node3').click();
    await page.keyboard.press('Delete');
    await main.node('node3').waitFor({ state: 'detached' });
    await page.getByText('shop.raftyard · not saved').waitFor();
    await app.menu('undo');
    await main.node('node3').waitFor();
    await page.getByText('shop.raftyard · saved').waitFor();
    await app.menu('redo');
    await main.node('node3').waitFor({ state: 'detached' });
    await app.menu('save');
    await page.getByText('shop.raftyard · saved').waitFor();
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain('name: node3');
    expect(text).toContain("# The cluster's identity on its hosts.");
  });

  it('are opened when they are dropped onto the window', async () => {
    app = await RunningApp.launch();
    const { page } = app;
    // A file from the system's file manager, as Chromium hands it over.
    const session = await page.context().newCDPSession(page);
    const data = { items: [], files: [file], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data });
    await new MainPage(page).node('node1').waitFor();
    await page.getByText('shop.raftyard · saved').waitFor();
  });

  it('are shown in the window that is there when the app is started again', async () => {
    app = await RunningApp.launch();
    const second = await app.startAgain([file]);
    expect(second).toBe(0);
    await new MainPage(app.page).node('node1').waitFor();
    expect(app.electron.windows()).toHaveLength(1);
  });

  it('that are copies of a known one can become clusters of their own', async () => {
    app = await RunningApp.launch({ args: [file] });
    const { page } = app;
    await new MainPage(page).node('node1').waitFor();
    const copy = join(folder, 'copy.raftyard');
    copyFileSync(file, copy);
    await app.answerOpenDialog(copy);
    await app.menu('open');
    await page.getByRole('dialog').getByText(file).waitFor();
    await page.getByTestId('new-id').click();
    await page.getByText('copy.raftyard · not saved').waitFor();
    await app.menu('save');
    await page.getByText('copy.raftyard · saved').waitFor();
    const idOf = (path: string): string => /^id: (\S+)/m.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
    expect(idOf(copy)).toMatch(/^[0-9a-f-]{36}$/);
    expect(idOf(copy)).not.toBe(idOf(file));
  });

  it('are made from a template and saved where the person says', async () => {
    app = await RunningApp.launch();
    const welcome = new WelcomePage(app.page);
    await welcome.create('tutorial', 'learning', ['192.0.2.1', '192.0.2.2', '192.0.2.3']);
    await new MainPage(app.page).node('node1').waitFor();
    const target = join(folder, 'learning.raftyard');
    await app.answerSaveDialog(target);
    await app.menu('save');
    await app.page.getByText('learning.raftyard · saved').waitFor();
    expect(readFileSync(target, 'utf8')).toContain('bootstrap: classic');
    expect(readFileSync(target, 'utf8')).not.toContain('secure:');
  });

  it.each([
    ['secured from the start', true],
    ['in the clear where the person says so', false],
  ])('are made %s', async (_how, secure) => {
    app = await RunningApp.launch();
    const welcome = new WelcomePage(app.page);
    await welcome.create('three', 'shop', ['192.0.2.1', '192.0.2.2', '192.0.2.3'], { secure });
    await new MainPage(app.page).node('node1').waitFor();
    const target = join(folder, `shop-${secure}.raftyard`);
    await app.answerSaveDialog(target);
    await app.menu('save');
    await app.page.getByText(`shop-${secure}.raftyard · saved`).waitFor();
    const saved = readTopology(readFileSync(target, 'utf8')).topology?.secure;
    expect(saved).toEqual({ gossip: secure, tls: secure, acl: secure });
  });

  it('that are broken are told, with the place, and stay as they are', async () => {
    const broken = join(folder, 'broken.raftyard');
    copyFileSync(new URL('../../package.json', import.meta.url), broken);
    app = await RunningApp.launch({ args: [broken] });
    await app.page.getByRole('tab', { name: /Problems/ }).waitFor();
    await app.page
      .getByText(/unknown|raftyard/i)
      .first()
      .waitFor();
    expect(existsSync(broken)).toBe(true);
  });
});

describe('what is not saved', () => {
  it('keeps the window open until the person has said what becomes of it', async () => {
    app = await RunningApp.launch({ args: [file] });
    const main = new MainPage(app.page);
    await main.node('node3').click();
    await app.page.keyboard.press('Delete');
    await app.page.getByText('not saved').waitFor();
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    const dialog = app.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Stay here' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    const gone = app.electron.waitForEvent('close');
    await app.page.getByTestId('save-and-go').click();
    await gone;
    expect(readFileSync(file, 'utf8')).not.toContain('name: node3');
    app = undefined;
  });

  it('is there again after a crash', async () => {
    const home = temporaryFolder('raftyard-e2e-home-');
    try {
      const first = await RunningApp.launch({ home, args: [file] });
      await new MainPage(first.page).node('node2').click();
      await first.page.keyboard.press('Delete');
      await first.page.getByText('not saved').waitFor();
      const drafts = join(home, 'app', 'drafts');
      await expect
        .poll(() => (existsSync(drafts) ? readDrafts(drafts) : ''), { timeout: 15_000 })
        .toMatch(/raftyard: 1/);
      await first.kill();
      app = await RunningApp.launch({ home });
      const welcome = new WelcomePage(app.page);
      await welcome.recovery.getByRole('button', { name: 'Open the draft' }).click();
      const main = new MainPage(app.page);
      await main.node('node1').waitFor();
      expect(await main.node('node2').count()).toBe(0);
      expect(readFileSync(file, 'utf8')).toContain('name: node2');
    } finally {
      await app?.close();
      app = undefined;
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
  });
});

describe('appearance', () => {
  it('follows the choice of language and theme at once, and keeps it', async () => {
    const home = temporaryFolder('raftyard-e2e-home-');
    try {
      const first = await RunningApp.launch({ home });
      await first.page.getByRole('button', { name: 'Settings' }).click();
      const dialog = first.page.getByRole('dialog');
      await dialog.getByText('中文').click();
      await first.page.getByRole('heading', { name: '新建集群' }).waitFor();
      await dialog.getByText('深色').click();
      await first.page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
      expect(await first.page.locator('html').getAttribute('lang')).toBe('zh-CN');
      await first.close();
      app = await RunningApp.launch({ home });
      await app.page.getByRole('heading', { name: '新建集群' }).waitFor();
      await app.page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
    } finally {
      await app?.close();
      app = undefined;
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
  });
});

function readDrafts(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}
