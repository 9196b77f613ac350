/** `--consul FILE…` of the scripts: the Consul that practice hosts run. */
import { existsSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { Stop } from './run.mjs';

/**
 * The files after an option, up to the next option, as absolute paths.
 * @param {readonly string[]} argv
 * @param {string} option
 * @returns {string[] | undefined} undefined where the option is not given
 */
export function filesOf(argv, option) {
  const at = argv.indexOf(option);
  if (at < 0) return undefined;
  const rest = argv.slice(at + 1);
  const end = rest.findIndex((each) => each.startsWith('--'));
  const files = (end < 0 ? rest : rest.slice(0, end)).map((file) => resolve(file));
  if (files.length === 0)
    throw new Stop(`${option} needs a file: a consul program, or an archive of docker save.`);
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new Stop(`${missing} is not there.`);
  return files;
}

/** The same for what is started from here: tests/integration/setup.ts gives it to every range. */
export const asVariable = (files) => files.join(delimiter);
