import { expect, it } from 'vitest';
import { imageFamily } from '../../src/shared/consul/index.js';
import { range, statusOf } from '../integration/support.js';
import { cluster } from './support.js';

const on = cluster();

it('is upgraded to the second Consul, with its data', async () => {
  const [, to = ''] = range.images;
  const { family, version } = imageFamily(to);
  if (family !== 'hashicorp' || version === undefined)
    throw new Error(`no version to go to: ${range.images}`);
  await on.life.putValue();
  on.life.write({ image: to });
  await on.life.apply();
  const { datacenters } = await statusOf({ ...on.life.plain, image: to });
  for (const node of datacenters.flatMap(({ nodes }) => nodes))
    expect(node.version.startsWith(version), `${node.version} is not ${version}`).toBe(true);
  await on.life.valueKept();
  await on.life.nothingLeft();
}, 600_000);
