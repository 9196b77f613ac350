/** What of Docker's own iptables rules is missing, computed from two `iptables-save` texts. Pure. */

interface Table {
  /** `NAME POLICY`, by chain name. */
  readonly chains: Map<string, string>;
  readonly rules: string[];
}

/** How Docker's rules are told from others: its chains, its bridges, and the addresses of its networks. */
export interface DockerMarks {
  readonly bridges: readonly string[];
  /** Subnets and container addresses with prefix, as iptables prints them: `172.17.0.0/16`, `172.17.0.2/32`. */
  readonly addresses: readonly string[];
}

export function parseSave(text: string): Map<string, Table> {
  const tables = new Map<string, Table>();
  let current: Table | undefined;
  for (const line of text.split('\n').map((entry) => entry.trim())) {
    const name = /^\*(\w+)$/.exec(line)?.[1];
    if (name !== undefined) {
      current = { chains: new Map(), rules: [] };
      tables.set(name, current);
      continue;
    }
    const chain = /^:(\S+) (\S+)/.exec(line);
    if (chain !== null) current?.chains.set(chain[1] ?? '', chain[2] ?? '-');
    else if (line.startsWith('-A ')) current?.rules.push(line);
  }
  return tables;
}

const isDockerChain = (name: string): boolean => /^DOCKER(-|$)/.test(name);
const chainOf = (rule: string): string => rule.split(' ', 2)[1] ?? '';

function isDockerRule(rule: string, marks: DockerMarks): boolean {
  const words = rule.split(' ');
  return words.some((word, index) => {
    const next = words[index + 1] ?? '';
    if (word === '-j' || word === '-g') return isDockerChain(next);
    if (word === '-i' || word === '-o') return marks.bridges.includes(next);
    if (word === '-s' || word === '-d') return marks.addresses.includes(next);
    return false;
  });
}

const sameLines = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, index) => line === b[index]);

function restoreTable(before: Table, now: Table | undefined, marks: DockerMarks): string[] {
  const heads: string[] = [];
  const rules: string[] = [];
  for (const chain of before.chains.keys()) {
    if (!isDockerChain(chain)) continue;
    const wanted = before.rules.filter((rule) => chainOf(rule) === chain);
    const have = now?.rules.filter((rule) => chainOf(rule) === chain) ?? [];
    const exists = now?.chains.has(chain) === true;
    // DOCKER-USER is the owner's: put back when it is gone, never overwritten.
    if (exists && (chain === 'DOCKER-USER' || sameLines(wanted, have))) continue;
    heads.push(`:${chain} - [0:0]`);
    rules.push(...wanted);
  }
  const missing = before.rules.filter(
    (rule) =>
      !isDockerChain(chainOf(rule)) && isDockerRule(rule, marks) && now?.rules.includes(rule) !== true,
  );
  rules.push(...missing);
  // Docker's policy for forwarding, which stopping firewalld resets; harmless only together with Docker's rules.
  if (
    before.chains.get('FORWARD') === 'DROP' &&
    now?.chains.get('FORWARD') === 'ACCEPT' &&
    rules.length > 0
  ) {
    heads.unshift(':FORWARD DROP [0:0]');
  }
  return [...heads, ...rules];
}

/**
 * Input for `iptables-restore --noflush` that puts Docker's rules back as they were and leaves every other rule
 * alone; empty when nothing is missing. (A chain of one's own that is declared is emptied first, built-in ones are not.)
 */
export function missingDockerRules(before: string, now: string, marks: DockerMarks): string {
  const present = parseSave(now);
  const parts: string[] = [];
  for (const [name, table] of parseSave(before)) {
    const lines = restoreTable(table, present.get(name), marks);
    if (lines.length > 0) parts.push(`*${name}`, ...lines, 'COMMIT');
  }
  return parts.length === 0 ? '' : `${parts.join('\n')}\n`;
}

/** Whether the chains that every Docker Engine with iptables makes are there and used. */
export function hasDockerChains(now: string): boolean {
  const tables = parseSave(now);
  const nat = tables.get('nat');
  const filter = tables.get('filter');
  if (nat?.chains.has('DOCKER') !== true || filter?.chains.has('DOCKER') !== true) return false;
  const jumps = (table: Table, chain: string): boolean =>
    table.rules.some((rule) => chainOf(rule) === chain && / -j DOCKER/.test(rule));
  return jumps(nat, 'PREROUTING') && jumps(filter, 'FORWARD');
}
