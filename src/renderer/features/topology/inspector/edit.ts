/** How a field writes: one step of undo for as long as the person types in it. */
import {
  type DocumentPath,
  type DocumentValue,
  setField,
  valueAt,
} from '../../../../shared/topology/index.js';
import { tellError } from '../../../app/tell.js';
import { useDocument } from '../../../stores/document.js';
import { fieldKey, writtenAt } from './fields.js';

const mergeWord = (path: DocumentPath): string => `field:${fieldKey(path)}`;

/** Runs an edit of the document; what cannot be done is told and changes nothing. */
export function change(apply: (text: string) => string, merge?: string): void {
  try {
    useDocument.getState().edit(apply, merge);
  } catch (error) {
    tellError(error);
  }
}

/** Writes a field; undefined takes it out, and the default holds. */
export function write(path: DocumentPath, value: DocumentValue | undefined): void {
  // Taking out what is not there would be refused where not even its mapping is there.
  if (value === undefined && writtenAt(useDocument.getState().model.value, path) === undefined) return;
  change((text) => withoutEmpty(setField(text, path, value), path), mergeWord(path));
}

/** Mappings that say nothing without an entry. */
const OPTIONAL: ReadonlySet<unknown> = new Set(['ssh', 'secure', 'dns', 'pull']);

/** Takes out such a mapping once the last of its entries is gone. */
function withoutEmpty(text: string, path: DocumentPath): string {
  const parent = path.slice(0, -1);
  if (!OPTIONAL.has(parent.at(-1))) return text;
  const left = valueAt(text, parent);
  const empty = typeof left === 'object' && left !== null && Object.keys(left).length === 0;
  return empty ? setField(text, parent, undefined) : text;
}

/** An edit that is more than writing the field, and goes on with each letter typed in it. */
export function rename(path: DocumentPath, apply: (text: string) => string): void {
  change(apply, mergeWord(path));
}
