/** What a host says is drawn as text, whatever it says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Topology } from '../../src/shared/topology/types.js';
import { honest, LIAR, lie } from '../integration/liar.js';
import { RunningApp } from './app.js';
import { MainPage, type ViewName } from './pages/main.js';
import { type RangeFile, rangeDocument, rangeFile, wipe } from './range.js';

let app: RunningApp;
let main: MainPage;
let file: RangeFile;
let topology: Topology;
const dialogs: string[] = [];

beforeAll(async () => {
  await wipe();
  topology = await rangeDocument();
  await lie(topology, 'names');
  file = rangeFile();
  app = await RunningApp.launch({ args: [file.path] });
  app.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  main = new MainPage(app.page);
});
afterAll(async () => {
  await app?.close();
  await honest(topology);
  file?.remove();
  await wipe();
});

describe('a host whose Docker and Consul answer with markup and control characters', () => {
  it('is checked, planned for and watched; nothing of it becomes part of a page', async () => {
    await main.plan();
    // The containers that it invents are named, so its words are on the screen.
    await app.page.getByText('<img src=x').first().waitFor({ timeout: 30_000 });
    for (const view of ['Topology', 'Services', 'Logs', 'Plan'] satisfies ViewName[]) {
      await main.show(view);
      await app.page.locator('main').first().waitFor();
      const drawn = await app.page.evaluate(() => ({
        images: document.querySelectorAll('img[src="x"], [onerror]').length,
        text: document.body.textContent,
      }));
      expect(drawn.images, view).toBe(0);
      expect(drawn.text, view).not.toMatch(/[\u202a-\u202e\u2066-\u2069\x1b\x07]/u);
    }
    await main.show('Topology');
    await main.node('node1').waitFor();
    expect(dialogs).toEqual([]);
    expect(LIAR).toBe('docker01');
  });
});
