/** Waiting for quorum among servers that know only themselves. */
import { describe, expect, it } from 'vitest';
import type { StepContext } from '../../../src/main/cluster/apply/context.js';
import { waitForQuorum } from '../../../src/main/cluster/apply/quorum.js';
import type { HttpRequest } from '../../../src/main/host/types.js';

/** Agents without a leader, each its own only member; the second one answers from `secondAfterMs` on. */
async function lonely(secondAfterMs: number, retryIntervalMs: number) {
  const began = performance.now();
  let askedForMembers = 0;
  const connection = (name: string) => ({
    host: { name },
    http: async ({ path }: HttpRequest) => {
      if (name === 'docker02' && performance.now() - began < secondAfterMs)
        throw new Error('connection refused');
      const members = path.startsWith('/v1/agent/members');
      if (members) askedForMembers++;
      const member = {
        Name: name,
        Addr: '192.0.2.1',
        Port: 8301,
        Status: 1,
        Tags: { role: 'consul', dc: 'dc1' },
      };
      return { status: 200, headers: {}, body: members ? JSON.stringify([member]) : '""' };
    },
  });
  const place = (index: number) => ({
    host: `docker0${index}`,
    address: `192.0.2.${index}`,
    container: `consul${index}`,
    role: 'server' as const,
  });
  const context = {
    connection: connection('docker01'),
    connectionOf: async (host: string) => connection(host),
    step: { node: 'node1' },
    signal: new AbortController().signal,
    progress: () => undefined,
    apply: { away: new Map(), quorum: new Map(), datacenterOf: () => 'dc1', retryIntervalMs },
    nodes: new Map([1, 2].map((index) => [`node${index}`, place(index)])),
  } as unknown as StepContext;
  const servers = ['node1', 'node2'];
  const step = waitForQuorum({ kind: 'quorum', datacenter: 'dc1', servers, members: servers }, context);
  await expect(step).rejects.toThrow('no quorum in dc1: node1: knows no leader; node2: knows no leader');
  return { ms: performance.now() - began, askedForMembers };
}

describe('waiting for quorum', () => {
  it('is given up when servers that all answer stay alone for longer than they take to join again', async () => {
    const { ms, askedForMembers } = await lonely(1_500, 500);
    expect(ms).toBeGreaterThan(1_500 + 500 + 5_000);
    expect(ms).toBeLessThan(60_000);
    expect(askedForMembers).toBeLessThanOrEqual(4);
  });
});
