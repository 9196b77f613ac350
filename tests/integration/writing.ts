/** Small writes, one after the other, while a cluster is changed: every acknowledged one must still be there. */
import { consulApi } from '../../src/main/consul/client.js';
import { bearing, type TokenSource } from '../../src/main/host/bearing.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { newContext } from './support.js';

const EACH_PUT_MS = 3000;
const PAUSE_MS = 30;
const MOST_WRITES = 2000;

/**
 * With raft_multiplier 2 a follower waits two to four seconds for a leader, and another round takes as long again; as
 * much once more for a computer on which other tests run too. Without quorum nothing would be written for minutes.
 */
export const ONE_ELECTION_MS = 20_000;

export interface Written {
  readonly acknowledged: readonly string[];
  /** Longest time from one acknowledged write to the next, milliseconds. */
  readonly longestGapMs: number;
}

/** Writes one small value at a time, on whichever server takes it, while `work` runs. */
export async function writingWhile(
  topology: Topology,
  work: () => Promise<void>,
  token: TokenSource = () => null,
): Promise<Written> {
  const context = newContext(topology);
  const connector = bearing(context.connector, token);
  const acknowledged: string[] = [];
  let [longestGapMs, last, going] = [0, performance.now(), true];
  const gap = (): void => {
    longestGapMs = Math.max(longestGapMs, performance.now() - last);
  };
  const write = async (): Promise<void> => {
    const leases = await Promise.all(topology.hosts.map((host) => connector.connect(host)));
    const servers = leases.map(({ connection }) => consulApi(connection, 8500, { timeoutMs: EACH_PUT_MS }));
    last = performance.now();
    let turn = 0;
    for (let n = 0; going && n < MOST_WRITES; n += 1) {
      const key = `raftyard/writer/${n}`;
      while (going) {
        try {
          await servers[turn % servers.length]?.kvPut(key, String(n));
          break;
        } catch {
          // This server is being replaced, or there is no leader at this moment: another one may take it.
          turn += 1;
        }
      }
      if (!going) break;
      gap();
      last = performance.now();
      acknowledged.push(key);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    gap();
  };
  try {
    const writer = write();
    await Promise.all([
      writer,
      work().finally(() => {
        going = false;
      }),
    ]);
    return { acknowledged, longestGapMs };
  } finally {
    await context.close();
  }
}
