import { expect, it } from 'vitest';
import { CONSUL, RESTART_DOCKER, rootScript } from '../integration/support.js';
import { run } from '../story/cluster-life.js';
import { cluster } from './support.js';

const on = cluster({ raise: false });

it('is imported as the tutorial’s reader raised it by hand, and taken over as it is', async () => {
  const { plain } = on.life;
  const [first] = plain.hosts;
  for (const [index, host] of plain.hosts.entries()) {
    const join = index === 0 ? '-bootstrap-expect 3' : `-retry-join ${first?.advertise ?? ''}`;
    // The tutorial's commands, with what its image does by itself and hashicorp/consul does not.
    await rootScript(
      plain,
      host.name,
      `systemctl stop firewalld.service; systemctl disable firewalld.service 2>/dev/null; ${RESTART_DOCKER}
       docker run -d --restart always -h node${index + 1} --net=host --name consul0${index + 1} ${CONSUL} \\
         agent -ui -client 0.0.0.0 -server -advertise ${host.advertise} ${join}`,
    );
  }
  const imported = await on.life.imported();
  await on.life.leader(imported);
  await on.life.adopted(imported);
  // What Raftyard did not start stays.
  const containers = await on.life.containers();
  await run(0, 'destroy', imported, '--yes');
  expect(await on.life.containers()).toEqual(containers);
});
