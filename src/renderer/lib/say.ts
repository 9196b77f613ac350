/** Sentences of main and of the domain in the person's language. Pure. */
import { domain as chinese } from '../i18n/zh/domain/index.js';

interface Pattern {
  readonly expression: RegExp;
  readonly words: string;
}

function compile(table: readonly (readonly [string, string])[]): Pattern[] {
  const own = (template: string): number => template.replaceAll('{}', '').length;
  return [...table]
    .sort(([a], [b]) => own(b) - own(a))
    .map(([template, words]) => {
      const parts = template.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      return { expression: new RegExp(`^${parts.join('(.+?)')}$`, 's'), words };
    });
}

const PATTERNS: Readonly<Record<string, readonly Pattern[]>> = { zh: compile(chinese) };
/** Beyond this it is output, not a sentence. */
const LONGEST = 600;
/** A sentence within a sentence within a sentence: deeper is no sentence of ours. */
const DEPTH = 3;

/**
 * The same sentence in another language; what is not known stays as it is. What a sentence quotes (the cause
 * of a failure) is said in that language too.
 */
export function say(text: string, language: string, depth = DEPTH): string {
  const patterns = PATTERNS[language];
  if (patterns === undefined || depth === 0 || text.length > LONGEST) return text;
  for (const { expression, words } of patterns) {
    const found = expression.exec(text);
    if (found === null) continue;
    return words.replace(/\{(\d)\}/g, (_, index: string) =>
      say(found[Number(index) + 1] ?? '', language, depth - 1),
    );
  }
  return text;
}
