/** Small text helpers of the topology document: what may be in a string, and how a value is shown. */

/**
 * Characters that no string of a topology may hold: C0 and C1 controls, line and paragraph separators,
 * direction overrides (they make a terminal or a review show something else than what is run),
 * the byte order mark, and halves of surrogate pairs.
 */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u200e\u200f\u2066-\u2069\ufeff]|\p{Cs}/u;
const UNPRINTABLE_ALL = new RegExp(UNPRINTABLE.source, 'gu');

/** Whether a text holds a control character, a direction override or half a surrogate pair. */
export function hasControlCharacters(text: string): boolean {
  return UNPRINTABLE.test(text);
}

const SHOWN = 60;

/** A value for a message: quoted, at most 60 characters of it, nothing in it that acts on a terminal. */
export function show(text: string): string {
  const cut = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return JSON.stringify(cut).replace(
    UNPRINTABLE_ALL,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Levenshtein distance, or `limit + 1` as soon as it must be more than `limit`. */
export function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const value = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      row.push(value);
      best = Math.min(best, value);
    }
    if (best > limit) return limit + 1;
    previous = row;
  }
  return previous[b.length] ?? limit + 1;
}

const plain = (text: string) => text.toLowerCase().replace(/[-_. ]/g, '');

/**
 * The candidate that was probably meant: equal apart from case and separators, or at most a third of
 * its letters (two at least) away. Undefined where nothing is near.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 64 || word === '') return undefined;
  const wanted = plain(word);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const other = plain(candidate);
    const limit = Math.min(Math.max(2, Math.floor(other.length / 3)), Math.max(1, other.length - 1));
    const d = wanted === other ? 0 : distance(wanted, other, limit);
    if (d <= limit && d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

/** ` (did you mean "x"?)` or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = suggest(word, candidates);
  return found === undefined ? '' : ` (did you mean ${show(found)}?)`;
}
