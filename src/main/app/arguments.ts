/** What the app was started with. Pure. */
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface StartArguments {
  /** Absolute path of a document. */
  readonly file: string | null;
  /** Apply the document's plan at once. */
  readonly apply: boolean;
}

/**
 * @param argv the process's own, program first
 * @param packaged false where the app's folder comes as the first word (`electron <folder> …`)
 */
export function parseArguments(argv: readonly string[], packaged: boolean, cwd: string): StartArguments {
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  const [given] = packaged ? words : words.slice(1);
  return { file: given === undefined ? null : pathOf(given, cwd), apply: argv.includes('--apply') };
}

/** AppImages and some desktops hand files over as addresses. */
function pathOf(word: string, cwd: string): string {
  if (word.startsWith('file:')) {
    try {
      return fileURLToPath(word);
    } catch {
      return word;
    }
  }
  return isAbsolute(word) ? word : resolve(cwd, word);
}
