import { expect, it } from 'vitest';
import { presentedCertificate } from '../../src/main/consul/security.js';
import { WHOLLY_SECURED } from '../../src/shared/topology/index.js';
import { onHost } from '../integration/support.js';
import { cluster } from './support.js';

const on = cluster({ secure: WHOLLY_SECURED });

it('presents new certificates without a restart', async () => {
  const { plain } = on.life;
  const shown = () =>
    Promise.all(
      plain.hosts.map(({ name }) =>
        onHost(plain, name, async (connection) => (await presentedCertificate(connection))?.serialNumber),
      ),
    );
  const started = () =>
    on.life.everywhere("docker inspect -f '{{.Id}} {{.State.StartedAt}}' $(docker ps -q)");
  const [before, containers] = [await shown(), await started()];
  // As if their end had come: the store has lost them.
  const vault = await on.life.opened();
  const lost = [1, 2, 3].map((number) => [`cluster/${plain.id}/tls-cert/node${number}`, null]);
  await vault.write(Object.fromEntries(lost));
  await on.life.apply();
  const after = await shown();
  for (const [index, serial] of after.entries()) {
    expect(serial).toBeDefined();
    expect(serial).not.toBe(before[index]);
  }
  expect(await started()).toEqual(containers);
  await on.life.nothingLeft();
});
