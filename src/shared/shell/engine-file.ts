/**
 * The two files in which a Docker Engine is told its resolvers: daemon.json, and on hosts whose service reads it,
 * DOCKER_OPTS in /etc/default/docker. Changed as text, so that all else in them stays. Pure.
 *
 * @see https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file
 */

export type EngineFile = 'daemon-json' | 'docker-opts';

export const DOCKER_OPTS_PATH = '/etc/default/docker';

/** `dns` and `dns-search` as the engine has them. */
export interface EngineDns {
  readonly dns: readonly string[];
  readonly search: readonly string[];
}

export type EngineFileText =
  | (EngineDns & {
      readonly good: true /** Whether anything else or at all is said in it. */;
      readonly used: boolean;
    })
  | { readonly good: false; readonly problem: string };

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

/** The place of a fault, as far as the parser says; its message may quote the text, and with it a password. */
function placeOf(text: string, error: unknown): string {
  const at = /position (\d+)/.exec(String((error as Error).message))?.[1];
  if (at === undefined) return 'it is not valid JSON';
  return `it is not valid JSON (line ${text.slice(0, Number(at)).split('\n').length})`;
}

function parseJson(text: string): { readonly value: Json } | { readonly problem: string } {
  if (text.trim() === '') return { value: {} };
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? { value } : { problem: 'it holds no JSON object' };
  } catch (error) {
    return { problem: placeOf(text, error) };
  }
}

const OPTS_LINE = /^(\s*DOCKER_OPTS=)(.*)$/;

interface Options {
  /** Number of the line; -1: none. */
  readonly line: number;
  readonly words: readonly string[];
  readonly problem?: string;
}

/** The last DOCKER_OPTS that is no comment: a file that is read as assignments keeps the last. */
function readOptions(text: string): Options {
  const lines = text.split('\n');
  const line = lines.findLastIndex((entry) => OPTS_LINE.test(entry));
  const written = OPTS_LINE.exec(lines[line] ?? '')?.[2]?.trim() ?? '';
  const value = /^(["'])(.*)\1$/.exec(written)?.[2] ?? written;
  if (/["'\\$`#]/.test(value))
    return { line, words: [], problem: 'DOCKER_OPTS in it holds quotes or other signs of a shell' };
  return { line, words: value.split(/\s+/).filter((word) => word !== '') };
}

const FLAG = /^--(dns|dns-search)(?:=(.*))?$/;

/** `--dns` and `--dns-search` among the words of a command line. */
export function dnsFlags(words: readonly string[]): EngineDns {
  const found: { dns: string[]; search: string[] } = { dns: [], search: [] };
  for (const [index, word] of words.entries()) {
    const flag = FLAG.exec(word);
    const value = flag?.[2] ?? words[index + 1];
    if (flag !== null && value !== undefined) found[flag[1] === 'dns' ? 'dns' : 'search'].push(value);
  }
  return found;
}

/** What a file says of DNS. */
export function readEngineFile(file: EngineFile, text: string): EngineFileText {
  if (file === 'docker-opts') {
    const { words, problem } = readOptions(text);
    if (problem !== undefined) return { good: false, problem };
    return { good: true, used: words.length > 0, ...dnsFlags(words) };
  }
  const parsed = parseJson(text);
  if ('problem' in parsed) return { good: false, problem: parsed.problem };
  const { dns = [], 'dns-search': search = [] } = parsed.value;
  if (!isTexts(dns) || !isTexts(search))
    return { good: false, problem: 'dns or dns-search in it is no list of texts' };
  return { good: true, used: Object.keys(parsed.value).length > 0, dns, search };
}

/** Written anew with the indentation that it had; keys keep their order. */
function jsonText(before: string, value: Json): string {
  const indent = /^\s*\{\s*\n([ \t]+)"/.exec(before)?.[1] ?? '  ';
  const end = before === '' || before.endsWith('\n') ? '\n' : '';
  return `${JSON.stringify(value, null, indent)}${end}`;
}

function change(file: EngineFile, text: string, edit: (now: EngineDns) => EngineDns): string {
  const now = readEngineFile(file, text);
  if (!now.good) throw new TypeError(now.problem);
  const { dns, search } = edit(now);
  if (file === 'daemon-json') {
    const parsed = parseJson(text);
    const value: Json = 'value' in parsed ? { ...parsed.value } : {};
    for (const [key, list] of [['dns', dns] as const, ['dns-search', search] as const]) {
      if (list.length > 0) value[key] = list;
      else delete value[key];
    }
    return jsonText(text, value);
  }
  const { line, words } = readOptions(text);
  const rest = words.filter(
    (word, index) => !FLAG.test(word) && !/^--(dns|dns-search)$/.test(words[index - 1] ?? ''),
  );
  const all = [
    ...rest,
    ...dns.flatMap((server) => ['--dns', server]),
    ...search.flatMap((domain) => ['--dns-search', domain]),
  ];
  const lines = text.split('\n');
  const written = `DOCKER_OPTS="${all.join(' ')}"`;
  if (line >= 0) lines[line] = written;
  else lines.splice(text.endsWith('\n') ? lines.length - 1 : lines.length, 0, written);
  return lines.join('\n');
}

/**
 * The file with exactly these resolvers and domains; everything else in it stays.
 * @throws TypeError for a file that cannot be read
 */
export function withEngineDns(file: EngineFile, text: string, wanted: EngineDns): string {
  return change(file, text, () => wanted);
}

/**
 * The file without entries of ours; others' stay.
 * @throws TypeError for a file that cannot be read
 */
export function withoutEngineDns(file: EngineFile, text: string, ours: EngineDns): string {
  return change(file, text, ({ dns, search }) => ({
    dns: dns.filter((entry) => !ours.dns.includes(entry)),
    search: search.filter((entry) => !ours.search.includes(entry)),
  }));
}
