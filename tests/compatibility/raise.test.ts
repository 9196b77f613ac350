import { expect, it } from 'vitest';
import { consulVersion, statusOf } from '../integration/support.js';
import { cluster } from './support.js';

const on = cluster({ raise: false });

it('is raised: three servers of that version agree on a leader, and take a value', async () => {
  await on.life.apply();
  const { datacenters } = await statusOf(on.life.plain);
  const versions = datacenters.flatMap(({ nodes }) => nodes.map(({ version }) => version));
  expect(versions).toHaveLength(3);
  for (const version of versions) expect(version.startsWith(consulVersion()), version).toBe(true);
  await on.life.putValue();
  await on.life.valueKept();
});
