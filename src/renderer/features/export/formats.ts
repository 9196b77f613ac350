/** What can be exported. */
export const FILE_FORMATS = ['scripts', 'compose', 'ansible', 'config'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];
export type PictureFormat = 'png' | 'svg';
export type Format = FileFormat | PictureFormat;
export const FORMATS: readonly Format[] = [...FILE_FORMATS, 'png', 'svg'];

export const isPicture = (format: Format): format is PictureFormat => format === 'png' || format === 'svg';

/** The language that a file is coloured as, by its name. */
export function languageOf(path: string): 'bash' | 'yaml' | 'json' | 'markdown' | 'ini' | 'plaintext' {
  const name = path.split('/').at(-1) ?? '';
  if (name.endsWith('.sh')) return 'bash';
  if (/\.ya?ml$|\.raftyard$/.test(name)) return 'yaml';
  if (name.endsWith('.json')) return 'json';
  if (name.endsWith('.md')) return 'markdown';
  return /^(\.env|.*\.(ini|cfg))$/.test(name) ? 'ini' : 'plaintext';
}

/** The file that a person wants to see first: a script, a playbook, a compose file, before any README. */
export function firstFile(paths: readonly string[]): string | undefined {
  const order = [/\.sh$/, /playbook\.ya?ml$/, /compose\.ya?ml$/, /\.json$/];
  for (const wanted of order) {
    const found = paths.find((path) => wanted.test(path));
    if (found !== undefined) return found;
  }
  return paths[0];
}
