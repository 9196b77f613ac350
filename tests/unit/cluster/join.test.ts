/** Joining agents of which some do not come. */
import { describe, expect, it, vi } from 'vitest';
import type { StepContext } from '../../../src/main/cluster/apply/context.js';
import { joinAgents } from '../../../src/main/cluster/apply/join.js';
import type { HttpRequest } from '../../../src/main/host/types.js';

const ADDRESSES = ['192.0.2.2', '192.0.2.3'];

async function joined(absent: readonly string[], answer = (_path: string): number => 200) {
  const asked: string[] = [];
  const output: string[] = [];
  const place = (index: number) => ({
    host: `docker0${index}`,
    address: `192.0.2.${index}`,
    container: `consul${index}`,
    role: 'server' as const,
  });
  const context = {
    connection: {
      host: { name: 'docker01' },
      http: async ({ path }: HttpRequest) => {
        asked.push(path);
        return { status: answer(path), headers: {}, body: '' };
      },
    },
    step: { node: 'node1' },
    signal: new AbortController().signal,
    output: (text: string) => output.push(text),
    apply: { absent: new Set(absent), quorum: new Map(), datacenterOf: () => 'dc1' },
    nodes: new Map([1, 2, 3].map((index) => [`node${index}`, place(index)])),
  } as unknown as StepContext;
  const began = performance.now();
  expect(await joinAgents({ kind: 'join', addresses: ADDRESSES }, context)).toBe('done');
  return { asked, output: output.join(''), ms: performance.now() - began };
}

describe('joining', () => {
  it('asks for every agent that was started', async () => {
    const { asked, output } = await joined([]);
    expect(asked.map((path) => path.replace(/\?.*$/, ''))).toEqual(
      ADDRESSES.map((address) => `/v1/agent/join/${address}`),
    );
    expect(output).toBe('');
  });

  it('does not wait for one that was not started, and says so', async () => {
    const { asked, output, ms } = await joined(['node3']);
    expect(asked).toHaveLength(1);
    expect(output).toBe('192.0.2.3 could not be joined yet; its agent was not started\n');
    expect(ms).toBeLessThan(5_000);
  });

  it('asks again where it was refused', async () => {
    let refusals = 3;
    const { asked, output } = await joined([], (path) => {
      if (!path.includes('192.0.2.2')) return 200;
      refusals -= 1;
      return refusals >= 0 ? 500 : 200;
    });
    expect(asked.filter((path) => path.includes('192.0.2.2'))).toHaveLength(4);
    expect(asked).toHaveLength(5);
    expect(output).toBe('');
  });

  it('does not ask again where nobody answered', async () => {
    let now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    try {
      const { asked, output } = await joined([], () => {
        // As long as Consul waits for a connection.
        now += 10_000;
        return 500;
      });
      expect(asked).toHaveLength(2);
      expect(output).toBe(
        ADDRESSES.map((address) => `${address} could not be joined yet; -retry-join goes on\n`).join(''),
      );
    } finally {
      clock.mockRestore();
    }
  });

  it('asks nothing of an agent of its own that was not started', async () => {
    const { asked, ms } = await joined(['node1']);
    expect(asked).toEqual([]);
    expect(ms).toBeLessThan(5_000);
  });
});
