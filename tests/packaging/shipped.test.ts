/** The app exactly as it is shipped: started, and driven over Chromium's remote-debugging port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { temporaryFolder } from '../temporary.js';
import { start } from './support.js';

const { executable } = inject('shipped');
const screen = inject('display');

let home: string;
let child: ChildProcess | undefined;
let browser: Browser | undefined;
let said = '';

beforeEach(async () => {
  home = temporaryFolder('raftyard-shipped-');
  said = '';
});

afterEach(async () => {
  await browser?.close();
  browser = undefined;
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  child = undefined;
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

function launch(words: string[] = [], more: NodeJS.ProcessEnv = {}): ChildProcess {
  const { args, env } = start(home, screen);
  const started = spawn(executable, [...args, ...words], {
    env: { ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [started.stdout, started.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
  }
  child = started;
  return started;
}

/** The app's window, once it is there; an app that ended by itself fails at once, with its words. */
async function firstPage(app: ChildProcess): Promise<Page> {
  const endpoint = await vi.waitFor(
    () => {
      const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (address === undefined) throw new Error(`no debugging port (exit code ${app.exitCode}):\n${said}`);
      return address;
    },
    { timeout: 30_000, interval: 50 },
  );
  const connected = await chromium.connectOverCDP(endpoint);
  browser = connected;
  return await vi.waitFor(
    () => {
      const page = connected.contexts().flatMap((context) => context.pages())[0];
      if (page === undefined) throw new Error(`no window:\n${said}`);
      return page;
    },
    { timeout: 30_000, interval: 50 },
  );
}

test('opens its window and draws the app in it', async () => {
  const page = await firstPage(launch(['--remote-debugging-port=0']));
  await page.locator('#root main').first().waitFor({ timeout: 30_000 });
  expect(await page.title()).toContain('Raftyard');
  expect(page.url()).not.toMatch(/^(file|https?):/);
  expect((await page.locator('#root').textContent())?.trim()).not.toBe('');
  expect(await page.evaluate(() => typeof Reflect.get(globalThis, 'require'))).toBe('undefined');
});

test('keeps its data where it is told to', async () => {
  const page = await firstPage(launch(['--remote-debugging-port=0']));
  await page.locator('#root main').first().waitFor({ timeout: 30_000 });
  expect((await stat(join(home, 'user-data'))).isDirectory()).toBe(true);
});

test('opens no inspector of its main process, asked by switch or by environment', async () => {
  const app = launch(['--inspect=0', '--remote-debugging-port=0'], { NODE_OPTIONS: '--inspect=0' });
  const page = await firstPage(app);
  await page.locator('#root main').first().waitFor({ timeout: 30_000 });
  // Node says so before it runs the first line of an app; Playwright attaches to the other build by it.
  expect(said).not.toContain('Debugger listening');
});

test('is no Node for other programs: ELECTRON_RUN_AS_NODE is not heard', async () => {
  const app = launch(['--remote-debugging-port=0', '-e', 'process.exit(77)'], { ELECTRON_RUN_AS_NODE: '1' });
  const page = await firstPage(app);
  await page.locator('#root main').first().waitFor({ timeout: 30_000 });
  expect(app.exitCode).toBeNull();
});
