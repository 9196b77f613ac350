/** Every screen in both themes: no serious finding of axe. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningApp } from './app.js';
import { MainPage } from './pages/main.js';

interface AxeFinding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const example = new URL('../../assets/examples/three-servers.raftyard', import.meta.url).pathname;

/** Serious and critical findings, each with the element, so that a failure says where. */
async function findings(page: Page): Promise<string[]> {
  // Evaluated, not added as a script element, which the content policy would refuse.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe: engine } = window as unknown as { axe: { run(): Promise<{ violations: AxeFinding[] }> } };
    return (await engine.run()).violations;
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  let app: RunningApp;
  let main: MainPage;

  beforeAll(async () => {
    app = await RunningApp.launch();
    await app.page.getByRole('button', { name: 'Settings' }).click();
    await app.page
      .getByRole('dialog')
      .getByText(theme === 'dark' ? 'Dark' : 'Light', { exact: true })
      .click();
    await app.page.locator(`html[data-mantine-color-scheme="${theme}"]`).waitFor();
    await app.page.keyboard.press('Escape');
    await app.page.getByRole('dialog').waitFor({ state: 'detached' });
    main = new MainPage(app.page);
  });
  afterAll(() => app.close());

  it('the welcome screen', async () => {
    expect(await findings(app.page)).toEqual([]);
  });

  it('its dialogs', async () => {
    for (const open of ['template-three', 'welcome-range', 'welcome-import']) {
      await app.page.getByTestId(open).click();
      await app.page.getByRole('dialog').waitFor();
      expect(await findings(app.page)).toEqual([]);
      await app.page.keyboard.press('Escape');
      await app.page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await app.page.getByRole('button', { name: 'Settings' }).click();
    await app.page.getByRole('dialog').waitFor();
    expect(await findings(app.page)).toEqual([]);
    await app.page.keyboard.press('Escape');
  });

  it('every view of a cluster', async () => {
    await app.answerOpenDialog(example);
    await app.menu('open');
    await main.node('node1').waitFor();
    for (const tab of ['Problems', 'Events', 'YAML']) {
      await app.page.getByRole('tab', { name: tab }).click();
      expect(await findings(app.page)).toEqual([]);
    }
    await main.node('node1').click();
    expect(await findings(app.page)).toEqual([]);
    await app.page.getByTestId('host-docker01').click();
    expect(await findings(app.page)).toEqual([]);
    for (const view of ['Plan', 'Services', 'Logs', 'Export'] as const) {
      await main.show(view);
      expect(await findings(app.page)).toEqual([]);
    }
  });
});
