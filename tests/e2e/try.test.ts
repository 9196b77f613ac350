/** 'Try on this computer': from nothing to hosts on the canvas, and away again. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rangeDown } from '../../src/main/range/index.js';
import { afterEarlierTests } from '../integration/steps.js';
import { RunningApp } from './app.js';
import { MainPage } from './pages/main.js';

let app: RunningApp;

beforeEach(afterEarlierTests);
beforeAll(async () => {
  app = await RunningApp.launch();
});
afterAll(async () => {
  // What a failed test has left: by the same home, so that no other range is meant.
  const before = process.env['RAFTYARD_HOME'];
  process.env['RAFTYARD_HOME'] = app.home;
  await rangeDown('default').catch(() => undefined);
  if (before === undefined) delete process.env['RAFTYARD_HOME'];
  else process.env['RAFTYARD_HOME'] = before;
  await app.close();
  rmSync(app.home, { recursive: true, force: true });
});

describe('the practice range from the welcome screen', () => {
  it('says what it is, starts with progress, and its hosts are on the canvas', async () => {
    const { page } = app;
    await page.getByText('Try on this computer').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('wide privileges').waitFor();
    // A file that is no Consul is refused, by its name, and another can be chosen.
    await app.answerOpenDialog(fileURLToPath(import.meta.url));
    await dialog.getByRole('button', { name: 'From files' }).click();
    await expect.poll(() => page.getByTestId('range-consul').textContent()).toContain('try.test.ts');
    await page.getByTestId('range-up').click();
    await dialog.getByText('try.test.ts is neither a program for Linux').waitFor();
    await dialog.getByRole('button', { name: 'The range’s own' }).click();
    await page.getByTestId('range-up').click();
    await dialog.getByRole('progressbar').waitFor();
    const main = new MainPage(page);
    for (const name of ['node1', 'node2', 'node3']) await main.node(name).waitFor({ timeout: 170_000 });
    await main.button('Check hosts').click();
    await page.getByText('Nothing stands in the way on any host.').waitFor({ timeout: 60_000 });
  });

  it('is taken down again from the same place', async () => {
    const { page } = app;
    await page
      .getByTitle('To the start screen')
      .or(page.getByRole('banner').getByRole('button').first())
      .first()
      .click();
    await page.getByTestId('discard').click();
    await page.getByText('Try on this computer').click();
    await page.getByRole('button', { name: 'Take them down' }).click();
    await page.getByText('The practice hosts are gone.').waitFor({ timeout: 120_000 });
  });
});
