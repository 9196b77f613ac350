/** YAML text → plain values, with the place of everything. Hostile text gives findings, never an exception. */
import {
  Composer,
  Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  Parser,
  type YAMLError,
  YAMLParseError,
} from 'yaml';
import { type Path, type Place, Report } from './report.js';
import { hasControlCharacters, show } from './text.js';

/** Longest document that is read, in UTF-16 units: about a thousand hosts with pinned keys fit. */
export const MAX_TEXT = 512 * 1024;
/** Syntax errors after which parsing ends: each costs, and nobody reads more. */
const MAX_SYNTAX_ERRORS = 100;
const MAX_DEPTH = 12;
const MAX_ITEMS = 2000;

export interface Source {
  readonly document: Document | undefined;
  /** Plain objects, arrays and scalars; `undefined` where the text could not be read. */
  readonly value: unknown;
  readonly report: Report;
  /** False after a syntax error: then the value is not worth checking. */
  readonly readable: boolean;
}

/** Own words: the parser's messages may quote the text, and with it a secret. */
const SYNTAX: Readonly<Record<string, string>> = {
  BAD_INDENT: 'wrong indentation',
  TAB_AS_INDENT: 'a tab where spaces must indent',
  MISSING_CHAR: 'a character is missing here: a quote, a bracket, a comma, or a space after : or #',
  BLOCK_AS_IMPLICIT_KEY: 'a nested value on the same line as its key; indent it on a line of its own',
  BLOCK_IN_FLOW: 'indented items inside [ ] or { }',
  MULTILINE_IMPLICIT_KEY: 'a key over several lines, or a : is missing',
  BAD_DQ_ESCAPE: 'an unknown escape in a double-quoted text; \\ must be written \\\\',
  MULTIPLE_DOCS: 'more than one document; a topology is one',
  UNEXPECTED_TOKEN: 'something that does not belong here',
};

/** Options of the parser, the same for reading and editing. */
export const PARSE_OPTIONS = {
  version: '1.2',
  schema: 'core',
  prettyErrors: false,
  // The parser's own check compares every key with every other; ours is linear.
  uniqueKeys: false,
} as const;

/** Nesting that the parser would follow with recursion; a thousand brackets are an attack, not a cluster. */
function nestsTooDeep(text: string): boolean {
  // Flow brackets that stay open, quotes aside: counting too many in strings is harmless at this limit.
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 91 || c === 123) open++;
    else if ((c === 93 || c === 125) && open > 0) open--;
    if (open > 500) return true;
  }
  // Compact block nesting such as `- - - -` or `? ? ?`.
  return /(?:[-?:][ \t]+){100}/.test(text);
}

/** The first document of a text. A second one is an error of the first; junk at the end is not read to the end. */
function parse(text: string, lines: LineCounter): Document {
  let errors = 0;
  function* tokens() {
    for (const token of new Parser(lines.addNewLine).parse(text)) {
      if (token.type === 'error' && ++errors > MAX_SYNTAX_ERRORS) return;
      yield token;
    }
  }
  let first: Document | undefined;
  for (const document of new Composer(PARSE_OPTIONS).compose(tokens(), true, text.length)) {
    if (first === undefined) first = document;
    else {
      const [start, end] = document.range;
      first.errors.push(new YAMLParseError([start, end], 'MULTIPLE_DOCS', ''));
      break;
    }
  }
  return first ?? new Document(null, PARSE_OPTIONS);
}

/** Reads the text; everything that YAML allows and a topology does not need is a finding. */
export function readSource(text: string): Source {
  const fail = (code: string, message: string): Source => {
    const report = new Report();
    report.add(code, [], message, { place: { line: 1, column: 1 } });
    return { document: undefined, value: undefined, report, readable: false };
  };
  if (text.length > MAX_TEXT) return fail('too-large', 'the document is larger than 512 KiB');
  if (nestsTooDeep(text)) return fail('too-deep', 'the document is nested too deeply');
  const lines = new LineCounter();
  let document: Document;
  try {
    document = parse(text, lines);
  } catch {
    return fail('too-deep', 'the document is nested too deeply to be read');
  }
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const report = new Report((path, at) => {
    const offset = offsetOf(document, path, at);
    return offset === undefined ? undefined : placeOf(offset);
  });
  const reader = new Reader(report, placeOf);
  reader.problems(document.errors, document.warnings);
  if (report.hasErrors) return { document, value: undefined, report, readable: false };
  const value = reader.read(document.contents, [], 0);
  return { document, value, report, readable: true };
}

