import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RaftyardError } from '../../shared/errors.js';

/** Raftyard's data directory: RAFTYARD_HOME, else the XDG data directory. */
export function homePath(): string {
  const own = process.env['RAFTYARD_HOME'];
  if (own !== undefined && own !== '') return own;
  const xdg = process.env['XDG_DATA_HOME'];
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.local', 'share'), 'raftyard');
}

/** What can be made again, shared by all ranges of this user: root file systems and image archives. */
export function cachePath(): string {
  const xdg = process.env['XDG_CACHE_HOME'];
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.cache'), 'raftyard');
}

/** Eight hex digits that stand for the data directory in names that the whole computer shares. */
export function homeId(): string {
  return createHash('sha256').update(homePath()).digest('hex').slice(0, 8);
}

export function rangesPath(): string {
  return join(homePath(), 'range');
}

export function rangePath(name: string): string {
  return join(rangesPath(), checkName(name));
}

/** Our own engine's files; one engine serves all ranges of a data directory. */
export function enginePath(): string {
  return join(homePath(), 'engine');
}

/** Sockets need a short path (108 bytes at most), whatever the data directory is called. */
export function engineRunPath(): string {
  return `/run/raftyard-${homeId()}`;
}

/**
 * assets/range of the installed package: beside src and dist alike. In the packaged app these files lie
 * unpacked beside the archive, because Docker and the shell cannot read inside it.
 */
export function assetPath(...parts: string[]): string {
  const inside = fileURLToPath(new URL('../../../assets/range', import.meta.url));
  return join(inside.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked'), ...parts);
}

/**
 * A range's name becomes part of container, network and file names.
 * @throws RaftyardError usage
 */
export function checkName(name: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) {
    throw new RaftyardError('usage', `Not a name for a practice range: ${JSON.stringify(name)}`, {
      hint: 'Use 1 to 32 lower-case letters, digits and inner hyphens.',
    });
  }
  return name;
}
