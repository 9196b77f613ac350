#!/usr/bin/env node
/**
 * npm run demo: from a fresh clone to a real three-server Consul cluster on three practice hosts, in the app.
 * `npm run demo -- --apply` raises it at once; without a display that is what happens in any case, and
 * pictures of the window are left instead of the window. `--cli` uses the command line only.
 */
import { spawn } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { display, hasDisplay } from './lib/display.mjs';
import { electronRuntime } from './lib/electron.mjs';
import { installElectronPackages } from './lib/electron-packages.mjs';
import { heading, main, must, root, run, seconds } from './lib/run.mjs';
import { setUp } from './lib/setup.mjs';

const document = 'demo.raftyard';
const pictures = 'demo-pictures';
const raftyard = (...argv) => [process.execPath, ['bin/raftyard.js', ...argv]];
const asked = new Set(process.argv.slice(2));
const cli = asked.has('--cli');
const isRoot = process.getuid?.() === 0;

/** The topology of the range's hosts; one of an earlier run is put aside, because the person may have edited it. */
async function writeTopology() {
  const file = join(root, document);
  if (existsSync(file)) {
    renameSync(file, `${file}.old`);
    console.log(`${document} of an earlier run is now ${document}.old.`);
  }
  await must('Writing the topology', ...raftyard('range', 'topology', '--out', document));
}

async function onCommandLine() {
  await must('Raising the cluster', ...raftyard('apply', document, '--yes'));
  return await run(...raftyard('status', document));
}

/** The window, for as long as the person keeps it open. */
async function inTheApp(executable) {
  const flags = isRoot && process.platform === 'linux' ? ['--no-sandbox'] : [];
  const apply = asked.has('--apply') ? ['--apply'] : [];
  console.log('The window is open; this ends when you close it.');
  return await new Promise((done, fail) => {
    const child = spawn(executable, [...flags, root, join(root, document), ...apply], { stdio: 'inherit' });
    child.once('error', fail);
    child.once('close', (code) => done(code ?? 0));
  });
}

/** Without a screen: the same in a window that nobody sees, driven as a person would, with pictures of it. */
async function inPictures(executable) {
  const { film } = await import('./lib/film.mjs');
  const screen = await display();
  try {
    await film({
      executable,
      env: screen.env,
      file: join(root, document),
      folder: join(root, pictures),
      say: (line) => console.log(line),
    });
  } finally {
    await screen.stop();
  }
  console.log(`Pictures of the window are in ${join(root, pictures)}.`);
  return await run(...raftyard('status', document));
}

await main(async () => {
  const started = Date.now();
  heading('1/4  Set-up: npm dependencies, build, a runtime for the app');
  await setUp();
  if (!cli) await installElectronPackages({ display: !hasDisplay(), fonts: !hasDisplay() });
  const runtime = cli ? undefined : await electronRuntime();

  heading('2/4  Three practice hosts');
  console.log(
    'Containers on this computer, each with systemd, sshd, a Docker Engine and firewalld of its own.',
  );
  console.log(
    'They have wide privileges on it: take them down when you are done (below). The first time this',
  );
  console.log('installs what is missing and builds their image: some minutes.');
  await must('The practice range', ...raftyard('range', 'up', '--hosts', '3', '--yes'));

  heading('3/4  A topology document for them');
  await writeTopology();

  heading('4/4  The cluster');
  console.log(`Set-up took ${seconds(Date.now() - started)}.`);
  const code =
    runtime === undefined
      ? await onCommandLine()
      : hasDisplay()
        ? await inTheApp(runtime.executable)
        : await inPictures(runtime.executable);

  console.log(`
Done in ${seconds(Date.now() - started)}. Now try, in ${root}:

  npm start -- ${document}                  the cluster in the app
  bin/raftyard.js status ${document}        the cluster as Consul sees it
  bin/raftyard.js plan ${document}          edit the document first: what would change
  bin/raftyard.js destroy ${document} --yes take the cluster off the hosts
  bin/raftyard.js range down                remove the hosts and all that is on them
`);
  return code;
});
