/** The shipped app as a normal user starts it: with Chromium's sandbox around everything that draws. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { temporaryFolder } from '../temporary.js';
import { start } from './support.js';

/** `nobody`, where the tests run as root; the user of the tests elsewhere. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let folder: string;
let child: ChildProcess;
let said = '';

beforeAll(async () => {
  if (process.platform !== 'linux') return;
  folder = temporaryFolder('raftyard-sandbox-');
  chmodSync(folder, 0o755);
  const from = inject('shipped').executable;
  const copy = join(folder, 'app');
  // Hard links: only the way to it must be open for that user.
  execFileSync('cp', ['-al', dirname(from), copy]);
  const home = mkdtempSync(join(folder, 'home-'));
  const screen = { ...inject('display') };
  if (screen['XAUTHORITY'] !== undefined && existsSync(screen['XAUTHORITY'])) {
    const own = join(home, 'Xauthority');
    cpSync(screen['XAUTHORITY'], own);
    screen['XAUTHORITY'] = own;
    if (isRoot) chownSync(own, NOBODY, NOBODY);
  }
  if (isRoot) chownSync(home, NOBODY, NOBODY);
  const { args, env } = start(home, screen);
  const words = [...args.filter((word) => word !== '--no-sandbox'), '--remote-debugging-port=0'];
  child = spawn(join(copy, basename(from)), words, {
    env: { ...env, HOME: home, XDG_RUNTIME_DIR: home },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
});

afterAll(async () => {
  if (process.platform !== 'linux') return;
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

/** Processes below the app, by what Chromium calls them. */
function renderers(): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return words.includes('--type=renderer') && words.startsWith(join(folder, 'app'));
    } catch {
      return false;
    }
  });
}

describe.runIf(process.platform === 'linux')('as a normal user', () => {
  test('draws its window', async () => {
    const endpoint = await vi.waitFor(
      () => {
        const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
        if (address === undefined)
          throw new Error(`no debugging port (exit code ${child.exitCode}):\n${said}`);
        return address;
      },
      { timeout: 30_000, interval: 50 },
    );
    const browser = await chromium.connectOverCDP(endpoint);
    const page = await vi.waitFor(
      () => {
        const found = browser.contexts().flatMap((context) => context.pages())[0];
        if (found === undefined) throw new Error(`no window:\n${said}`);
        return found;
      },
      { timeout: 30_000, interval: 50 },
    );
    await page.locator('#root main').first().waitFor({ timeout: 30_000 });
    await browser.close();
  });

  test('draws it behind system call filters and namespaces', () => {
    const found = renderers();
    expect(found.length).toBeGreaterThan(0);
    for (const pid of found) {
      expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m);
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('--no-sandbox');
    }
  });
});
