/** What the inspector's fields hold and show, made out of the document. Pure. */
import type { DocumentPath, Finding } from '../../../../shared/topology/index.js';

/** Name of a field: its path in the document. */
export const fieldKey = (path: DocumentPath): string => path.join('.');

/** Whether `path` is `base`, or something below it. */
const isWithin = (path: DocumentPath, base: DocumentPath): boolean =>
  path.length >= base.length && base.every((step, i) => path[i] === step);

/** Findings about a field, and about what is in it (an entry of a list). */
export function findingsFor(findings: readonly Finding[], path: DocumentPath): Finding[] {
  return findings.filter((finding) => isWithin(finding.path, path));
}

/** Findings about a thing that none of its fields shows: an unknown key, a missing mapping. */
export function otherFindings(
  findings: readonly Finding[],
  base: DocumentPath,
  fields: readonly DocumentPath[],
): Finding[] {
  return findingsFor(findings, base).filter(
    (finding) => !fields.some((field) => isWithin(finding.path, field)),
  );
}

/** The field that a path is about: the one of that name, or else the nearest one above or below it. */
export function nearestField(keys: readonly string[], path: string): string | undefined {
  const above = keys.filter((key) => path === key || path.startsWith(`${key}.`));
  return above.toSorted((a, b) => b.length - a.length)[0] ?? keys.find((key) => key.startsWith(`${path}.`));
}

/** What is written at a path; undefined where there is nothing. */
export function writtenAt(value: unknown, path: DocumentPath): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}

/** A written value as a text field shows it: also one that should be text and is not, such as a bare number. */
export function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** A written list of texts; what is no text is left out. */
export function asList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(asText).filter((entry) => entry !== '') : [];
}

/** One entry a line; blank lines and blanks at the ends are no entries. */
export function linesToList(lines: string): string[] {
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

export const listToLines = (list: readonly string[]): string => list.join('\n');

/** A written mapping as lines of `key=value`. */
export function metaToLines(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '';
  return Object.entries(value)
    .map(([key, entry]) => `${key}=${asText(entry)}`)
    .join('\n');
}

/** The way back; a line without `=` has an empty value. */
export function linesToMeta(lines: string): Record<string, string> {
  return Object.fromEntries(
    linesToList(lines).map((line) => {
      const equals = line.indexOf('=');
      return equals < 0 ? [line, ''] : [line.slice(0, equals).trim(), line.slice(equals + 1).trim()];
    }),
  );
}

/** An agent's command as it is read: one option with its value on each line. */
export function commandLines(command: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of command) {
    const last = lines.at(-1);
    if (word.startsWith('-') || last === undefined || !last.startsWith('-')) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

export interface Tolerance {
  readonly kind: 'none' | 'one' | 'two' | 'more';
  /** Servers that may be lost with writes going on. */
  readonly count: number;
  /** The loss that stops writes. */
  readonly next: number;
}

/** What a number of servers survives (https://developer.hashicorp.com/consul/docs/architecture/consensus). */
export function toleranceOf(servers: number): Tolerance {
  const count = Math.max(0, Math.ceil(servers / 2) - 1);
  const kind = servers === 0 ? 'none' : servers === 1 ? 'one' : servers === 2 ? 'two' : 'more';
  return { kind, count, next: count + 1 };
}

/** The sentence about a Raft multiplier: 1 and 2 are quick, Consul's own 5 and above patient. */
export function multiplierKind(value: number, style: string): 'classic' | 'fast' | 'usual' | 'slow' {
  if (style === 'classic') return 'classic';
  return value <= 2 ? 'fast' : value < 5 ? 'usual' : 'slow';
}

/** Whether a name can be given now: it is not empty, and nothing else has it. */
export function isFreeName(name: string, others: readonly (string | undefined)[]): boolean {
  return name !== '' && !others.some((other) => other?.toLowerCase() === name.toLowerCase());
}
