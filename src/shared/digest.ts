/** Digests that are the same on every computer and in every process, without Node. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** SHA-256 of the text's UTF-8 bytes, in lower-case hexadecimal. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** The same data with the keys of every object in code unit order, and without keys whose value is undefined. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(
    entries
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, canonical(item)]),
  );
}

/**
 * Digest of plain data (what JSON can hold): the order of keys, and keys whose value is undefined, do not matter; all
 * else does.
 *
 * @throws TypeError for what JSON cannot hold at all (undefined itself, a function, a bigint).
 */
export function digestOf(value: unknown): string {
  const text: string | undefined = JSON.stringify(canonical(value));
  if (text === undefined) throw new TypeError('this value has no JSON form');
  return sha256Hex(text);
}
