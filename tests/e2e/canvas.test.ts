/** Drawing by mouse and by keyboard. */
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readModel } from '../../src/shared/topology/index.js';
import { temporaryFolder } from '../temporary.js';
import { RunningApp } from './app.js';
import { MainPage } from './pages/main.js';

let folder: string;
let file: string;
let app: RunningApp;
let page: Page;
let main: MainPage;

beforeEach(async () => {
  folder = temporaryFolder('raftyard-e2e-canvas-');
  file = join(folder, 'shop.raftyard');
  copyFileSync(new URL('../../assets/examples/three-servers.raftyard', import.meta.url), file);
  app = await RunningApp.launch({ args: [file] });
  page = app.page;
  main = new MainPage(page);
  await main.node('node3').waitFor();
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What is in the file after saving: the document is the truth, the picture its projection. */
async function saved() {
  await app.menu('save');
  await page.getByText('shop.raftyard · saved').waitFor();
  return readModel(readFileSync(file, 'utf8')).draft;
}

const names = (draft: Awaited<ReturnType<typeof saved>>) =>
  draft.datacenters.map((dc) => [dc.name, dc.nodes.map((node) => node.name)]);

async function centre(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error('not on the screen');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Drags a card as a hand does: down, some way, to the place, up. */
async function dragCard(card: Locator, to: { x: number; y: number }): Promise<void> {
  const from = await centre(card);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 12, from.y + 12, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 12 });
  await page.mouse.up();
}

/** The picture moves for a moment: a place is read once it stands. */
async function stands(locator: Locator): Promise<void> {
  let last = '';
  await expect
    .poll(async () => {
      const now = JSON.stringify(await locator.boundingBox());
      const still = now === last;
      last = now;
      return still;
    })
    .toBe(true);
}

describe('the palette', () => {
  it('drops a client into a datacenter, on a host whose address is still to be given', async () => {
    const area = page.getByTestId('datacenter-dc1');
    const box = await area.boundingBox();
    await page
      .getByTestId('palette-client')
      .dragTo(area, { targetPosition: { x: (box?.width ?? 100) - 60, y: 40 }, force: true, steps: 8 });
    await main.node('client1').waitFor();
    await page.getByTestId('host-docker04').waitFor();
    const draft = await saved();
    expect(names(draft)).toEqual([['dc1', ['node1', 'node2', 'node3', 'client1']]]);
    expect(draft.datacenters[0]?.nodes[3]?.role).toBe('client');
  });

  it('does the same by keyboard', async () => {
    await page.getByTestId('palette-server').focus();
    await page.keyboard.press('Enter');
    await main.node('node4').waitFor();
    await page.getByTestId('palette-datacenter').focus();
    await page.keyboard.press('Space');
    await page.getByTestId('datacenter-dc2').waitFor();
    expect(names(await saved())).toEqual([
      ['dc1', ['node1', 'node2', 'node3', 'node4']],
      ['dc2', []],
    ]);
  });
});

describe('cards', () => {
  it('are moved to another datacenter by dragging them there, and back by undo', async () => {
    await page.getByTestId('palette-datacenter').click();
    const target = page.getByTestId('datacenter-dc2');
    await target.waitFor();
    await app.menu('zoom-fit');
    await stands(target);
    await dragCard(main.node('node3'), await centre(target));
    await expect
      .poll(async () => names(await saved()))
      .toEqual([
        ['dc1', ['node1', 'node2']],
        ['dc2', ['node3']],
      ]);
    await app.menu('undo');
    expect(names(await saved())).toEqual([
      ['dc1', ['node1', 'node2', 'node3']],
      ['dc2', []],
    ]);
  });

  it('give the bootstrap flag to another by dragging it', async () => {
    await stands(page.getByTestId('flag-node1'));
    await page.getByTestId('flag-node1').dragTo(main.node('node2'), { force: true, steps: 8 });
    await page.getByTestId('flag-node2').waitFor();
    const draft = await saved();
    expect(draft.datacenters[0]?.nodes.map((node) => node.bootstrap)).toEqual([false, true, false]);
  });

  it('are copied, deleted, found and named by keyboard', async () => {
    await main.node('node2').click();
    await page.keyboard.press('Control+d');
    await main.node('node4').waitFor();
    await page.keyboard.press('Delete');
    await main.node('node4').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+f');
    await page.getByLabel('Node, host or address').fill('192.0.2.13');
    await page.keyboard.press('Enter');
    await page.locator('[data-testid="node-card-node3"][data-selected="true"]').waitFor();
    expect(names(await saved())).toEqual([['dc1', ['node1', 'node2', 'node3']]]);
  });

  it('say to a screen reader what they are', async () => {
    await page.getByRole('group', { name: 'node1, server, bootstrap server, 192.0.2.11' }).waitFor();
  });
});

describe('the text', () => {
  it('and the picture are one document', async () => {
    await page.getByRole('tab', { name: 'YAML' }).click();
    const editor = page.locator('.cm-editor');
    await editor.locator('.cm-line', { hasText: 'name: node2' }).first().click();
    await page.keyboard.press('End');
    await page.keyboard.type('b');
    await main.node('node2b').waitFor();
    await main.node('node2b').click();
    await page.keyboard.press('Delete');
    await editor.getByText('node2b').waitFor({ state: 'detached' });
    const text = readFileSync(file, 'utf8');
    await saved();
    expect(readFileSync(file, 'utf8')).toContain('# Every server gets the same flags');
    expect(text).toContain('name: node2');
  });
});
