/** The document's text in the editor: the editor knows only line feeds, and is changed where the texts differ. Pure. */

export interface TextChange {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

export const hasCrlf = (text: string): boolean => text.includes('\r\n');

export const toEditor = (text: string): string => text.replace(/\r\n?/g, '\n');

export const fromEditor = (text: string, crlf: boolean): string =>
  crlf ? text.replaceAll('\n', '\r\n') : text;

/** The smallest single replacement that makes `after` of `before`; null where they are equal. */
export function changeBetween(before: string, after: string): TextChange | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  )
    end++;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}

export interface Marked {
  readonly from: number;
  readonly to: number;
}

/**
 * What a finding marks in the text: from its place to the end of the word or value there, at least one character.
 *
 * @param line 1-based
 * @param column 1-based, in UTF-16 units
 */
export function markAt(text: string, line: number, column: number): Marked {
  let start = 0;
  for (let n = 1; n < line; n++) {
    const next = text.indexOf('\n', start);
    if (next < 0) break;
    start = next + 1;
  }
  const found = text.indexOf('\n', start);
  const end = found < 0 ? text.length : found;
  const from = Math.min(start + column - 1, end);
  const rest = text.slice(from, end);
  const value = /^("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#][^#]*?)(?=\s*(?:#|$|,|\]|\}))/.exec(rest)?.[0] ?? '';
  const to = from + Math.max(value.replace(/:\s.*$/, '').length, 0);
  if (to > from) return { from, to };
  // At the end of a line: the character before it is what can be seen.
  return from > start ? { from: from - 1, to: from } : { from, to: Math.min(from + 1, text.length) };
}
