/** Files that a person gives as the range's Consul: what they are, told by their bytes before anything else is touched. */
import { open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { RaftyardError } from '../../shared/errors.js';
import { type ArchiveImage, readArchive } from '../host/index.js';

/** As Go and Docker name the architectures that practice hosts can have, with ELF's numbers of them. */
const MACHINES: Readonly<Record<string, number>> = { amd64: 62, arm64: 183 };

/** Docker's name of this computer's architecture, which its practice hosts have too. */
export const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;

export type GivenFile =
  | { readonly kind: 'program'; readonly file: string }
  | { readonly kind: 'archive'; readonly file: string; readonly images: readonly ArchiveImage[] };

function refused(message: string, hint: string, cause?: unknown): RaftyardError {
  return new RaftyardError('usage', message, { hint, cause });
}

const PROGRAM_HINT = 'Give the program consul for Linux, or an archive that docker save wrote.';

/**
 * What is wrong with an ELF program, in words that follow its file's name; null when nothing is.
 * @param head its first bytes, with the program headers in them
 * @param size of the file in bytes
 */
export function elfProblem(head: Buffer, size: number, architecture: string = ARCHITECTURE): string | null {
  if (head.length < 64) return 'is cut short';
  const machine = MACHINES[architecture];
  const number = head.readUInt16LE(18);
  // Class 2: 64 bits; data 1: the low byte first. Both architectures have these.
  if (head[4] !== 2 || head[5] !== 1 || (machine !== undefined && number !== machine)) {
    const name = Object.entries(MACHINES).find(([, each]) => each === number)?.[0];
    return `is a program for ${name ?? 'another architecture'}, and the practice hosts are ${architecture}`;
  }
  const type = head.readUInt16LE(16);
  if (type !== 2 && type !== 3) return 'is no program, but an object file';
  const [first, each, count] = [
    Number(head.readBigUInt64LE(32)),
    head.readUInt16LE(54),
    head.readUInt16LE(56),
  ];
  if (each < 56 || first + each * count > head.length) return 'is cut short';
  for (let index = 0; index < count; index++) {
    const at = first + index * each;
    // Where a segment begins in the file, and how long it is there.
    const end = head.readBigUInt64LE(at + 8) + head.readBigUInt64LE(at + 32);
    if (end > BigInt(size)) return 'is cut short';
  }
  return null;
}

/** Headers of programs are in their first bytes: Go's linker and GNU's both put them there. */
const HEAD_BYTES = 64 * 1024;

async function readOne(given: string): Promise<GivenFile> {
  const file = resolve(given);
  const name = basename(file);
  let head = Buffer.alloc(HEAD_BYTES);
  let size = 0;
  try {
    const handle = await open(file, 'r');
    try {
      const about = await handle.stat();
      if (!about.isFile()) throw new Error('it is no file');
      size = about.size;
      head = head.subarray(0, (await handle.read(head, 0, head.length, 0)).bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw refused(`${given} cannot be read: ${(cause as Error).message}`, PROGRAM_HINT, cause);
  }
  if (head.subarray(0, 4).toString('latin1') === '\x7fELF') {
    const problem = elfProblem(head, size);
    if (problem !== null) throw refused(`${name} ${problem}.`, PROGRAM_HINT);
    return { kind: 'program', file };
  }
  if (head.subarray(0, 4).toString('latin1') === 'PK\x03\x04')
    throw refused(`${name} is a zip file.`, 'Unzip it, and give the program consul that is in it.');
  const images = await readArchive(file);
  if (images === null) {
    throw refused(`${name} is neither a program for Linux nor a whole archive of docker save.`, PROGRAM_HINT);
  }
  for (const image of images) {
    if (image.names.length === 0 || image.layers.length === 0) {
      throw refused(
        `${name} has an image without a name or layers.`,
        'Save it by its name, as in: docker save --output consul.tar hashicorp/consul:1.21.4',
      );
    }
    if (image.architecture !== ARCHITECTURE) {
      const its = image.architecture ?? 'another architecture';
      throw refused(
        `${image.names[0]} in ${name} is for ${its}, and the practice hosts are ${ARCHITECTURE}.`,
        `Pull it for linux/${ARCHITECTURE} and save it again.`,
      );
    }
  }
  return { kind: 'archive', file, images };
}

/**
 * Tells what each file is, and refuses what no practice host could run. Whether Consul is in it shows when it is run.
 * @throws RaftyardError usage
 */
export async function readGiven(files: readonly string[]): Promise<GivenFile[]> {
  const read: GivenFile[] = [];
  for (const file of files) read.push(await readOne(file));
  return read;
}
