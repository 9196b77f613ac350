import type { LiveDatacenter, LiveNode, LiveQuorum, LiveSnapshot } from './types.js';

/** Raft writes while more than half of the voters live (https://developer.hashicorp.com/consul/docs/architecture/consensus). */
export function quorumOf(voters: number, alive: number): LiveQuorum {
  const needed = Math.floor(voters / 2) + 1;
  return { voters, alive, needed, tolerates: Math.max(0, alive - needed) };
}

export interface QuorumOutlook extends LiveQuorum {
  /** Voters that would be alive. */
  readonly aliveAfter: number;
  /** `at-risk`: writes go on, and losing one more stops them. `stopped`: no leader, no writes. */
  readonly writes: 'safe' | 'at-risk' | 'stopped';
  /** Whether it is this loss that stops writes. */
  readonly stopsWrites: boolean;
  /** false where Consul cannot tell voters and every server counts as one. */
  readonly exact: boolean;
}

const counts = (node: LiveNode, exact: boolean): boolean =>
  exact ? node.voter === true : node.role === 'server' && node.status !== 'left';

/** Voters alive now: an agent that Consul calls alive. */
function aliveVoters(datacenter: LiveDatacenter, exact: boolean): LiveNode[] {
  return datacenter.nodes.filter((node) => counts(node, exact) && node.status === 'alive');
}

/** Docker knows at once that a container has stopped; gossip takes seconds to call its agent failed. */
const isStopped = ({ container }: LiveNode): boolean => container !== null && container !== 'running';

/**
 * What losing some servers would mean: '2 of 3 left: losing one more stops writes'.
 * @param losing how many voters that live, or the names of the nodes (only those that vote and live count).
 * @returns null for a datacenter that is not in the snapshot, or of which no server is known.
 */
export function quorumAfterLosing(
  snapshot: LiveSnapshot,
  datacenter: string,
  losing: number | readonly string[],
): QuorumOutlook | null {
  const found = snapshot.datacenters.find((entry) => entry.name === datacenter);
  if (found === undefined) return null;
  const exact = found.quorum !== null;
  const alive = aliveVoters(found, exact);
  const now =
    found.quorum ?? quorumOf(found.nodes.filter((node) => counts(node, false)).length, alive.length);
  if (now.voters === 0) return null;
  const stopped = alive.filter(isStopped).length;
  const lost =
    typeof losing === 'number'
      ? losing
      : alive.filter((node) => losing.includes(node.name) && !isStopped(node)).length;
  const aliveAfter = Math.max(0, now.alive - stopped - lost);
  const writes = aliveAfter < now.needed ? 'stopped' : aliveAfter === now.needed ? 'at-risk' : 'safe';
  // A cluster of one has nothing to spare, and no risk but its own.
  return {
    ...now,
    aliveAfter,
    writes,
    stopsWrites: now.alive - stopped >= now.needed && writes === 'stopped',
    exact,
  };
}
