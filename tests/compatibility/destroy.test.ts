import { expect, it } from 'vitest';
import { WHOLLY_SECURED } from '../../src/shared/topology/index.js';
import { run } from '../story/cluster-life.js';
import { cluster } from './support.js';

const on = cluster({ raise: false, secure: WHOLLY_SECURED });

it('goes, and the hosts are as they were', async () => {
  const before = await on.life.traced();
  on.life.write({ secure: WHOLLY_SECURED });
  await on.life.apply();
  await run(0, 'destroy', on.life.file, '--yes');
  expect(await on.life.traced()).toEqual(before);
});
