/** Edits of a document that a person wrote: comments, order and, where possible, every other byte stay. */
import { type Document, isCollection, isMap, isScalar, isSeq, parseDocument, Scalar } from 'yaml';
import { RaftyardError } from '../errors.js';
import { readTopology } from './read.js';
import { PRINT_OPTIONS } from './serialise.js';
import { PARSE_OPTIONS, readSource } from './source.js';
import type { ReadResult } from './types.js';

export type DocumentPath = readonly (string | number)[];
export type DocumentScalar = string | number | boolean;
/** What can be written into a document. */
export type DocumentValue =
  | DocumentScalar
  | readonly DocumentValue[]
  | { readonly [key: string]: DocumentValue };

const isPlain = (value: DocumentValue): value is DocumentScalar => typeof value !== 'object';

/** An open document. Nothing is read or written on disk: text in, text out. */
export class TopologyDocument {
  #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** Opens any text; whether it is a topology is said by {@link read}. */
  static open(text: string): TopologyDocument {
    return new TopologyDocument(text);
  }

  /** What the document says now, with all findings. */
  read(): ReadResult {
    return readTopology(this.#text);
  }

  toString(): string {
    return this.#text;
  }

  /**
   * Sets the value at a path; mappings on the way are made. A single value that is there already is
   * replaced in place, so that no other byte of the text changes.
   *
   * @throws RaftyardError `invalid-topology` when the text is no readable YAML or the path leads
   *   through something that is neither a mapping nor a list
   */
  set(path: DocumentPath, value: DocumentValue): void {
    const document = this.#parse();
    if (isPlain(value) && this.#splice(document, path, value)) return;
    this.#edit(document, path, () => {
      const before = document.getIn(path, true);
      if (isPlain(value) && isScalar(before)) {
        before.value = value;
        return;
      }
      const node = document.createNode(value, { aliasDuplicateObjects: false });
      if (isCollection(before) || isScalar(before)) {
        node.commentBefore = before.commentBefore ?? null;
        node.comment = before.comment ?? null;
      }
      document.setIn(path, node);
    });
  }

  /**
   * Removes what is at a path; returns whether there was something.
   *
   * @throws RaftyardError `invalid-topology`, as {@link set}
   */
  delete(path: DocumentPath): boolean {
    const document = this.#parse();
    let removed = false;
    this.#edit(document, path, () => {
      removed = document.deleteIn(path);
    });
    return removed;
  }

  /**
   * Puts a value into the list at a path, before the entry at `index` (clamped to the list's length).
   * The list is made where there is none.
   *
   * @throws RaftyardError `invalid-topology`, as {@link set}
   */
  insert(path: DocumentPath, index: number, value: DocumentValue): void {
    const document = this.#parse();
    const list = document.getIn(path, true);
    if (list === undefined || (isScalar(list) && list.value === null)) {
      this.set(path, [value]);
      return;
    }
    this.#edit(document, path, () => {
      if (!isSeq(list)) throw notEditable('there is no list at this place');
      const at = Math.min(Math.max(0, Math.trunc(index)), list.items.length);
      const node = document.createNode(value, { aliasDuplicateObjects: false });
      const next = list.items[0];
      // A comment above the list's first entry belongs to that entry, not to the one put before it.
      if (at === 0 && isCollection(next) && typeof list.commentBefore === 'string') {
        next.commentBefore = list.commentBefore;
        list.commentBefore = null;
      }
      list.items.splice(at, 0, node);
    });
  }

  #parse(): Document {
    // The bounds and refusals of reading hold for editing as well.
    const source = readSource(this.#text);
    const first = source.report.findings().find((f) => f.severity === 'error');
    if (!source.readable || source.document === undefined) {
      const place = first?.line === undefined ? '' : ` at line ${first.line}, column ${first.column}`;
      throw notEditable(`${first?.message ?? 'it cannot be read'}${place}`);
    }
    return source.document;
  }

  #edit(document: Document, path: DocumentPath, change: () => void): void {
    if (path.length === 0) throw notEditable('the whole document cannot be replaced');
    try {
      change();
      this.#print(document);
    } catch (error) {
      if (error instanceof RaftyardError) throw error;
      throw notEditable(`there is nothing at ${path.join('.')} that can be changed`, error);
    }
  }

  #print(document: Document): void {
    const printed = document.toString(PRINT_OPTIONS);
    this.#text = /\r\n/.test(this.#text) ? printed.replace(/\n/g, '\r\n') : printed;
  }

  /** Replaces one value in the text itself; false where that cannot be done safely. */
  #splice(document: Document, path: DocumentPath, value: DocumentScalar): boolean {
    const node = document.getIn(path, true);
    if (!isScalar(node) || node.range === undefined || node.range === null || node.anchor) return false;
    if (
      node.type !== Scalar.PLAIN &&
      node.type !== Scalar.QUOTE_DOUBLE &&
      node.type !== Scalar.QUOTE_SINGLE
    ) {
      return false;
    }
    const [start, end] = node.range;
    const old = this.#text.slice(start, end);
    if (start === end || old.includes('\n')) return false;
    const candidates = typeof value === 'string' ? writeText(value, old) : [String(value)];
    for (const written of candidates) {
      const text = this.#text.slice(0, start) + written + this.#text.slice(end);
      const result = parseDocument(text, PARSE_OPTIONS);
      if (result.errors.length > 0 || result.getIn(path) !== value) continue;
      this.#text = text;
      return true;
    }
    return false;
  }
}

/**
 * Ways to write a text, best first: plain where it was plain, in the quotes that were there, in double
 * quotes. The caller takes the first that reads back as the same text (`true` and `1` plain do not).
 */
function writeText(value: string, old: string): string[] {
  const written: string[] = [];
  if (!/^["']/.test(old) && /^[A-Za-z0-9/~][A-Za-z0-9_./:@+~-]*$/.test(value)) written.push(value);
  if (old.startsWith("'") && /^[\x20-\x7e]*$/.test(value)) written.push(`'${value.replaceAll("'", "''")}'`);
  return [...written, JSON.stringify(value)];
}

function notEditable(message: string, cause?: unknown): RaftyardError {
  return new RaftyardError('invalid-topology', `the document cannot be edited: ${message}`, { cause });
}

/**
 * The same document under a new identity, for a copy of a file: two documents with one id would be
 * taken for the same cluster.
 *
 * @throws RaftyardError `invalid-topology` when the text is no readable mapping
 */
export function withNewId(text: string): string {
  const document = TopologyDocument.open(text);
  if (!isMap(readSource(text).document?.contents)) throw notEditable('it is not a mapping');
  document.set(['id'], globalThis.crypto.randomUUID());
  return document.toString();
}
