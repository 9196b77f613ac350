/** Copies of a topology file: two files with one cluster id are taken for the same cluster. */
import { resolve } from 'node:path';
import { readModel } from '../../shared/topology/index.js';
import { isTopologyFile, readTopologyFile } from './topology-file.js';

/** The cluster's id in lower case; null for a document without one. */
export function clusterIdOf(text: string): string | null {
  const id: unknown = readModel(text).value['id'];
  return typeof id === 'string' && /^[0-9a-f-]{36}$/i.test(id) ? id.toLowerCase() : null;
}

/**
 * The first of the other files that holds the same cluster id, or null. A file that is gone or cannot be read
 * is no original.
 */
export async function originalOf(
  path: string,
  text: string,
  others: readonly string[],
): Promise<string | null> {
  const id = clusterIdOf(text);
  if (id === null) return null;
  for (const other of others) {
    if (resolve(other) === resolve(path) || !isTopologyFile(other)) continue;
    const found = await readTopologyFile(other).catch(() => null);
    if (found !== null && clusterIdOf(found) === id) return other;
  }
  return null;
}
