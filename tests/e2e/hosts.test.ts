/** The way into hosts: their keys, passwords, and a run that is cut short. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { setField } from '../../src/shared/topology/index.js';
import { passwordOfPw, rangeDocument } from '../integration/support.js';
import { RunningApp } from './app.js';
import { MainPage } from './pages/main.js';
import { type RangeFile, rangeFile, rootScript, wipe, withoutHostKeys } from './range.js';

let app: RunningApp | undefined;
let file: RangeFile | undefined;

beforeAll(wipe);
afterEach(async () => {
  await app?.close();
  file?.remove();
  app = undefined;
  file = undefined;
});

async function launch(made: RangeFile): Promise<{ app: RunningApp; main: MainPage }> {
  file = made;
  app = await RunningApp.launch({ args: [made.path] });
  const main = new MainPage(app.page);
  await main.node('node1').waitFor();
  return { app, main };
}

describe('a host key that is not known', () => {
  it('is shown, and refused by Escape: nothing is done on that host', async () => {
    const { app: running, main } = await launch(rangeFile(withoutHostKeys));
    const { page } = running;
    await main.button('Check hosts').click();
    for (let asked = 0; asked < 3; asked++) {
      await page.getByTestId('fingerprint').filter({ hasText: 'SHA256:' }).waitFor({ timeout: 30_000 });
      const shown = await page.getByTestId('fingerprint').textContent();
      await page.keyboard.press('Escape');
      await expect
        .poll(async () =>
          (await page.getByTestId('fingerprint').count()) === 0
            ? ''
            : await page.getByTestId('fingerprint').textContent(),
        )
        .not.toBe(shown);
    }
    await page.getByTestId('checks').waitFor({ timeout: 30_000 });
    const findings = await page.getByLabel('Findings').textContent();
    expect(findings).toMatch(/docker01.*key/);
  });

  it('is trusted once for good', async () => {
    const { app: running, main } = await launch(rangeFile(withoutHostKeys));
    const { page } = running;
    await main.button('Check hosts').click();
    for (let asked = 0; asked < 3; asked++) {
      await page.getByTestId('trust-key').waitFor({ timeout: 30_000 });
      const shown = await page.getByTestId('fingerprint').textContent();
      await page.getByTestId('trust-key').click();
      await expect
        .poll(async () =>
          (await page.getByTestId('fingerprint').count()) === 0
            ? ''
            : await page.getByTestId('fingerprint').textContent(),
        )
        .not.toBe(shown);
    }
    await page
      .getByText('Nothing stands in the way')
      .or(page.getByLabel('Findings'))
      .first()
      .waitFor({ timeout: 60_000 });
    await main.plan();
    expect(await page.getByTestId('trust-key').count()).toBe(0);
    await page.getByTestId('lane-docker01').waitFor();
  });
});

describe('a password', () => {
  it('is asked for, told wrong when it is, and taken when it is right', async () => {
    const asking = (text: string): string =>
      [0, 1, 2].reduce(
        (now, host) =>
          setField(
            setField(now, ['hosts', host, 'ssh', 'password'], 'prompt'),
            ['hosts', host, 'ssh', 'sudoPassword'],
            // Not given: sudo wants the login password, which is not asked for twice.
            undefined,
          ),
        text,
      );
    const { app: running, main } = await launch(rangeFile(asking, 'pw'));
    const { page } = running;
    await main.show('Topology');
    await page.getByTestId('host-docker01').click();
    await page.getByRole('button', { name: 'Test connection' }).click();
    const input = page.getByLabel(/password/i).and(page.locator('input[type="password"]'));
    await input.fill('this is wrong');
    await page.getByTestId('secret-submit').click();
    await page.getByText('Login refused').first().waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Test connection' }).click();
    await input.fill(passwordOfPw());
    await page.getByTestId('secret-submit').click();
    await page.getByTestId('host-test-ok').waitFor({ timeout: 60_000 });
    expect(await page.content()).not.toContain(passwordOfPw());
  });
});

describe('a run that is cancelled in the middle', () => {
  it('ends at once, says what is where, and goes on later', async () => {
    const { app: running, main } = await launch(rangeFile());
    const { page } = running;
    await main.plan();
    await page.getByTestId('apply-button').click();
    await page.locator('[data-testid^="step-"][data-state="running"]').first().waitFor({ timeout: 60_000 });
    await main.button('Cancel').click();
    await main.ended();
    await main.plan();
    expect(await main.apply()).toBe('done');
    const topology = await rangeDocument();
    expect(await rootScript(topology, 'docker01', "docker ps --format '{{.Names}}'")).toBe('consul01');
    await wipe();
  });
});
