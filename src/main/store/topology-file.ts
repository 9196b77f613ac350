/** Topology documents on disk. */
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { RaftyardError } from '../../shared/errors.js';
import { MAX_TEXT } from '../../shared/topology/index.js';
import { writeFileAtomic } from './atomic.js';
import { fileError } from './file-error.js';

const EXTENSIONS: ReadonlySet<string> = new Set(['.raftyard', '.yaml', '.yml']);

/** Whether a name is one of a topology document. */
export function isTopologyFile(path: string): boolean {
  return EXTENSIONS.has(extname(path).toLowerCase());
}

/** Bytes of a file as text: another encoding is told, since writing it back would lose what could not be read. @throws RaftyardError io */
export function utf8Text(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new RaftyardError('io', `${path} is no UTF-8 text`, { hint: 'Save it as UTF-8.', cause: error });
  }
}

/** @throws RaftyardError io, usage (no topology by its name, or too large) */
export async function readTopologyFile(path: string): Promise<string> {
  if (!isTopologyFile(path))
    throw new RaftyardError('usage', `${path} is not named .raftyard, .yaml or .yml`, {
      hint: 'Rename it if it is a topology.',
    });
  try {
    const found = await stat(path);
    // A pipe or a device has no end.
    if (!found.isFile() && !found.isDirectory())
      throw new RaftyardError('io', `${path} cannot be read: it is not a file`);
    const { size } = found;
    // In bytes: a text that is short enough has at most four of them for each character.
    if (size > MAX_TEXT * 4) throw new RaftyardError('io', `${path} is too large to be a topology`);
    return utf8Text(path, await readFile(path));
  } catch (error) {
    throw fileError(`${path} cannot be read`, error);
  }
}

/** Keeps the permissions of a file that is there. @throws RaftyardError io */
export async function writeTopologyFile(path: string, text: string): Promise<void> {
  try {
    const mode = await stat(path).then(
      (found) => found.mode & 0o777,
      () => 0o644,
    );
    await writeFileAtomic(path, text, mode);
  } catch (error) {
    throw fileError(`${path} cannot be written`, error);
  }
}
