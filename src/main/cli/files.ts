/** Writing results for people: never over something of theirs without their word. */
import { readFile } from 'node:fs/promises';
import { RaftyardError } from '../../shared/errors.js';
import { writeFileAtomic } from '../store/atomic.js';
import { fileError } from '../store/file-error.js';

/** Writes a new file; the same content again is fine. @throws RaftyardError conflict when another is there, io */
export async function writeNew(file: string, content: string, force: boolean, mode = 0o644): Promise<void> {
  try {
    const old = force ? null : await readFile(file, 'utf8').catch(absent);
    if (old !== null && old !== content)
      throw new RaftyardError('conflict', `${file} is there already`, {
        hint: 'Choose another name, or give --force to write over it.',
      });
    await writeFileAtomic(file, content, mode);
  } catch (error) {
    throw fileError(`${file} cannot be written`, error);
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
