/** A cluster as the watch would have seen it. */
import {
  buildSnapshot,
  type ClusterSeen,
  inDatacenter,
  inServer,
  type LiveSnapshot,
  type LiveStatus,
  type MemberSeen,
  nothingSeen,
  type PlannedCluster,
  type RaftSeen,
  sawLeader,
  sawMembers,
} from '../../../src/shared/live/index.js';

export const NAMES = ['node1', 'node2', 'node3'] as const;
export const addressOf = (name: string): string => `10.0.0.${name.slice(4)}`;
export const leaderAt = (name: string): string => `${addressOf(name)}:8300`;

export const planned: PlannedCluster = {
  name: 'shop',
  datacenters: [
    {
      name: 'dc1',
      nodes: [
        ...NAMES.map((name) => ({
          name,
          role: 'server' as const,
          address: addressOf(name),
          host: `host-${name}`,
        })),
        { name: 'node4', role: 'client', address: addressOf('node4'), host: 'host-node4' },
      ],
    },
  ],
};

export function member(name: string, status: LiveStatus = 'alive'): MemberSeen {
  return { name, address: addressOf(name), status, server: name !== 'node4', version: '1.8.7' };
}

export function raft(voters: readonly string[] = NAMES, index = 1): RaftSeen {
  return {
    index,
    servers: voters.map((node) => ({
      node,
      id: `id-${node}`,
      address: leaderAt(node),
      voter: true,
      leader: false,
      protocol: '3',
    })),
  };
}

/** Every server answers, names the same leader and sees the same members. */
export function healthy(leader = 'node1', now = 1000): ClusterSeen {
  let seen = nothingSeen(planned, 0);
  for (const name of NAMES)
    seen = inServer(seen, 'dc1', name, (view) => ({
      ...sawMembers(
        sawLeader(view, leaderAt(leader), now),
        ['node1', 'node2', 'node3', 'node4'].map((entry) => member(entry)),
        now,
      ),
      raft: raft(),
    }));
  return inDatacenter(
    {
      ...seen,
      containers: Object.fromEntries(['node1', 'node2', 'node3', 'node4'].map((name) => [name, 'running'])),
    },
    'dc1',
    (datacenter) => ({ ...datacenter, readingFrom: 'node2' }),
  );
}

export function snapshotOf(
  seen: ClusterSeen,
  previous: LiveSnapshot | null = null,
  now = 2000,
): LiveSnapshot {
  return buildSnapshot(planned, seen, previous, now);
}
