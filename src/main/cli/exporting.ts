import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { RaftyardError } from '../../shared/errors.js';
import { type ExportedFile, exportScripts } from '../../shared/export/index.js';
import { writeFileAtomic } from '../store/atomic.js';
import { EXIT } from './exit.js';
import { load } from './session.js';
import type { Terminal } from './terminal.js';

export interface ExportCommand {
  readonly format: string;
  readonly style?: 'classic' | 'robust';
  readonly out: string;
  readonly zip?: boolean;
  readonly force?: boolean;
}

/** Unix file modes in a zip: the upper half of the external attributes, made by Unix (3). */
function zipOf(files: readonly ExportedFile[]): Uint8Array {
  const entries: Zippable = {};
  for (const file of files)
    entries[file.path] = [
      new TextEncoder().encode(file.content),
      { os: 3, attrs: (0o100000 | file.mode) << 16 },
    ];
  return zipSync(entries);
}

async function isEmpty(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).length === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw new RaftyardError(
      'io',
      `${directory} cannot be used: ${(error as NodeJS.ErrnoException).code ?? ''}`,
    );
  }
}

/** The folder whole or not at all: built beside it, then renamed into place. */
async function writeFolder(out: string, files: readonly ExportedFile[], force: boolean): Promise<void> {
  const target = resolve(out);
  if (!(await isEmpty(target)) && !force)
    throw new RaftyardError('io', `${out} is not empty`, {
      hint: 'Choose another folder, or replace its files with --force.',
    });
  await mkdir(dirname(target), { recursive: true });
  const building = await mkdtemp(`${target}.`);
  try {
    for (const file of files) {
      const path = join(building, file.path);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, file.content);
      await chmod(path, file.mode);
    }
    await chmod(building, 0o755);
    if (await isEmpty(target)) {
      await rm(target, { recursive: true, force: true });
      await rename(building, target);
      return;
    }
    // --force into a folder with other things in it: only our own files are replaced.
    for (const file of files) {
      await mkdir(dirname(join(target, file.path)), { recursive: true });
      await rename(join(building, file.path), join(target, file.path));
    }
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

export async function exportCommand(
  terminal: Terminal,
  file: string,
  command: ExportCommand,
): Promise<number> {
  const { topology } = await load(terminal, file, true);
  const files = exportScripts(topology, command.style === undefined ? {} : { style: command.style });
  await writeFolder(command.out, files, command.force === true);
  terminal.out(`${files.length} files in ${command.out}`);
  if (command.zip === true) {
    const path = `${command.out.replace(/\/+$/, '')}.zip`;
    await writeFileAtomic(path, zipOf(files));
    terminal.out(`the same in ${path}`);
  }
  return EXIT.good;
}
