/** The blocks of an OpenSSH client configuration, in the order in which ssh reads them. Read, never written. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import SSHConfig, { type Directive, LineType, type Section } from 'ssh-config';

/** What a Match line asks for; a negated one begins with `!`. Source: https://man.openbsd.org/ssh_config#Match */
export interface MatchCriteria {
  readonly kind: 'match';
  readonly criteria: Readonly<Record<string, string>>;
}

export type Condition = { readonly kind: 'host'; readonly patterns: readonly string[] } | MatchCriteria;

export interface Block {
  /** All must hold: those of the block, and of the blocks whose Include led to it. */
  readonly conditions: readonly Condition[];
  /** First value of each key, in lower case. */
  readonly fields: Map<string, string>;
  /** IdentityFile may be given several times; all count. */
  readonly identities: string[];
}

export interface Blocks {
  readonly blocks: readonly Block[];
  /** What is in the files and not carried over, one sentence each. */
  readonly notes: readonly string[];
}

/** As deep as ssh itself follows Include. */
const MAX_DEPTH = 16;
const MAX_BYTES = 4 * 1024 * 1024;
const KNOWN_CRITERIA = new Set(['all', 'host', 'originalhost', 'user', 'localuser', 'canonical', 'final']);

/** What changes how ssh comes to a host or knows it, and is not followed: not to be passed over in silence. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'certificatefile',
  'hostkeyalias',
  'knownhostscommand',
  'pkcs11provider',
  'securitykeyprovider',
  'userknownhostsfile',
]);

const words = (value: Directive['value']): string[] =>
  Array.isArray(value) ? value.map((part) => part.val) : [value];

function matches(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}

/** Whether a list of patterns means a name: some pattern fits, and no negated one does. */
export function hostMatches(patterns: readonly string[], name: string): boolean {
  const negated = patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1), name));
  return !negated && patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern, name));
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

class Reader {
  readonly blocks: Block[] = [];
  readonly notes = new Set<string>();

  constructor(private readonly folder: string) {}

  file(path: string, conditions: readonly Condition[], depth = 0): void {
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
    let top = this.block(conditions);
    for (const line of SSHConfig.parse(text)) {
      if (line.type !== LineType.DIRECTIVE) continue;
      if ('config' in line) this.section(line, conditions, depth);
      else top = this.line(top, line, depth);
    }
  }

  private block(conditions: readonly Condition[]): Block {
    const made: Block = { conditions, fields: new Map(), identities: [] };
    this.blocks.push(made);
    return made;
  }

  private section(section: Section, outer: readonly Condition[], depth: number): void {
    const condition = this.condition(section);
    if (condition === null) return;
    let block = this.block([...outer, condition]);
    for (const line of section.config)
      if (line.type === LineType.DIRECTIVE) block = this.line(block, line, depth);
  }

  private condition(section: Section): Condition | null {
    if (section.param.toLowerCase() !== 'match') return { kind: 'host', patterns: words(section.value) };
    const given = (section as { criteria?: Record<string, string | string[]> }).criteria ?? {};
    const criteria = Object.fromEntries(
      Object.entries(given).map(([key, value]) => [key.toLowerCase(), Array.isArray(value) ? '' : value]),
    );
    const unknown = Object.keys(criteria).find((key) => !KNOWN_CRITERIA.has(key.replace(/^!/, '')));
    if (unknown === undefined) return { kind: 'match', criteria };
    this.notes.add(`Match ${unknown.replace(/^!/, '')} is left out: Raftyard runs nothing to decide it`);
    return null;
  }

  /** Takes a line; what follows an Include belongs to a block of its own, because the first value holds. */
  private line(block: Block, line: Directive, depth: number): Block {
    const key = line.param.toLowerCase();
    const value = words(line.value).join(' ');
    if (key === 'include') {
      this.include(line, block.conditions, depth);
      return this.block(block.conditions);
    }
    if (key === 'identityfile') block.identities.push(value);
    if (!block.fields.has(key)) block.fields.set(key, value);
    if (LEFT_OUT.has(key)) this.notes.add(`${line.param} is left out: Raftyard does not follow it`);
    if (key === 'proxycommand' && value.toLowerCase() !== 'none')
      this.notes.add('ProxyCommand is left out; ProxyJump is followed');
    return block;
  }

  private include(line: Directive, conditions: readonly Condition[], depth: number): void {
    for (const pattern of words(line.value)) {
      const home = pattern.replace(/^~(?=\/)/, homedir());
      const path = isAbsolute(home) ? home : join(this.folder, home);
      const found = /[*?[]/.test(path) ? expand(path) : existsSync(path) ? [path] : [];
      for (const file of found) this.file(file, conditions, depth + 1);
    }
  }
}

/** Where ssh looks: the person's file, then the system's. */
export function sshConfigFiles(): string[] {
  return [join(homedir(), '.ssh', 'config'), '/etc/ssh/ssh_config'];
}

/** All blocks of the files, one file after the other; a file that is not there has none. */
export function readBlocks(paths: readonly string[]): Blocks {
  const blocks: Block[] = [];
  const notes = new Set<string>();
  for (const path of paths) {
    // Relative names in an Include are below ~/.ssh, or beside the system's file.
    const reader = new Reader(path.startsWith('/etc/') ? dirname(path) : join(homedir(), '.ssh'));
    reader.file(path, []);
    blocks.push(...reader.blocks);
    for (const note of reader.notes) notes.add(note);
  }
  return { blocks, notes: [...notes] };
}
