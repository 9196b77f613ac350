/** Joining agents of which some do not come. */
import { describe, expect, it } from 'vitest';
import type { StepContext } from '../../../src/main/cluster/apply/context.js';
import { joinAgents } from '../../../src/main/cluster/apply/join.js';
import type { HttpRequest } from '../../../src/main/host/types.js';

const ADDRESSES = ['192.0.2.2', '192.0.2.3'];

async function joined(absent: readonly string[]) {
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
        return { status: 200, headers: {}, body: '' };
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

  it('asks nothing of an agent of its own that was not started', async () => {
    const { asked, ms } = await joined(['node1']);
    expect(asked).toEqual([]);
    expect(ms).toBeLessThan(5_000);
  });
});
