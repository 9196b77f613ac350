/** Updates against a feed on this computer: looked for, fetched, put in place; and what must not be. */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { temporaryFolder } from '../temporary.js';
import { start } from './support.js';

const NEWER = '99.0.0';

let folder: string;
let server: Server;
let executable: string;
/** What the feed serves: path → content. */
const served = new Map<string, Buffer>();
let asked: string[] = [];
let app: ElectronApplication | undefined;

function offer(payload: Buffer, sha512 = createHash('sha512').update(payload).digest('base64')): void {
  served.set('/raftyard.AppImage', payload);
  const lines = [
    `version: ${NEWER}`,
    'files:',
    '  - url: raftyard.AppImage',
    `    sha512: ${sha512}`,
    `    size: ${payload.length}`,
    'path: raftyard.AppImage',
    `sha512: ${sha512}`,
    "releaseDate: '2026-01-01T00:00:00.000Z'",
  ];
  served.set('/latest-linux.yml', Buffer.from(`${lines.join('\n')}\n`));
}

/** The app as an AppImage runs it: from a mounted folder, knowing where the file is. */
async function launch(appImage?: string): Promise<Page> {
  const { args, env } = start(join(folder, 'home'), inject('display'));
  const more = {
    XDG_CACHE_HOME: join(folder, 'cache'),
    ...(appImage === undefined ? {} : { APPIMAGE: appImage }),
  };
  const clean = Object.fromEntries(
    Object.entries({ ...env, ...more }).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  app = await _electron.launch({ executablePath: executable, args, env: clean });
  const page = await app.firstWindow();
  await page.getByTestId('open-settings').click();
  return page;
}

beforeAll(async () => {
  if (process.platform !== 'linux') return;
  folder = temporaryFolder('raftyard-updates-');
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://feed').pathname;
    asked.push(path);
    const content = served.get(path);
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const from = inject('inspectable').executable;
  const copy = join(folder, 'app');
  // Hard links: the same app, but for the one file that names its feed.
  execFileSync('cp', ['-al', dirname(from), copy]);
  executable = join(copy, basename(from));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(
    join(copy, 'resources', 'app-update.yml'),
    `provider: generic\nurl: ${url}\nupdaterCacheDirName: raftyard-updater\n`,
  );
});

afterEach(async () => {
  await app?.close().catch(() => undefined);
  app = undefined;
  asked = [];
  rmSync(join(folder, 'home'), { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  rmSync(join(folder, 'cache'), { recursive: true, force: true });
});

afterAll(async () => {
  if (process.platform !== 'linux') return;
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(process.platform === 'linux')('an AppImage', () => {
  const appImage = (): string => {
    const path = join(folder, 'raftyard.AppImage');
    writeFileSync(path, 'the old one');
    chmodSync(path, 0o755);
    return path;
  };

  test('finds a newer version, fetches it when told to, and is replaced by it when it ends', async () => {
    const mark = join(folder, 'started');
    const payload = Buffer.from(`#!/bin/sh\necho new > ${mark}\n`);
    offer(payload);
    const path = appImage();
    const page = await launch(path);
    await page.getByTestId('updates').getByText(NEWER).waitFor();
    expect(asked).toEqual(['/latest-linux.yml']);
    await page.getByRole('button', { name: 'Fetch it' }).click();
    await page.getByRole('button', { name: 'Restart now' }).click({ timeout: 30_000 });
    await vi.waitFor(() => expect(readFileSync(mark, 'utf8')).toBe('new\n'), { timeout: 30_000 });
    expect(readFileSync(path)).toEqual(payload);
  });

  test('refuses what is not what the feed promised', async () => {
    offer(Buffer.from('#!/bin/sh\n'), randomBytes(64).toString('base64'));
    const path = appImage();
    const page = await launch(path);
    await page.getByRole('button', { name: 'Fetch it' }).click();
    await page.getByTestId('updates').getByText('Could not look for updates').waitFor({ timeout: 30_000 });
    await app?.close();
    expect(readFileSync(path, 'utf8')).toBe('the old one');
  });

  test('says that the feed does not answer, and works', async () => {
    served.clear();
    const page = await launch(appImage());
    await page.getByTestId('updates').getByText('Could not look for updates').waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('template-three').waitFor();
  });
});

test.runIf(process.platform === 'linux')(
  'what a package manager installed is told of a newer version, and fetches nothing',
  async () => {
    offer(Buffer.from('x'));
    const page = await launch();
    await page.getByTestId('updates').getByText(NEWER).waitFor();
    await page.getByRole('button', { name: 'Open the download page' }).waitFor();
    expect(asked).toEqual(['/latest-linux.yml']);
  },
);
