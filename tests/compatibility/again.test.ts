import { expect, it } from 'vitest';
import { cluster } from './support.js';

const on = cluster();

it('plans and does nothing the second time', async () => {
  await on.life.nothingLeft();
  const containers = await on.life.containers();
  expect(await on.life.apply()).toMatchObject({ changed: 0 });
  expect(await on.life.containers()).toEqual(containers);
});
