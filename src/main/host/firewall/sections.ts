/** Answers of read-only scripts: each line carries the name of its section, so that none can pass for another. */
export type Sections = ReadonlyMap<string, readonly string[]>;

/** Lines by the name before their first `=`. */
export function sections(text: string): Sections {
  const found = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at <= 0) continue;
    const name = line.slice(0, at);
    const lines = found.get(name) ?? [];
    lines.push(line.slice(at + 1).replace(/\r$/, ''));
    found.set(name, lines);
  }
  return found;
}
