#!/usr/bin/env node
/** npm run demo: from a fresh clone to a real three-server Consul cluster on three practice hosts. */
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { heading, main, must, root, run, seconds } from './lib/run.mjs';
import { setUp } from './lib/setup.mjs';

const document = 'demo.raftyard';
const raftyard = (...argv) => [process.execPath, ['bin/raftyard.js', ...argv]];

await main(async () => {
  const started = Date.now();
  heading('1/4  Set-up: npm dependencies and build');
  await setUp();

  heading('2/4  Three practice hosts');
  console.log(
    'Containers on this computer, each with systemd, sshd, a Docker Engine and firewalld of its own.',
  );
  console.log(
    'They have wide privileges on it: take them down when you are done (below). The first time this',
  );
  console.log('installs what is missing and builds their image: some minutes.');
  await must('The practice range', ...raftyard('range', 'up', '--hosts', '3', '--yes'));

  heading('3/4  A topology document for them, and the cluster');
  const file = join(root, document);
  if (existsSync(file)) {
    renameSync(file, `${file}.old`); // the person may have edited it
    console.log(`${document} of an earlier run is now ${document}.old.`);
  }
  await must('Writing the topology', ...raftyard('range', 'topology', '--out', document));
  await must('Raising the cluster', ...raftyard('apply', document, '--yes'));

  heading('4/4  What Consul itself says');
  const code = await run(...raftyard('status', document));

  console.log(`
Done in ${seconds(Date.now() - started)}. Now try, in ${root}:

  bin/raftyard.js status ${document}        the cluster as Consul sees it
  bin/raftyard.js plan ${document}          edit the document first: what would change
  bin/raftyard.js apply ${document} --yes   again: nothing to do
  bin/raftyard.js destroy ${document} --yes take the cluster off the hosts
  bin/raftyard.js range down                remove the hosts and all that is on them
`);
  return code;
});
