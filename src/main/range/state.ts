import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RaftyardError } from '../../shared/errors.js';
import { newKeyPair } from './key.js';
import { rangePath, rangesPath } from './paths.js';

const hostSchema = z.object({
  name: z.string(),
  container: z.string(),
  address: z.string(),
  sshPort: z.number().int(),
  hostKey: z.string(),
});

const stateSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  /** The id of the topology document for these hosts: the same cluster as long as the hosts live. */
  clusterId: z.string(),
  engine: z.object({ socket: z.string(), ours: z.boolean() }).nullable(),
  network: z.string(),
  subnet: z.string(),
  images: z.array(z.string()),
  /** Archives of the Consul that it was given; absent where it has only its own. */
  given: z.array(z.object({ file: z.string(), references: z.array(z.string()) })).optional(),
  hosts: z.array(hostSchema),
});

/** What is kept of a range between runs, in range.json of its folder. */
export type RangeState = z.infer<typeof stateSchema>;
export type RangeStateHost = z.infer<typeof hostSchema>;

const file = (name: string) => join(rangePath(name), 'range.json');
export const identityPath = (name: string) => join(rangePath(name), 'id_ed25519');
export const passwordPath = (name: string) => join(rangePath(name), 'pw.password');

/** The state of a range; null when there is none of that name. @throws RaftyardError io */
export function readState(name: string): RangeState | null {
  const path = file(name);
  if (!existsSync(path)) return null;
  try {
    return stateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new RaftyardError('io', `The record of the practice range is damaged: ${path}`, {
      hint: `Delete ${path} and run 'raftyard range down'; it finds what belongs to the range by its labels.`,
      cause: error,
    });
  }
}

/** Writes the state atomically. */
export async function writeState(state: RangeState): Promise<void> {
  await mkdir(rangePath(state.name), { recursive: true, mode: 0o700 });
  const path = file(state.name);
  const part = `${path}.part`;
  await writeFile(part, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(part, path);
}

/** Names of all ranges of this data directory. */
export async function rangeNames(): Promise<string[]> {
  const entries = await readdir(rangesPath(), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

export interface Credentials {
  /** One line for authorized_keys. */
  readonly publicKey: string;
  /** Of the user `pw`. */
  readonly password: string;
}

/** The range's own key and password, made at the first call. */
export async function ensureCredentials(name: string): Promise<Credentials> {
  await mkdir(rangePath(name), { recursive: true, mode: 0o700 });
  const identity = identityPath(name);
  if (!existsSync(`${identity}.pub`)) {
    const pair = newKeyPair(`raftyard range ${name}`);
    await writeFile(identity, pair.private.endsWith('\n') ? pair.private : `${pair.private}\n`, {
      mode: 0o600,
    });
    // Written last: its presence says that the pair is whole.
    await writeFile(`${identity}.pub`, `${pair.public.trim()}\n`, { mode: 0o644 });
  }
  if (!existsSync(passwordPath(name))) {
    const part = `${passwordPath(name)}.part`;
    await writeFile(part, `${randomBytes(18).toString('base64url')}\n`, { mode: 0o600 });
    await rename(part, passwordPath(name));
  }
  return {
    publicKey: readFileSync(`${identity}.pub`, 'utf8').trim(),
    password: readFileSync(passwordPath(name), 'utf8').trim(),
  };
}
