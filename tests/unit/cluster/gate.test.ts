/** Whether the servers that stay can do without one, and whether one that was started again is back. */
import { describe, expect, it } from 'vitest';
import type { StepContext } from '../../../src/main/cluster/apply/context.js';
import {
  amiss,
  type Expected,
  needed,
  proveBack,
  proveWhole,
  type ServerState,
} from '../../../src/main/cluster/apply/gate.js';
import type { HttpRequest } from '../../../src/main/host/types.js';
import { answer, type Circumstances, jsonOf } from '../consul-client/stand-in.js';

/** `H` a healthy voter, `x` one that is not, `h` a healthy server without a vote. */
const servers = (states: string): ServerState[] =>
  [...states].map((state, index) => ({
    name: `node${index + 1}`,
    address: `192.0.2.${index + 1}`,
    healthy: state !== 'x',
    voter: state !== 'h',
  }));

const first = (states: string, wanted = states.length): string | null =>
  needed(servers(states), '192.0.2.1', wanted);

describe('a server is spared', () => {
  it.each([
    ['HHH'],
    ['HHHHH'],
    ['HHHHx'],
    // It is ill itself, and all others are well: this is how it is mended.
    ['xHH'],
    ['xHHHH'],
    // One or two: the plan has asked.
    ['H'],
    ['x'],
    ['HH'],
    ['xH'],
    // Not a voter (yet): the others are a quorum of themselves.
    ['hHHH'],
  ])('of %s', (states) => {
    expect(first(states)).toBeNull();
  });

  it('not when quorum would be lost', () => {
    expect(first('HHx')).toBe('1 of 3 voters would stay healthy, and 2 are needed; not healthy: node3');
    expect(first('HHHxx')).toBe(
      '2 of 5 voters would stay healthy, and 3 are needed; not healthy: node4, node5',
    );
    expect(first('Hx')).toBe('0 of 2 voters would stay healthy, and 1 are needed; not healthy: node2');
  });

  it('not of two that are left of three, nor where nobody is known', () => {
    expect(first('HH', 3)).toBe('1 of 2 voters would stay healthy, and 2 are needed');
    expect(first('')).toBe('no server is known to be a voter');
    expect(first('h')).toBe('no server is known to be a voter');
  });

  it('not when it is ill and another one too', () => {
    expect(first('xHHHx')).toBe('not healthy: node5');
  });

  it('not while its former ID is still a voter: Raft counts both, and waits for neither', () => {
    const [one, ...others] = servers('HHH');
    if (one === undefined) throw new Error('no server');
    expect(needed([{ ...one, healthy: false }, one, ...others], one.address, 3)).toBe(
      '2 of 4 voters would stay healthy, and 3 are needed',
    );
  });
});

describe('before the next one is stopped, all servers are well', () => {
  const places = servers('HHH').map(({ name, address }) => ({
    name,
    address,
    host: name,
    container: name,
    role: 'server' as const,
  }));

  it.each([
    ['HHH', null],
    ['HHx', 'not healthy: node3'],
    ['Hxx', 'not healthy: node2, node3'],
    ['HHh', 'node3 is not a voter'],
    ['HH', 'node3 is not a voter'],
    ['', 'node1 is not a voter'],
  ])('of %s: %s', (states, reason) => {
    expect(amiss(servers(states), places)).toBe(reason);
  });

  it('where a former ID of one is still in the list, too', () => {
    const [one, ...others] = servers('HHH');
    if (one === undefined) throw new Error('no server');
    expect(amiss([{ ...one, healthy: false }, one, ...others], places)).toBeNull();
  });

  it('as Consul says; those on hosts that are away are not counted, and nobody waits beside a client', async () => {
    const health = (healthy: boolean) => ({
      'GET /v1/operator/autopilot/health': {
        status: healthy ? 200 : 429,
        body: JSON.stringify({
          ...(jsonOf('1.21.4', 'plain', 'autopilot-health') as object),
          Servers: (
            jsonOf('1.21.4', 'plain', 'autopilot-health') as { Servers: { Name: string }[] }
          ).Servers.map((server) => (server.Name === 'node3' ? { ...server, Healthy: healthy } : server)),
        }),
      },
    });
    const whole = async (healthy: boolean, away: readonly string[] = [], node = 'node2') => {
      const each = health(healthy);
      const { context, said } = recorded('1.21.4', node, { node1: each, node2: each, node3: each });
      for (const host of away) (context.apply.away as Map<string, string>).set(host, 'no route');
      await proveWhole(context, node).catch(() => undefined);
      return said[0];
    };
    expect(await whole(true)).toBeUndefined();
    expect(await whole(false)).toBe('waits: not healthy: node3');
    expect(await whole(false, ['node3'])).toBeUndefined();
    expect(await whole(false, [], 'client1')).toBeUndefined();
  });
});

/** The cluster that was recorded, after one of its agents was started again; each agent may answer something else. */
function recorded(
  version: string,
  node: string,
  instead: Readonly<Record<string, Circumstances['instead']>> = {},
) {
  const names = ['node1', 'node2', 'node3', 'client1'];
  const connection = (name: string) => ({
    host: { name },
    http: (request: HttpRequest) =>
      Promise.resolve(
        answer(version, 'plain', request, {
          agent: name === 'client1' ? 'client' : 'server',
          instead: instead[name] ?? {},
        }),
      ),
  });
  const said: string[] = [];
  const abort = new AbortController();
  const context = {
    connection: connection(node),
    connectionOf: async (host: string) => connection(host),
    step: { node },
    signal: abort.signal,
    // It waits, so that it can be given up.
    progress: (_part: undefined, message: string) => {
      said.push(message);
      abort.abort();
    },
    apply: { away: new Map(), quorum: new Map(), datacenterOf: () => 'dc1' },
    nodes: new Map(
      names.map((name, index) => [
        name,
        {
          host: name,
          address: `127.0.0.${index + 1}`,
          container: name,
          role: name === 'client1' ? 'client' : 'server',
        },
      ]),
    ),
  } as unknown as StepContext;
  return { context, said };
}

/** What keeps an agent from being called back; null when it is. */
async function missing(
  version: string,
  node: string,
  expected: Partial<Expected> = {},
  instead?: Readonly<Record<string, Circumstances['instead']>>,
): Promise<string | null> {
  const { context, said } = recorded(version, node, instead);
  try {
    await proveBack(context, node, { index: null, ...expected }, async () => undefined);
    return null;
  } catch (error) {
    return said[0] ?? (error as Error).message;
  }
}

describe.each(['1.8.7', '1.12.9', '1.21.4'])('an agent of Consul %s that was started again', (version) => {
  it('is back where it is what the plan wanted, or where nobody knows what that is', async () => {
    const minor = version.replace(/\.\d+$/, '');
    for (const wanted of [version, `v${version}`, `${version}+ent`, minor, 'latest', undefined])
      for (const node of ['node2', 'client1'])
        expect(await missing(version, node, { version: wanted }), `${node}, ${wanted}`).toBeNull();
  });

  it('is not where it is another Consul, and nobody waits for that', async () => {
    for (const node of ['node2', 'client1'])
      expect(await missing(version, node, { version: '1.20.6' })).toBe(
        `${node} says that it is Consul ${version}, and the plan wanted 1.20.6`,
      );
  });

  it('is not while its log is behind what it had', async () => {
    expect(await missing(version, 'node2', { index: 5_000 })).toMatch(
      /^waits: node2 is at entry \d+ of the log, and had 5000$/,
    );
  });
});
