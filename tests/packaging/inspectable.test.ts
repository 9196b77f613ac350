/** The packaged app under Playwright, its main process within reach. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { _electron, type ElectronApplication } from 'playwright';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { temporaryFolder } from '../temporary.js';
import { root, start } from './support.js';

const { executable, resources } = inject('inspectable');

let home: string;
let app: ElectronApplication;

beforeAll(async () => {
  home = temporaryFolder('raftyard-inspectable-');
  const { args, env } = start(home, inject('display'));
  const clean = Object.fromEntries(
    Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const document = join(root, 'assets', 'examples', 'three-servers.raftyard');
  app = await _electron.launch({ executablePath: executable, args: [...args, document], env: clean });
});

afterAll(async () => {
  await app?.close();
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

test('is the packaged app, run from its archive', async () => {
  const found = await app.evaluate(({ app: main }) => ({
    packaged: main.isPackaged,
    path: main.getAppPath(),
    name: main.getName(),
  }));
  expect(found).toEqual({ packaged: true, path: join(resources, 'app.asar'), name: 'Raftyard' });
});

test('opens the document that it was started with', async () => {
  const page = await app.firstWindow();
  await page.getByText('three-servers', { exact: false }).first().waitFor({ timeout: 30_000 });
  expect(await page.title()).toContain('Raftyard');
});

test('keeps Node, and anything of it, out of its window', async () => {
  const page = await app.firstWindow();
  const seen = await page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer'].map((name) => typeof Reflect.get(globalThis, name)),
  );
  expect(seen).toEqual(['undefined', 'undefined', 'undefined', 'undefined']);
});