const startOf = (node: unknown): number | undefined => {
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
  return range?.[0];
};

/** Offset of the value (or key) at a path; of the nearest parent where it is absent. */
function offsetOf(document: Document, path: Path, at: 'key' | 'value'): number | undefined {
  let node: unknown = document.contents;
  let found = startOf(node) ?? 0;
  for (const [depth, segment] of path.entries()) {
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((p) => isScalar(p.key) && String(p.key.value) === String(segment));
      if (pair === undefined) return found;
      node = pair.value;
      const empty = !isScalar(node) || node.value === null || startOf(node) === undefined;
      // A block value starts on a later line than its key: the key is what a reader looks for.
      found = ((last && at === 'key') || empty ? startOf(pair.key) : startOf(node)) ?? found;
    } else if (isSeq(node)) {
      node = node.items[Number(segment)];
      if (node === undefined) return found;
      found = startOf(node) ?? found;
    } else return found;
  }
  return found;
}

class Reader {
  constructor(
    private readonly report: Report,
    private readonly placeOf: (offset: number) => Place,
  ) {}

  problems(errors: readonly YAMLError[], warnings: readonly YAMLError[]): void {
    for (const error of errors) {
      const message = SYNTAX[error.code] ?? 'this is not valid YAML';
      this.report.add('yaml-syntax', [], message, { place: this.placeOf(error.pos[0]) });
    }
    for (const warning of warnings) {
      this.report.add('yaml-tag', [], 'YAML tags and directives have no place in a topology', {
        place: this.placeOf(warning.pos[0]),
      });
    }
  }

  read(node: unknown, path: Path, depth: number): unknown {
    const place = this.#place(node);
    if (depth > MAX_DEPTH) {
      this.report.add('too-deep', path, 'nested too deeply', { place });
      return undefined;
    }
    if (isAlias(node)) {
      this.report.add('yaml-alias', path, 'aliases (*name) are not used in a topology; write the value', {
        place,
      });
      return undefined;
    }
    if (isMap(node)) return this.#map(node.items, path, depth, place);
    if (isSeq(node)) {
      if (node.items.length > MAX_ITEMS) this.#tooMany(path, place);
      return node.items
        .slice(0, MAX_ITEMS)
        .map((item, i) => this.read(item, [...path, i], depth + 1) ?? null);
    }
    if (!isScalar(node)) return undefined;
    // `key:` with nothing after it counts as not given.
    return node.value === null ? undefined : node.value;
  }

  #place(node: unknown): Place | undefined {
    const start = startOf(node);
    return start === undefined ? undefined : this.placeOf(start);
  }

  #tooMany(path: Path, place: Place | undefined): void {
    this.report.add('too-many', path, `more than ${MAX_ITEMS} entries`, { place });
  }

  #map(items: readonly unknown[], path: Path, depth: number, place: Place | undefined): object {
    if (items.length > MAX_ITEMS) this.#tooMany(path, place);
    const result: Record<string, unknown> = {};
    const seen = new Set<string>();
    for (const pair of items.slice(0, MAX_ITEMS)) {
      if (!isPair(pair)) continue;
      const at = { place: this.#place(pair.key) ?? place };
      const raw = isScalar(pair.key) ? pair.key.value : undefined;
      if (raw === undefined || raw === null || typeof raw === 'object') {
        this.report.add('bad-key', path, 'a key must be a plain word', at);
        continue;
      }
      const key = String(raw);
      const safe = key.length <= 64 && !hasControlCharacters(key);
      const inner = safe ? [...path, key] : path;
      if (seen.has(key)) {
        this.report.add('duplicate-key', inner, () => `${show(key)} is given twice`, at);
        continue;
      }
      seen.add(key);
      // Never a property of the result: assigning it would set the prototype.
      if (key === '__proto__' || !safe) {
        this.report.add('unknown-key', inner, () => `unknown key ${show(key)}`, at);
        continue;
      }
      result[key] = this.read(pair.value, inner, depth + 1);
    }
    return result;
  }
}
