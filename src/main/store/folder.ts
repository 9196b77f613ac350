/** A folder of files and a zip of it, written whole or not at all. */
import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { RaftyardError } from '../../shared/errors.js';
import type { ExportedFile } from '../../shared/export/index.js';
import { writeFileAtomic } from './atomic.js';
import { fileError } from './file-error.js';

/** "made by Unix" in a zip's central directory; the upper half of the attributes then holds the mode. */
const UNIX = 3;
const REGULAR_FILE = 0o100000;

/** Zip with unix modes, all paths below one folder. */
export function zipOf(folder: string, files: readonly ExportedFile[]): Uint8Array {
  const entries: Zippable = {};
  for (const { path, mode, content } of files)
    entries[`${folder}/${path}`] = [
      new TextEncoder().encode(content),
      { os: UNIX, attrs: ((REGULAR_FILE | mode) << 16) >>> 0 },
    ];
  return zipSync(entries, { level: 9 });
}

type State = 'absent' | 'empty' | 'filled';

async function stateOf(path: string): Promise<State> {
  try {
    if (!(await lstat(path)).isDirectory())
      throw new RaftyardError('conflict', `${path} is there already, and is no directory`, {
        hint: 'Choose another --out.',
      });
    return (await readdir(path)).length === 0 ? 'empty' : 'filled';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent';
    throw error;
  }
}

async function writeInto(directory: string, files: readonly ExportedFile[]): Promise<void> {
  for (const { path, mode, content } of files) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content, { flag: 'wx' });
    await chmod(target, mode); // whatever the umask is
  }
}

export interface FolderOptions {
  /** Write over files of the same names in a folder that is not empty; other files in it stay. */
  readonly force: boolean;
  readonly zip: boolean;
}

export interface Written {
  readonly directory: string;
  readonly zip?: string;
}

/** @throws RaftyardError conflict when the folder or the zip is there already and `force` is not given, io */
export async function writeFolder(
  out: string,
  files: readonly ExportedFile[],
  options: FolderOptions,
): Promise<Written> {
  const directory = resolve(out);
  const zip = `${directory}.zip`;
  try {
    const state = await stateOf(directory);
    const taken = options.zip && (await lstat(zip).catch(() => null)) !== null;
    if (!options.force && (state === 'filled' || taken))
      throw new RaftyardError('conflict', `${state === 'filled' ? directory : zip} is there already`, {
        hint: 'Choose another --out, or give --force to write over files of the same names.',
      });
    if (state === 'filled') {
      for (const { path, mode, content } of files) {
        await writeFileAtomic(join(directory, path), content, mode);
        await chmod(join(directory, path), mode);
      }
    } else {
      await writeWhole(directory, state, files);
    }
    if (options.zip) await writeFileAtomic(zip, zipOf(basename(directory) || 'consul', files));
  } catch (error) {
    throw fileError(`${directory} cannot be written`, error);
  }
  return { directory, ...(options.zip ? { zip } : {}) };
}

/** A temporary folder beside it, then one rename. */
async function writeWhole(directory: string, state: State, files: readonly ExportedFile[]): Promise<void> {
  const temporary = `${directory}.${randomBytes(6).toString('hex')}.tmp`;
  await mkdir(dirname(directory), { recursive: true });
  try {
    await mkdir(temporary);
    await writeInto(temporary, files);
    if (state === 'empty') await rmdir(directory);
    await rename(temporary, directory);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}
