/** An API that the document opens to the network: a choice with a warning, and a yes of its own. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setField } from '../../src/shared/topology/index.js';
import { RunningApp } from './app.js';
import { type RangeFile, rangeDocument, rangeFile, rootScript, wipe } from './range.js';

let file: RangeFile;
let app: RunningApp;

beforeAll(async () => {
  await wipe();
  file = rangeFile((text) => setField(text, ['api'], 'exposed'));
  app = await RunningApp.launch({ args: [file.path, '--apply'] });
});
afterAll(async () => {
  await app?.close();
  file?.remove();
});

it('is applied by no button, key or argument before that yes', async () => {
  const { page } = app;
  const button = page.getByTestId('apply-button');
  await button.waitFor({ timeout: 60_000 });
  await page.getByText(/without ACLs they control the cluster/).waitFor();
  expect(await button.isDisabled()).toBe(true);
  await app.menu('apply');
  const yes = page.getByRole('checkbox', { name: 'I have read this' });
  expect(await yes.count()).toBe(1);
  await yes.check();
  expect(await button.isEnabled()).toBe(true);
  await yes.uncheck();
  await app.menu('apply');
  expect(await button.isDisabled()).toBe(true);
  expect(await page.getByTestId('summary').count()).toBe(0);
  const { hosts, ...rest } = await rangeDocument();
  for (const { name } of hosts)
    expect(await rootScript({ hosts, ...rest }, name, 'docker ps -aq; ls -A /opt')).not.toMatch(
      /\w{12}|consul/,
    );
});
