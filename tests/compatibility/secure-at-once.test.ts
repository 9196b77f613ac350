import { expect, it } from 'vitest';
import { WHOLLY_SECURED } from '../../src/shared/topology/index.js';
import { cluster } from './support.js';

const on = cluster();

it('gets gossip encryption, TLS and ACLs while it lives, with its data kept', async () => {
  await on.life.putValue();
  on.life.write({ secure: WHOLLY_SECURED });
  await on.life.apply();
  const [asked = ''] = await on.life.everywhere('curl -s http://127.0.0.1:8500/v1/kv/story; true');
  expect(asked).not.toContain('kept');
  await on.life.valueKept();
  await on.life.nothingLeft();
});
