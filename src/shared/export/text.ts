/** Text for people: values of the topology in Markdown, without power over it. */

/** On one line, without anything that cannot be seen. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** One line, nothing that Markdown, HTML or a terminal would act on. */
export function plainText(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]<>#|~]/g, (character) => `\\${character}`);
}

/** A value as code in a sentence or a table. */
export function code(text: string): string {
  return `\`${text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}`|]+/gu, ' ')}\``;
}

/** Lines as a block of shell commands; the fence is longer than any run of backticks inside. */
export function shellBlock(lines: readonly string[]): string {
  const text = lines.join('\n');
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}sh\n${text}\n${fence}`;
}

/** Parts of a document, an empty line between each. */
export function page(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}
