/** Hosts that do not reach the registry: the window pulls the image with this computer's Docker, and sends it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Topology } from '../../src/shared/topology/types.js';
import { giveImage, ownImage, takeImage } from '../integration/own-engine.js';
import { afterEarlierTests } from '../integration/steps.js';
import { RunningApp } from './app.js';
import { MainPage } from './pages/main.js';
import { type RangeFile, range, rangeDocument, rangeFile, rootScript, wipe } from './range.js';

const HOST = 'docker02';
let app: RunningApp;
let main: MainPage;
let file: RangeFile;
let topology: Topology;

beforeEach(afterEarlierTests);
beforeAll(async () => {
  await wipe();
  const ranges = await rangeDocument();
  topology = await ownImage(ranges, HOST);
  file = rangeFile((text) => text.replace(`image: ${ranges.image}`, `image: ${topology.image}`));
  app = await RunningApp.launch({
    args: [file.path],
    env: { DOCKER_HOST: `unix://${range.engine.socket}` },
  });
  main = new MainPage(app.page);
});
afterAll(async () => {
  await app?.close();
  await wipe();
  await takeImage(topology);
  file?.remove();
});

describe('a host without the image and without a way to the registry', () => {
  it('is named in the plan, which says what this computer can do; where it cannot either, it says why', async () => {
    await main.plan();
    await app.page.getByTestId('issue-image-unavailable').waitFor();
    await app.page.getByTestId('fetch-image').click();
    await app.page.getByText('cannot be fetched here').waitFor({ timeout: 60_000 });
  });

  it('gets the image that this computer’s Docker has', async () => {
    await giveImage(topology, 'docker01');
    await app.page.getByTestId('fetch-image').click();
    await app.page.getByTestId('issue-image-unavailable').waitFor({ state: 'detached', timeout: 120_000 });
    expect(await main.apply()).toBe('done');
    expect(await rootScript(topology, HOST, "docker ps --format '{{.Names}}'")).toBe('consul02');
  });
});
