/** Hosts of ~/.ssh/config, as ssh_config(5) describes them: read, never written. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import SSHConfig, { type Directive, LineType, type Section } from 'ssh-config';
import type { SshConfigHost } from '../../shared/ipc/index.js';

export interface SshConfigRead {
  readonly hosts: readonly SshConfigHost[];
  /** What is in the file and not carried over, one sentence each. */
  readonly notes: readonly string[];
}

/** As deep as ssh itself follows Include. */
const MAX_DEPTH = 16;
const MAX_BYTES = 4 * 1024 * 1024;

type Fields = Map<string, string>;
interface Block {
  readonly patterns: readonly string[];
  readonly fields: Fields;
}

const words = (value: Directive['value']): string[] =>
  Array.isArray(value) ? value.map((part) => part.val) : [value];

const isWildcard = (pattern: string): boolean => /[*?!]/.test(pattern);

function matches(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}

/** Whether a Host line means a name: some pattern fits, and no negated one does. */
export function hostMatches(patterns: readonly string[], name: string): boolean {
  const negated = patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1), name));
  return !negated && patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern, name));
}

class Reader {
  readonly blocks: Block[] = [];
  readonly notes = new Set<string>();

  constructor(private readonly folder: string) {}

  file(path: string, depth = 0): void {
    if (depth > MAX_DEPTH) {
      this.notes.add(`${path}: Include goes too deep; it is left out`);
      return;
    }
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      return;
    }
    if (text.length > MAX_BYTES) {
      this.notes.add(`${path} is too large; it is left out`);
      return;
    }
    let top: Fields = new Map();
    this.blocks.push({ patterns: ['*'], fields: top });
    for (const line of SSHConfig.parse(text)) {
      if (line.type !== LineType.DIRECTIVE) continue;
      if ('config' in line) this.section(line, depth);
      else if (line.param.toLowerCase() === 'include') {
        this.include(line, depth);
        top = new Map();
        this.blocks.push({ patterns: ['*'], fields: top });
      } else this.take(top, line);
    }
  }

  private section(section: Section, depth: number): void {
    if (section.param.toLowerCase() === 'match') {
      this.notes.add('Match blocks are left out');
      return;
    }
    const fields: Fields = new Map();
    this.blocks.push({ patterns: words(section.value), fields });
    for (const line of section.config) {
      if (line.type !== LineType.DIRECTIVE) continue;
      if (line.param.toLowerCase() === 'include') this.include(line, depth);
      else this.take(fields, line);
    }
  }

  private include(line: Directive, depth: number): void {
    for (const pattern of words(line.value)) {
      const home = pattern.replace(/^~(?=\/)/, homedir());
      const path = isAbsolute(home) ? home : join(this.folder, home);
      const found = /[*?[]/.test(path) ? expand(path) : existsSync(path) ? [path] : [];
      for (const file of found) this.file(file, depth + 1);
    }
  }

  private take(fields: Fields, line: Directive): void {
    const key = line.param.toLowerCase();
    // The first value that is obtained holds.
    if (!fields.has(key)) fields.set(key, words(line.value).join(' '));
    if (key === 'proxycommand') this.notes.add('ProxyCommand is left out; ProxyJump is followed');
  }
}

/** Files that a pattern of Include means, in the order in which ssh reads them: by name. Wildcards in the last part only. */
function expand(pattern: string): string[] {
  const folder = dirname(pattern);
  const wanted = basename(pattern);
  try {
    return readdirSync(folder)
      .filter((name) => matches(wanted, name) && (wanted.startsWith('.') || !name.startsWith('.')))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function hostOf(alias: string, blocks: readonly Block[]): SshConfigHost {
  const value = (key: string): string | undefined =>
    blocks.find((block) => block.fields.has(key))?.fields.get(key);
  const port = Number(value('port') ?? '');
  const user = value('user');
  const identity = value('identityfile');
  const jump = value('proxyjump');
  return {
    alias,
    address: (value('hostname') ?? alias).replaceAll('%h', alias),
    ...(user === undefined ? {} : { user }),
    ...(Number.isInteger(port) && port > 0 && port < 65_536 ? { port } : {}),
    ...(identity === undefined ? {} : { identity }),
    ...(jump === undefined || jump === 'none' ? {} : { jump: jump.split(',') }),
  };
}

/**
 * Every host that the configuration names; patterns are not hosts, but their settings hold for those that
 * they match.
 *
 * @param path default `~/.ssh/config`; a file that is not there has no hosts
 */
export function readSshConfig(path = join(homedir(), '.ssh', 'config')): SshConfigRead {
  const reader = new Reader(join(homedir(), '.ssh'));
  reader.file(path);
  const general = reader.blocks.filter((block) => block.patterns.some(isWildcard));
  const byName = new Map<string, Block[]>();
  for (const block of reader.blocks)
    for (const pattern of block.patterns)
      if (!isWildcard(pattern)) byName.set(pattern, [...(byName.get(pattern) ?? []), block]);
  const order = new Map(reader.blocks.map((block, index) => [block, index]));
  const hosts = [...byName].map(([alias, own]) => {
    const mine = [...own, ...general.filter((block) => hostMatches(block.patterns, alias))];
    return hostOf(
      alias,
      mine.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)),
    );
  });
  return { hosts, notes: [...reader.notes] };
}
