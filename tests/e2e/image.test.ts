/** Where an image comes from, in the inspector: mirror, login, digest. */
import type { Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { afterEarlierTests } from '../integration/steps.js';
import { basic, guarded, standIn } from '../unit/cluster/stand-in-registry.js';
import { RunningApp } from './app.js';
import { type RangeFile, rangeFile } from './range.js';

let app: RunningApp;
let page: Page;
let file: RangeFile;

beforeEach(afterEarlierTests);
beforeAll(async () => {
  file = rangeFile();
  app = await RunningApp.launch({ args: [file.path] });
  page = app.page;
  await page.getByLabel('Image', { exact: true }).waitFor();
});
afterAll(async () => {
  await app?.close();
  file?.remove();
});

const saved = (): Promise<string> => app.saved(file.path);

const field = (label: string) => page.getByLabel(label, { exact: true });

describe('the image', () => {
  it('comes from a mirror, with a user and no password in the document', async () => {
    await field('Mirror or private registry').fill('https://mirror.example');
    await page.getByText('is written without https://').first().waitFor();
    await field('Mirror or private registry').fill('127.0.0.1:5999');
    await field('Registry user').fill('puller');
    await field('Registry password').waitFor();
    expect(await saved()).toMatch(/pull:\s+mirror: "?127\.0\.0\.1:5999"?\s+user: puller\s+password: prompt/);
  });

  it('is asked for its digest with the password, and what no host can say is told', async () => {
    await page.getByTestId('pin-image').click();
    await page.getByText('Password for the registry 127.0.0.1:5999').waitFor();
    await page.getByTestId('secret-input').fill('kept-nowhere-4711');
    await page.getByTestId('secret-submit').click();
    await page.getByText(/no host can say which digest hashicorp\/consul/).waitFor({ timeout: 60_000 });
    expect(await saved()).not.toContain('kept-nowhere-4711');
    expect(await saved()).not.toContain('@sha256');
  });

  it('that is pinned is let go again, and undone', async () => {
    const image = await field('Image').inputValue();
    const pinned = `${image}@sha256:${'a'.repeat(64)}`;
    await field('Image').fill(pinned);
    await field('Image').blur();
    await page.getByTestId('unpin-image').click();
    await expect.poll(() => field('Image').inputValue()).toBe(image);
    await page.keyboard.press('Control+z');
    await expect.poll(() => field('Image').inputValue()).toBe(pinned);
  });

  it('is chosen from what its registry has, with what is known of each version', async () => {
    const login = basic('puller', 'kept-nowhere-4712');
    const tags = ['latest', '1.8.7', '1.19.0', '1.22.7', '../../x'];
    const registry = await standIn(guarded(login, () => 'Basic realm="practice"', tags));
    try {
      await field('Mirror or private registry').fill(registry.at);
      await field('Image').click();
      await page.getByText(`the registry ${registry.at} wants the password of puller`).waitFor();
      await page.getByRole('option', { name: 'hashicorp/consul:2.0.3' }).waitFor();
      await page.getByTestId('registry-again').click();
      await page.getByTestId('secret-input').fill('kept-nowhere-4712');
      await page.getByTestId('secret-submit').click();
      await page.getByTestId('registry-line').waitFor({ state: 'detached' });
      await field('Image').click();
      await page.getByText(`${registry.at} has`).waitFor();
      const offers = await page.getByRole('option').allInnerTexts();
      expect(offers.map((text) => text.split('\n')[0])).toEqual([
        'hashicorp/consul:1.22.7',
        'hashicorp/consul:1.19.0',
        'hashicorp/consul:1.8.7',
        'progrium/consul',
      ]);
      expect(offers[1]).toMatch(/has a known fault: DNS gives wrong answers.*\n.*out of support/s);
      await page.getByRole('option', { name: 'hashicorp/consul:1.22.7' }).click();
      expect(await field('Image').inputValue()).toBe('hashicorp/consul:1.22.7');
      expect(await saved()).toContain('image: hashicorp/consul:1.22.7');
      expect(registry.asked).toHaveLength(3);
    } finally {
      await registry.close();
    }
  });

  it('comes from its own registry again when the fields are empty', async () => {
    await field('Registry user').fill('');
    await field('Registry password').waitFor({ state: 'detached' });
    await field('Mirror or private registry').fill('');
    expect(await saved()).not.toContain('pull:');
  });
});
