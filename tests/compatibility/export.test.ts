import { it } from 'vitest';
import { cluster } from './support.js';

const on = cluster({ raise: false, firewall: 'leave' });

it('comes from its exported start scripts, run by hand, and is taken over as it is', async () => {
  await on.life.runScripts();
  await on.life.adopted(await on.life.imported());
});
