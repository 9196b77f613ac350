/** A finding of the document in the person's language: its code chooses the sentence, its message the words in it. */
import type { Finding } from '../../../../shared/topology/index.js';
import type { en } from '../../../i18n/en/index.js';

export type FindingKey = keyof (typeof en)['findings']['finding'];

/** Codes that stand for several sentences: how the English message begins, and the key of that sentence. */
export const VARIANTS: Readonly<Record<string, readonly (readonly [begins: string, key: FindingKey])[]>> = {
  'yaml-syntax': [
    ['wrong indentation', 'yaml-indent'],
    ['a tab where', 'yaml-tab'],
    ['a character is missing', 'yaml-missing'],
    ['a nested value', 'yaml-nested'],
    ['indented items', 'yaml-flow'],
    ['a key over', 'yaml-key'],
    ['an unknown escape', 'yaml-escape'],
    ['more than one document', 'yaml-documents'],
    ['something that', 'yaml-unexpected'],
  ],
  'wrong-type': [
    ['must be text', 'type-text'],
    ['must be a number', 'type-number'],
    ['must be a whole number', 'type-number'],
    ['must be true or false', 'type-boolean'],
    ['must be a list', 'type-list'],
    ['must be a mapping', 'type-mapping'],
  ],
  'out-of-range': [
    ['must be at least', 'range-least'],
    ['must be at most', 'range-most'],
  ],
  'secret-value': [
    ['identity must', 'secret-identity'],
    ['-encrypt', 'secret-encrypt'],
    ['a URL with', 'secret-url'],
  ],
  'script-checks': [['docker checks', 'docker-checks']],
  'check-extra': [['command belongs', 'extra-command']],
  'check-version': [
    ['script checks', 'commands-version'],
    ['docker checks', 'commands-version'],
  ],
  'bad-meta': [['the key holds', 'meta-control']],
};

/** The same, where the sentence begins with the value: told by what follows it. */
export const ENDINGS: Readonly<Record<string, readonly (readonly [holds: string, key: FindingKey])[]>> = {
  'bad-address': [['is not the address of a single host', 'address-not-single']],
  'bad-advertise': [
    ['is not the address of a single host', 'address-not-single'],
    ['means "any address"', 'advertise-any'],
  ],
  'bad-service-address': [['is not an address that clients', 'service-not-connectable']],
  'bad-workdir': [
    ['must be written without', 'workdir-form'],
    ['may hold letters', 'workdir-characters'],
  ],
  'jump-cycle': [['cannot be reached through itself', 'jump-itself']],
};

export interface FindingWords {
  readonly key: FindingKey;
  /** What was probably meant. */
  readonly suggestion?: string;
  readonly values: FindingValues;
}

/** What a sentence may hold: the message itself, and the quoted words and numbers of it in their order. */
export type FindingValues = Readonly<
  Record<'message' | 'field' | 'choices' | 'option' | 'v0' | 'v1' | 'n0' | 'n1', string>
>;

type Table = typeof VARIANTS;
const of = (table: Table, code: string): Table[string] =>
  (Object.hasOwn(table, code) ? table[code] : undefined) ?? [];

const SUGGESTION = / \(did you mean ("(?:[^"\\]|\\.)*")\?\)$/;

/** @param known the keys that there are, so that a code of tomorrow is shown as its English message */
export function findingWords(
  { code, message, path }: Pick<Finding, 'code' | 'message' | 'path'>,
  known: Readonly<Record<string, unknown>>,
): FindingWords {
  const suggestion = unquote(SUGGESTION.exec(message)?.[1]);
  const main = message.replace(SUGGESTION, '');
  const key =
    of(VARIANTS, code).find(([begins]) => main.startsWith(begins))?.[1] ??
    of(ENDINGS, code).find(([holds]) => main.includes(holds))?.[1] ??
    (Object.hasOwn(known, code) ? (code as FindingKey) : 'unknown');
  const quoted = main.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  const numbers = main.replace(/"(?:[^"\\]|\\.)*"/g, ' ').match(/\d+/g) ?? [];
  const word = (i: number): string => (quoted[i] === undefined ? '' : `“${unquote(quoted[i]) ?? ''}”`);
  const values: FindingValues = {
    message,
    field: String(path.at(-1) ?? ''),
    choices: main.replace(/^must be /, '').replaceAll(' or ', ' / '),
    option: /^-[\w-]+/.exec(main)?.[0] ?? '',
    v0: word(0),
    v1: word(1),
    n0: numbers[0] ?? '',
    n1: numbers[1] ?? '',
  };
  return { key, values, ...(suggestion === undefined ? {} : { suggestion }) };
}

function unquote(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text.slice(1, -1);
  }
}
