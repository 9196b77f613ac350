/** The main job in the real window, as a person does it: apply, watch, Consul's own UI; a picture of each. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { _electron } from 'playwright';
import { consulUi, pictureOfWindow } from './pictures.mjs';
import { root, Stop } from './run.mjs';

const APPLY_MS = 5 * 60_000;
const WAIT_MS = 60_000;

/**
 * @param {object} options
 * @param {string} options.executable Electron
 * @param {Record<string, string>} options.env added to the environment
 * @param {string} options.file the topology
 * @param {string} options.folder where pictures go
 * @param {(line: string) => void} options.say
 * @throws {Stop} when the cluster does not come up
 */
export async function film({ executable, env, file, folder, say }) {
  mkdirSync(folder, { recursive: true });
  const flags = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const app = await _electron.launch({
    executablePath: executable,
    args: [...flags, root, file, '--apply'],
    env: { ...process.env, ...env },
  });
  const shoot = async (page, name) => {
    await page.screenshot({ path: join(folder, `${name}.png`) });
    say(`  ${name}.png`);
  };
  try {
    const page = await app.firstWindow();
    await page.getByTestId('summary').waitFor({ timeout: APPLY_MS });
    await shoot(page, '1-applied');
    const result = await page.getByTestId('summary').getAttribute('data-result');
    if (result !== 'done') {
      throw new Stop(`The cluster did not come up: ${await page.getByTestId('summary').textContent()}`);
    }
    say(await page.getByTestId('time-to-quorum').textContent());
    await page.getByRole('navigation').getByRole('button').first().click();
    await page.getByTestId('health').filter({ hasText: 'leader' }).waitFor({ timeout: WAIT_MS });
    await shoot(page, '2-live');
    await page.getByRole('navigation').getByRole('button', { name: 'Consul UI' }).click();
    const ui = await consulUi(app);
    await ui.getByText('consul', { exact: true }).first().waitFor({ timeout: WAIT_MS });
    await pictureOfWindow(app, join(folder, '3-consul-ui.png'));
    say('  3-consul-ui.png');
  } finally {
    await app.close();
  }
}
