/** Real Debian packages on practice hosts: fetched by this computer, since the hosts themselves go nowhere. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Topology } from '../../src/shared/topology/types.js';
import { temporaryFolder } from '../temporary.js';
import { onHost } from './support.js';

const run = promisify(execFile);

async function fetched(names: readonly string[]): Promise<string[]> {
  const folder = join(temporaryFolder('raftyard-packages-'), 'debs');
  mkdirSync(folder);
  const download = () => run('apt-get', ['-qq', 'download', ...names], { cwd: folder });
  try {
    await download();
  } catch {
    await run('apt-get', ['-qq', 'update']);
    await download();
  }
  return readdirSync(folder).map((name) => join(folder, name));
}

/**
 * Installs packages on a host; no question is asked. Dependencies are not fetched: name those that are needed to run, and
 * leave those for manual pages out.
 */
export async function install(topology: Topology, host: string, ...names: string[]): Promise<void> {
  const files = await fetched(names);
  await onHost(topology, host, async (connection) => {
    const paths = files.map((_, index) => `/run/${index}.deb`);
    for (const [index, file] of files.entries())
      await connection.writeFile(paths[index] ?? '', readFileSync(file), 0o600);
    const script = `export DEBIAN_FRONTEND=noninteractive; dpkg --force-depends -i "$@" 2>&1; code=$?; rm -f "$@"; exit $code`;
    const result = await connection.script(script, paths, { root: true, timeoutMs: 60_000 });
    if (result.code !== 0) throw new Error(`${host}: ${result.stdout}`);
  });
}
