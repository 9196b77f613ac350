import { expect, it } from 'vitest';
import { WHOLLY_SECURED } from '../../src/shared/topology/index.js';
import { RESTART_DOCKER, raftyard, reboot, rootScript, until } from '../integration/support.js';
import { cluster } from './support.js';

const on = cluster({ secure: WHOLLY_SECURED });

async function whole(): Promise<void> {
  await until(
    'a healthy cluster',
    120_000,
    async () => (await raftyard('status', on.life.file, ...on.life.unlock)).code === 0,
  );
  await on.life.valueKept();
  await on.life.nothingLeft();
}

it('comes back from restarts of its engines and of all its hosts, with its data', async () => {
  await on.life.putValue();
  const containers = await on.life.containers();
  for (const { name } of on.life.plain.hosts) {
    await rootScript(on.life.plain, name, RESTART_DOCKER);
    await whole();
  }
  await Promise.all(on.life.plain.hosts.map(({ name }) => reboot(name)));
  await whole();
  expect(await on.life.containers()).toEqual(containers);
}, 600_000);

it('is made anew one after the other where an option asks for it, with its data', async () => {
  on.life.write({ secure: WHOLLY_SECURED, raftMultiplier: 2 });
  await on.life.apply();
  await whole();
}, 600_000);
