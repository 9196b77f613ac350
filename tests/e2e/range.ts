/** The practice range as documents for the window, and what is left of a cluster taken away. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rangeTopology } from '../../src/main/range/index.js';
import { setField } from '../../src/shared/topology/index.js';
import { bareHosts, range, rangeDocument } from '../integration/support.js';
import { temporaryFolder } from '../temporary.js';

export { onHost, outer, range, rangeDocument, rootScript, until } from '../integration/support.js';

export interface RangeFile {
  readonly path: string;
  readonly folder: string;
  remove(): void;
}

/** A document of the range's hosts on disk, changed as a test needs it. */
export function rangeFile(
  change: (text: string) => string = (text) => text,
  user: 'root' | 'op' | 'nodocker' | 'pw' = 'root',
): RangeFile {
  const folder = temporaryFolder('raftyard-e2e-range-');
  const path = join(folder, 'practice.raftyard');
  writeFileSync(path, change(rangeTopology(range.name, { user })));
  return { path, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The same document without the pinned host keys: as for hosts that nobody has seen yet. */
export function withoutHostKeys(text: string): string {
  return [0, 1, 2].reduce((now, host) => setField(now, ['hosts', host, 'ssh', 'hostKeys'], undefined), text);
}

/** Every host as it was when the range came up. */
export async function wipe(): Promise<void> {
  await bareHosts(await rangeDocument());
}
