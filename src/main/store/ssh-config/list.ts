/** The hosts that ~/.ssh/config names, to be chosen from. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SshConfigHost } from '../../../shared/ipc/index.js';
import { type Evaluated, evaluate } from './evaluate.js';
import { type Block, type Condition, readBlocks } from './read.js';

export interface SshConfigRead {
  readonly hosts: readonly SshConfigHost[];
  /** What is in the file and not carried over, one sentence each. */
  readonly notes: readonly string[];
}

const isWildcard = (pattern: string): boolean => /[*?!]/.test(pattern);

/** Host names without wildcards that all conditions of a block could mean. */
const namesOf = ({ conditions }: Block): string[] =>
  conditions.flatMap((condition) =>
    condition.kind === 'host' ? condition.patterns.filter((pattern) => !isWildcard(pattern)) : [],
  );

const isPlain = (condition: Condition): boolean =>
  condition.kind === 'host' && !condition.patterns.some(isWildcard);

function hostOf(alias: string, found: Evaluated): SshConfigHost {
  const { user, port, jump } = found;
  const identity = found.identities[0];
  return {
    alias,
    address: found.address,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(identity === undefined ? {} : { identity }),
    ...(jump.length === 0 ? {} : { jump }),
  };
}

/**
 * Every host that the configuration names; patterns are not hosts, but their settings hold for those that
 * they match.
 *
 * @param path default `~/.ssh/config`; a file that is not there has no hosts
 */
export function readSshConfig(path = join(homedir(), '.ssh', 'config')): SshConfigRead {
  const { blocks, notes } = readBlocks([path]);
  const order = new Map(blocks.map((block, index) => [block, index]));
  // Of 1,500 plain Host blocks a name needs its own only: not every block is asked for every name.
  const general = blocks.filter((block) => !block.conditions.some(isPlain));
  const byName = new Map<string, Block[]>();
  for (const block of blocks)
    for (const name of namesOf(block)) byName.set(name, [...(byName.get(name) ?? []), block]);
  const hosts = [...byName].map(([alias, own]) => {
    const mine = [...new Set([...own, ...general])];
    mine.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    return hostOf(alias, evaluate(mine, alias));
  });
  return { hosts, notes };
}
