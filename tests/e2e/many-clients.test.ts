/** Three servers and sixty clients: every name can be read, found, put away and brought back. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary.js';
import { RunningApp } from './app.js';
import { MainPage } from './pages/main.js';

let folder: string;
let app: RunningApp;
let page: Page;
let main: MainPage;

const two = (n: number): string => String(n).padStart(2, '0');
const CLIENTS = Array.from({ length: 60 }, (_, i) => `client-worker-${two(i + 1)}`);
const NAMES = [...[1, 2, 3].map((n) => `consul-server-${two(n)}`), ...CLIENTS];
const DOCUMENT = `raftyard: 1
name: many
image: hashicorp/consul:1.22
datacenters:
  - name: dc1
    nodes:
${NAMES.map((name, i) => `      - { name: ${name}, host: docker${two(i + 1)}, role: ${i < 3 ? 'server' : 'client'}, bootstrap: ${i === 0} }`).join('\n')}
hosts:
${NAMES.map((_, i) => `  - { name: docker${two(i + 1)}, address: 192.0.2.${i + 11}, ssh: { user: root } }`).join('\n')}
`;

beforeAll(async () => {
  folder = temporaryFolder('raftyard-e2e-many-');
  const file = join(folder, 'many.raftyard');
  writeFileSync(file, DOCUMENT);
  app = await RunningApp.launch({ args: [file] });
  page = app.page;
  main = new MainPage(page);
  await main.node('client-worker-60').waitFor();
});
afterAll(async () => {
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The picture moves for a moment, on a busy computer for a long one. */
const SOON = { timeout: 10_000 };

const zoom = (): Promise<number> =>
  page
    .locator('.react-flow__viewport')
    .evaluate((element) => new DOMMatrix(getComputedStyle(element).transform).a);

/** Which of the cards are on the canvas from edge to edge. */
async function inSight(names: readonly string[]): Promise<string[]> {
  const pane = await page.getByTestId('canvas').boundingBox();
  const boxes = await Promise.all(names.map((name) => main.node(name).boundingBox()));
  return names.filter((_, i) => {
    const box = boxes[i] ?? null;
    if (box === null || pane === null) return false;
    return (
      box.x >= pane.x &&
      box.y >= pane.y &&
      box.x + box.width <= pane.x + pane.width &&
      box.y + box.height <= pane.y + pane.height
    );
  });
}

describe('sixty clients', () => {
  it('have names that differ to the eye, and whole ones for whoever asks', async () => {
    // What is drawn of a name: its end is never cut, and is another for each.
    const drawn = await page
      .locator('[data-testid^="node-card-client-worker-"] > [title]')
      .evaluateAll((all) =>
        all.map((name) => {
          const end = name.lastElementChild;
          const whole = name.getBoundingClientRect();
          const box = end?.getBoundingClientRect();
          return {
            title: name.getAttribute('title')?.split(' · ')[0],
            end: box !== undefined && box.right <= whole.right + 0.5 ? end?.textContent : null,
          };
        }),
      );
    expect(drawn.map(({ title }) => title)).toEqual(CLIENTS);
    expect(drawn.map(({ end }) => end)).toEqual(CLIENTS.map((name) => name.slice(-3)));
    await page.getByRole('group', { name: /^client-worker-47, client,/ }).waitFor();
  });

  it('are all in a large window, and in a small one as many as can be read', async () => {
    await app.resize(1440, 900);
    await expect.poll(() => inSight(NAMES), SOON).toEqual(NAMES);
    await app.resize(900, 700);
    await expect.poll(zoom, SOON).toBeCloseTo(0.65, 2);
    const seen = await inSight(NAMES);
    expect(seen).toEqual(expect.arrayContaining([...NAMES.slice(0, 3), 'client-worker-01']));
    // Who wants everything, asks for it.
    await page.getByTestId('tool-zoom-fit').click();
    await expect.poll(() => inSight(NAMES), SOON).toEqual(NAMES);
  });

  it('are put away and come back, and the picture is fitted both times', async () => {
    await page.getByTestId('collapse-dc1').click();
    await main.node('client-worker-60').waitFor({ state: 'detached' });
    await expect.poll(zoom, SOON).toBeGreaterThan(0.68);
    expect(await inSight(NAMES.slice(0, 3))).toHaveLength(3);
    await page.getByTestId('collapse-dc1').click();
    await expect.poll(zoom, SOON).toBeCloseTo(0.65, 2);
    expect(await inSight(NAMES.slice(0, 3))).toHaveLength(3);
  });

  it('do not move what a person has moved, as long as it is in sight', async () => {
    await page.getByTestId('tool-zoom-fit').click();
    await expect.poll(() => inSight(NAMES), SOON).toEqual(NAMES);
    await page.getByTestId('tool-zoom-out').click();
    await expect.poll(zoom, SOON).toBeLessThan(0.36);
    for (const state of ['detached', 'attached', 'detached'] as const) {
      await page.getByTestId('collapse-dc1').click({ force: true });
      await main.node('client-worker-60').waitFor({ state });
    }
    expect(await zoom()).toBeLessThan(0.36);
  });

  it('are found by what is known of them, also while they are put away', async () => {
    await page.keyboard.press('Control+f');
    await page.getByLabel('Node, host or address').fill('worker-47');
    await page.keyboard.press('Enter');
    const found = page.locator('[data-testid="node-card-client-worker-47"][data-selected="true"]');
    await found.waitFor();
    const canvas = await page.getByTestId('canvas').boundingBox();
    await expect
      .poll(async () => {
        const box = await found.boundingBox();
        return Math.abs(
          (box?.y ?? 0) + (box?.height ?? 0) / 2 - (canvas?.y ?? 0) - (canvas?.height ?? 0) / 2,
        );
      })
      .toBeLessThan(8);
    expect(await inSight(['client-worker-47'])).toEqual(['client-worker-47']);
  });
});
