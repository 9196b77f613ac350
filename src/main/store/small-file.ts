import { open } from 'node:fs/promises';
import { fileError } from './file-error.js';

/** Certificates and keys of PEM files are small; a wrong file is not read to its end. */
const MOST_BYTES = 65_536;

/** The beginning of a file that is small where it is the right one. @throws RaftyardError io */
export async function readSmall(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const buffer = Buffer.alloc(MOST_BYTES);
      const { bytesRead } = await file.read(buffer, 0, MOST_BYTES, 0);
      return buffer.subarray(0, bytesRead).toString('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(`${path} cannot be read`, error);
  }
}
