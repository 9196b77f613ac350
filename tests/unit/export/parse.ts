/** Exported YAML as each of its readers takes it. */
import { parseDocument, type ScalarTag } from 'yaml';
import type { ExportedFile } from '../../../src/shared/export/index.js';

/** A value that Ansible takes as it is. */
export class Unsafe {
  constructor(readonly text: string) {}
}

const unsafeTag: ScalarTag = { tag: '!unsafe', resolve: (text) => new Unsafe(text) };

/** The same value for YAML 1.1 (PyYAML: Ansible, Compose 1) and 1.2; throws where the readings differ or it is broken. */
export function readYaml(text: string): unknown {
  const readings = (['1.1', '1.2'] as const).map((version) => {
    const document = parseDocument(text, {
      version,
      customTags: (tags) => [...tags, unsafeTag],
      uniqueKeys: true,
    });
    const problem = document.errors[0] ?? document.warnings[0];
    if (problem !== undefined) throw problem;
    return document.toJS() as unknown;
  });
  if (JSON.stringify(readings[0]) !== JSON.stringify(readings[1])) throw new Error('read in two ways');
  return readings[0];
}

/** Characters that PyYAML refuses in a file, or takes for a line break inside of one. */
export const UNREADABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

export function at(files: readonly ExportedFile[], path: string): string {
  const file = files.find((entry) => entry.path === path);
  if (file === undefined)
    throw new Error(`${path} is not among ${files.map((entry) => entry.path).join(', ')}`);
  return file.content;
}

/** A container's command line with everything that somebody might act on. */
export const HOSTILE_OPTION =
  '-node-meta=k:{{ lookup("pipe", "id") }}{% raw %}{# #}$HOME$$\u0085\u2028\u202eüñ🚀\'"\\: #';
