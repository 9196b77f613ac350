/** Keys as folders. Pure. */

export interface Crumb {
  readonly name: string;
  readonly prefix: string;
}

/** `a/b/` → a (`a/`), b (`a/b/`). */
export function crumbs(prefix: string): Crumb[] {
  const parts = prefix.split('/').slice(0, -1);
  return parts.map((name, i) => ({
    name: name === '' ? '·' : name,
    prefix: `${parts.slice(0, i + 1).join('/')}/`,
  }));
}

/** What of a key is shown in its folder: `a/b/c` → c, `a/b/` → b/. */
export function lastPart(key: string): string {
  const folder = key.endsWith('/');
  const name = (folder ? key.slice(0, -1) : key).split('/').at(-1) ?? '';
  return folder ? `${name}/` : name;
}

/** Text as JSON with indentation where it is JSON, else as it is. */
export function pretty(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
