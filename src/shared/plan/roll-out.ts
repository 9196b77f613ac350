/**
 * How far every agent is on the way to a secured cluster: as the agents say, and never further than what was in force when
 * a round wrote their file, until they were restarted.
 */
import { type DesiredNode, LAST_STAGE, type Stage, type Stages } from '../desired/index.js';
import type { SecurePart } from '../topology/index.js';
import type { AgentFacts, Facts, InForce } from './facts.js';
import { restartDueOf } from './restart-due.js';

type Reached = 0 | Stage;

/** 0 talks in the clear, the rest as in desired/secrets. */
const STAGE_OF: Readonly<Record<SecurePart, (agent: AgentFacts) => Reached>> = {
  gossip({ gossip }) {
    if (gossip?.encrypted !== true) return 0;
    if (!gossip.verifyOutgoing) return 1;
    return gossip.verifyIncoming ? LAST_STAGE : 2;
  },
  tls({ tls, server }) {
    if (tls?.configured !== true) return 0;
    if (!tls.verifyOutgoing) return 1;
    return tls.verifyServerHostname && (!server || tls.verifyIncoming) ? LAST_STAGE : 2;
  },
  /** Whether an agent has its token, it does not say: the second round is gone through once more, which does no harm. */
  acl({ acl }) {
    if (acl?.enabled !== true) return 0;
    return acl.deny ? LAST_STAGE : 1;
  },
};

type Reaches = ReadonlyMap<SecurePart, Reached>;

export interface RollOut {
  /** Parts that are not everywhere at their last stage yet. */
  readonly active: ReadonlySet<SecurePart>;
  /** Every agent of ours that runs, with what it has reached. */
  readonly now: ReadonlyMap<string, Reaches>;
}

/** The lowest stage that a running agent has reached of the parts that are on their way. */
export function reachedOf({ active, now }: RollOut, node: string): Reached {
  const reaches = [...active].map((part) => now.get(node)?.get(part) ?? 0);
  return Math.min(LAST_STAGE, ...reaches) as Reached;
}

/** What the secret file of a node should hold when all its parts on their way are at that stage, or further. */
export function stagesAt({ active, now }: RollOut, node: string, stage: Stage): Stages {
  return Object.fromEntries(
    [...active].map((part) => [part, Math.max(stage, now.get(node)?.get(part) ?? 0) as Stage]),
  );
}

/** What of the parts on their way is in force in a node that has gone through all rounds before that one. */
export function inForceBefore({ active, now }: RollOut, node: string, round: Stage): InForce {
  return Object.fromEntries(
    [...active].map((part) => [part, Math.max(round - 1, now.get(node)?.get(part) ?? 0) as Reached]),
  );
}

/**
 * A cluster whose agents run in the clear, or with less than the last stage, is on its way. While it is, everybody must
 * be there: whoever misses a round is cut off by the next.
 */
export function rollOutOf(nodes: readonly DesiredNode[], facts: Facts): RollOut {
  const now = new Map<string, Reaches>();
  const active = new Set<SecurePart>();
  for (const { node, host, secret } of nodes) {
    const found = facts[host];
    const agent = found?.reachable === true && found.workdir.state !== undefined ? found.agent : undefined;
    if (agent === undefined || secret === undefined) continue;
    const due = found?.reachable === true ? restartDueOf(found) : undefined;
    const reaches = new Map(
      secret.parts.map(({ part }) => {
        const said = STAGE_OF[part](agent);
        return [part, Math.min(said, due?.inForce[part] ?? said) as Reached] as const;
      }),
    );
    now.set(node, reaches);
    for (const [part, reached] of reaches) if (reached < LAST_STAGE) active.add(part);
  }
  return { active, now };
}
