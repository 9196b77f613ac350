/** Folders of a test run: all below one, which is removed when the run ends, however its tests ended. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VARIABLE = 'RAFTYARD_TEST_FOLDER';

/** A new folder whose name begins with `prefix`. */
export function temporaryFolder(prefix: string): string {
  const parent = process.env[VARIABLE];
  if (parent === undefined) throw new Error('the set-up of the tests has not run');
  return mkdtempSync(join(parent, prefix));
}

/** Set-up of every project of the tests. */
export default function setup(): () => void {
  // A run of several projects shares the first one's.
  if (process.env[VARIABLE] !== undefined) return () => undefined;
  const folder = mkdtempSync(join(tmpdir(), 'raftyard-tests-'));
  // Some tests start programs as another user.
  chmodSync(folder, 0o755);
  process.env[VARIABLE] = folder;
  return () => {
    delete process.env[VARIABLE];
    rmSync(folder, { recursive: true, force: true });
  };
}
