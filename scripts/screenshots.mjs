#!/usr/bin/env node
/**
 * npm run screenshots: every screen of the app, light and dark, in both languages, wide and narrow, into
 * docs/images. A real window on a real cluster of the practice range (started if need be).
 * With words (`npm run screenshots -- dark zh narrow`) only those; with `welcome` among them only the screens that need
 * no cluster.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from 'playwright';
import { display } from './lib/display.mjs';
import { electronRuntime } from './lib/electron.mjs';
import { installElectronPackages } from './lib/electron-packages.mjs';
import { consulUi, pictureOfWindow } from './lib/pictures.mjs';
import { heading, main, must, root } from './lib/run.mjs';
import { setUp } from './lib/setup.mjs';

const folder = join(root, 'docs', 'images');
const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 900, height: 600 } };
const LANGUAGES = ['en', 'zh'];
const THEMES = ['light', 'dark'];
const WAIT_MS = 60_000;
const APPLY_MS = 5 * 60_000;
/** Serf needs a while before it knows how far nodes are from each other. */
const COORDINATES_MS = 90_000;
const raftyard = (...argv) => [process.execPath, ['bin/raftyard.js', ...argv]];

async function launch(executable, env, settings, args) {
  const home = mkdtempSync(join(tmpdir(), 'raftyard-pictures-'));
  mkdirSync(join(home, 'app'), { recursive: true });
  writeFileSync(join(home, 'app', 'settings.json'), JSON.stringify(settings));
  const flags = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const app = await _electron.launch({
    executablePath: executable,
    args: [...flags, root, ...args],
    env: { ...process.env, ...env, RAFTYARD_HOME: home },
  });
  const page = await app.firstWindow();
  await page.locator('main').first().waitFor();
  return { app, page, end: () => app.close().then(() => rmSync(home, { recursive: true, force: true })) };
}

/** Rail buttons by their place: their names change with the language. */
const VIEWS = ['topology', 'plan', 'services', 'consul-ui', 'logs', 'export'];

/** How a window of one theme, language and size is taken. */
function camera(theme, language, size) {
  const resize = async ({ app, page }) => {
    await app.evaluate(({ BrowserWindow }, wanted) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(wanted.width, wanted.height);
    }, SIZES[size]);
    await page.waitForFunction((wanted) => window.innerWidth === wanted.width, SIZES[size]);
  };
  const name = (screen) => join(folder, `${screen}-${theme}-${language}-${size}.png`);
  const shoot = async (page, screen) => {
    await page.mouse.move(0, 0);
    await page.evaluate(() =>
      Promise.all(
        document
          .getAnimations()
          .filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime ?? Infinity))
          .map((one) => one.finished.catch(() => undefined)),
      ),
    );
    await page.screenshot({ path: name(screen) });
  };
  return { settings: { theme, language }, resize, name, shoot };
}

/** The screens before there is a cluster. */
async function takeWelcome(executable, env, theme, language, size) {
  const { settings, resize, shoot } = camera(theme, language, size);
  const first = await launch(executable, env, settings, []);
  await resize(first);
  await shoot(first.page, 'welcome');
  await first.page.getByTestId('template-three').click();
  await first.page.getByRole('dialog').waitFor();
  await shoot(first.page, 'new');
  await first.end();
}

/** All other screens of one theme, language and size, of a cluster that is raised here and destroyed afterwards. */
async function take(executable, env, file, theme, language, size) {
  const { settings, resize, name, shoot } = camera(theme, language, size);
  const { app, page, end } = await launch(executable, env, settings, [file]);
  await resize({ app, page });
  const rail = page.getByRole('navigation', { name: 'Raftyard' }).getByRole('button');
  const go = async (view) => await rail.nth(VIEWS.indexOf(view)).click();
  await page.getByTestId('node-card-node1').waitFor();
  await shoot(page, 'drawn');
  await page.getByTestId('add-host').click();
  await page.getByRole('dialog').waitFor();
  await shoot(page, 'hosts');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('banner').getByRole('button').nth(1).click();
  await page.getByTestId('checks').waitFor({ timeout: WAIT_MS });
  await shoot(page, 'checks');
  await page.getByRole('banner').getByRole('button').nth(2).click();
  await page.getByTestId('plan-counts').waitFor({ timeout: WAIT_MS });
  await shoot(page, 'plan');
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await page.getByTestId('apply-button').click();
  await page.getByTestId('summary').waitFor({ timeout: APPLY_MS });
  await shoot(page, 'applied');
  await go('topology');
  await page.getByTestId('health').locator('[aria-hidden]').first().waitFor();
  await page.locator('[data-kind="lan"]').first().waitFor({ timeout: COORDINATES_MS });
  await page.getByTestId('node-card-node1').click();
  await shoot(page, 'topology');
  // In a low window it is closed until it is wanted.
  const closed = page.getByTestId('drawer-open');
  if (await closed.isVisible()) await closed.click();
  await page.getByRole('tab').nth(1).click();
  await shoot(page, 'events');
  await page.getByRole('tab').nth(2).click();
  await page.locator('.cm-line').first().waitFor();
  await shoot(page, 'yaml');
  for (const view of ['services', 'logs', 'export']) {
    await go(view);
    const anchor = { services: 'service-consul', logs: 'log-lines', export: 'preview' }[view];
    await page.getByTestId(anchor).waitFor({ timeout: WAIT_MS });
    if (view === 'logs') await page.getByTestId(anchor).locator('div').first().waitFor({ timeout: WAIT_MS });
    await shoot(page, view);
  }
  await rail.last().click();
  await page.getByRole('dialog').waitFor();
  await shoot(page, 'settings');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await go('consul-ui');
  const ui = await consulUi(app);
  await ui.getByText('consul', { exact: true }).first().waitFor({ timeout: WAIT_MS });
  await pictureOfWindow(app, name('consul-ui'));
  await end();
  await must('Taking the cluster away', ...raftyard('destroy', file, '--yes'));
}

await main(async () => {
  await setUp();
  await installElectronPackages({ display: true, fonts: true });
  const { executable } = await electronRuntime();
  const words = process.argv.slice(2);
  const asked = (all) =>
    all.some((one) => words.includes(one)) ? all.filter((one) => words.includes(one)) : all;
  const welcomeOnly = words.includes('welcome');
  const work = mkdtempSync(join(tmpdir(), 'raftyard-pictures-'));
  const file = join(work, 'practice.raftyard');
  if (!welcomeOnly) {
    heading('A cluster on the practice range');
    await must('The practice range', ...raftyard('range', 'up', '--hosts', '3', '--yes'));
    await must('Writing the topology', ...raftyard('range', 'topology', '--out', file));
    // What a run that was cut short has left there.
    await must('Taking an earlier cluster away', ...raftyard('destroy', file, '--yes'));
  }
  mkdirSync(folder, { recursive: true });
  const screen = await display();
  try {
    heading('Pictures');
    for (const theme of asked(THEMES))
      for (const language of asked(LANGUAGES))
        for (const size of asked(Object.keys(SIZES))) {
          console.log(`${theme}, ${language}, ${size}`);
          await takeWelcome(executable, screen.env, theme, language, size);
          if (!welcomeOnly) await take(executable, screen.env, file, theme, language, size);
        }
  } finally {
    await screen.stop();
    rmSync(work, { recursive: true, force: true });
  }
  console.log(`They are in ${folder}.`);
});
