/** Small JSON files of our own: read with a schema, written whole; a broken one is put aside, never lost. */
import { readFileSync, renameSync } from 'node:fs';
import type { z } from 'zod';

/** What is in the file, or `fallback` where it is not there or cannot be read. */
export function readJson<T>(path: string, schema: z.ZodType<T>, fallback: T): T {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return fallback;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    try {
      renameSync(path, `${path}.broken`);
    } catch {
      // A read-only disk: the file stays where it is, and the fallback holds.
    }
    return fallback;
  }
}
