import { expect, it } from 'vitest';
import { GOSSIP_KEY, MANAGEMENT_TOKEN } from '../../src/shared/desired/index.js';
import { WHOLLY_SECURED } from '../../src/shared/topology/index.js';
import { asking } from '../integration/secured.js';
import { run } from '../story/cluster-life.js';
import { cluster } from './support.js';

const on = cluster({ secure: WHOLLY_SECURED });

it('gets another gossip key everywhere, without a restart', async () => {
  const before = await on.life.kept();
  const started = () =>
    on.life.everywhere("docker inspect -f '{{.Id}} {{.State.StartedAt}}' $(docker ps -q)");
  const containers = await started();
  await run(0, 'rotate', on.life.file, '--yes', ...on.life.unlock);
  const after = await on.life.kept();
  // Said without the keys: what fails is written into docs.
  expect(after[GOSSIP_KEY] === before[GOSSIP_KEY], 'the key is still the old one').toBe(false);
  for (const { name } of on.life.plain.hosts) {
    const pools = await asking(on.life.plain, name, after[MANAGEMENT_TOKEN] ?? null, (api) => api.keyring());
    const keys = new Set(pools.flatMap((pool) => Object.keys(pool.keys)));
    const onlyNew = keys.size === 1 && keys.has(after[GOSSIP_KEY] ?? '');
    expect(onlyNew, `${name} has the new key and no other`).toBe(true);
  }
  expect(await started()).toEqual(containers);
  await run(0, 'status', on.life.file, ...on.life.unlock);
  await on.life.nothingLeft();
});
