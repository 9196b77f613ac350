/** known_hosts files: read as sshd(8) describes them; only Raftyard's own one is ever written. */
import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomic } from './atomic.js';

export interface KnownKey {
  readonly type: string;
  /** Base64 of the key blob. */
  readonly key: string;
  readonly revoked: boolean;
  /** File and line, for messages. */
  readonly from: string;
}

/** `SHA256:…` as ssh-keygen shows it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** `host` on port 22, `[host]:port` elsewhere; in lower case, as ssh writes and hashes it. */
export function hostPattern(address: string, port: number): string {
  const name = address.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

function hashedMatch(field: string, name: string): boolean {
  const [, , salt, hash] = field.split('|');
  if (salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

function wildcardMatch(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(name);
}

function matches(field: string, name: string): boolean {
  if (field.startsWith('|1|')) return hashedMatch(field, name);
  let found = false;
  for (const pattern of field.split(',')) {
    if (pattern.startsWith('!')) {
      if (wildcardMatch(pattern.slice(1), name)) return false;
    } else if (wildcardMatch(pattern, name)) found = true;
  }
  return found;
}

/** Keys that a file's text holds for a host. Lines that cannot be read say nothing; certificate authorities are passed over. */
export function parseKnownHosts(text: string, name: string, file: string): KnownKey[] {
  return text.split(/\r?\n/).flatMap((line, index): KnownKey[] => {
    const fields = line.trim().split(/\s+/);
    if (line.trim() === '' || line.trim().startsWith('#')) return [];
    const marker = fields[0]?.startsWith('@') === true ? fields.shift() : undefined;
    const [hosts, type, key] = fields;
    if (marker === '@cert-authority' || hosts === undefined || type === undefined || key === undefined)
      return [];
    if (!matches(hosts, name)) return [];
    return [{ type, key, revoked: marker === '@revoked', from: `${file}:${index + 1}` }];
  });
}

/** A file's text; a file that is not there holds nothing. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

export function readKnownHosts(files: readonly string[], address: string, port: number): KnownKey[] {
  return files.flatMap((file) => parseKnownHosts(textOf(file), hostPattern(address, port), file));
}

/** Adds a key to Raftyard's own store: one appending write of one line, so that several of us at once lose nothing. */
export async function trustKey(
  file: string,
  address: string,
  port: number,
  type: string,
  key: string,
): Promise<void> {
  const line = `${hostPattern(address, port)} ${type} ${key}`;
  const before = textOf(file);
  if (before.split(/\r?\n/).includes(line)) return;
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.appendFile(`${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Takes a host out of Raftyard's own store, because it is known to be gone: a practice host that was made
 * anew on the same port is no attacker.
 * @param keep lines with this key (`type base64`) stay
 */
export async function forgetHost(file: string, address: string, port: number, keep?: string): Promise<void> {
  const lines = textOf(file).split('\n');
  const mine = `${hostPattern(address, port)} `;
  const left = lines.filter((line) => !line.startsWith(mine) || line === `${mine}${keep ?? ''}`);
  if (left.length < lines.length) await writeFileAtomic(file, left.join('\n'), 0o600);
}
