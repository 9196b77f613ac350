/** The parts of the watch that decide: what to ask next, whom to read, when to give up. */
import { describe, expect, it } from 'vitest';
import { follow, nextIndex } from '../../../src/main/cluster/watch/blocking.js';
import { containerOf, containerState } from '../../../src/main/cluster/watch/containers.js';
import { chooseReader } from '../../../src/main/cluster/watch/datacenter.js';
import { HostLink } from '../../../src/main/cluster/watch/link.js';
import { backoffMs, jitter, Poller } from '../../../src/main/cluster/watch/poller.js';
import type { Indexed, Wait } from '../../../src/main/consul/client.js';
import { goDurationMs } from '../../../src/main/consul/duration.js';
import type { HostConnector } from '../../../src/main/host/types.js';
import { RaftyardError } from '../../../src/shared/errors.js';
import type { ServerView } from '../../../src/shared/live/index.js';
import type { Host, Node } from '../../../src/shared/topology/types.js';

describe('blocking queries', () => {
  /** Asks along a list of answers and gives what was asked with, and what was taken in. */
  async function along(answers: readonly (Indexed<string> | null | Error)[]) {
    const end = new AbortController();
    const asked: (number | undefined)[] = [];
    const taken: (string | null)[] = [];
    const rest = [...answers];
    const poller = follow<string>(
      (wait: Wait | undefined) => {
        asked.push(wait?.index);
        const answer = rest.shift();
        if (answer === undefined) {
          end.abort();
          return Promise.reject(new Error('over'));
        }
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
      (value) => {
        taken.push(value);
      },
    );
    await poller.run(end.signal);
    return { asked, taken };
  }

  it('wait for what is newer than the last answer', async () => {
    const { asked, taken } = await along([
      { value: 'a', index: 7 },
      { value: 'b', index: 9 },
    ]);
    expect(asked).toEqual([undefined, 7, 9]);
    expect(taken).toEqual(['a', 'b']);
  });

  it('take nothing in when the waiting time ran out', async () => {
    const { asked, taken } = await along([
      { value: 'a', index: 7 },
      { value: 'a', index: 7 },
    ]);
    expect(asked).toEqual([undefined, 7, 7]);
    expect(taken).toEqual(['a']);
  });

  it('read all anew when the index went backwards, or after an error', async () => {
    const back = await along([
      { value: 'a', index: 7 },
      { value: 'b', index: 3 },
      { value: 'c', index: 3 },
    ]);
    expect(back.asked).toEqual([undefined, 7, undefined, 3]);
    expect(back.taken).toEqual(['a', 'b', 'c']);
    const failed = await along([{ value: 'a', index: 7 }, new Error('reset'), { value: 'b', index: 8 }]);
    expect(failed.asked).toEqual([undefined, 7, undefined, 8]);
  });

  it('never wait for index 0, which would not wait', () => {
    expect(nextIndex(undefined, 0)).toBe(1);
    expect(nextIndex(5, 6)).toBe(6);
    expect(nextIndex(5, 4)).toBeUndefined();
  });
});

describe('polling', () => {
  it('pauses longer after each failure, up to a bound', () => {
    expect([1, 2, 3, 4, 50].map((failures) => backoffMs(failures, 1000))).toEqual([
      150, 300, 600, 1000, 1000,
    ]);
    for (let i = 0; i < 100; i++) {
      expect(jitter(100)).toBeGreaterThanOrEqual(90);
      expect(jitter(100)).toBeLessThanOrEqual(110);
    }
  });

  it('asks at once when kicked, and again when kicked while asking', async () => {
    const end = new AbortController();
    let asked = 0;
    const poller: Poller = new Poller(
      () => {
        asked += 1;
        if (asked === 1) setImmediate(() => poller.kick());
        if (asked === 2) poller.kick();
        if (asked === 3) end.abort();
        return Promise.resolve(3_600_000);
      },
      { longestBackoffMs: 1000 },
    );
    await poller.run(end.signal);
    expect(asked).toBe(3);
  });

  it('tells failures, but not those of its own end', async () => {
    const end = new AbortController();
    const told: unknown[] = [];
    let asked = 0;
    const poller: Poller = new Poller(
      () => {
        asked += 1;
        if (asked === 1) {
          setImmediate(() => poller.kick());
          return Promise.reject(new Error('first'));
        }
        end.abort();
        return Promise.reject(new Error('cut off'));
      },
      { longestBackoffMs: 60_000, onFailure: (error) => told.push(error) },
    );
    await poller.run(end.signal);
    expect(told).toEqual([new Error('first')]);
  });
});

describe('the server to read from', () => {
  const view = (node: string, change: Partial<ServerView> = {}): ServerView => ({
    node,
    answering: true,
    answeredAt: 0,
    silence: null,
    leader: '10.0.0.1:8300',
    leaderSince: 0,
    members: null,
    raft: undefined,
    security: null,
    locked: false,
    stats: null,
    ...change,
  });

  it('stays the same as long as it answers', () => {
    expect(chooseReader([view('a'), view('b')], 'b', 10_000)).toBe('b');
    expect(chooseReader([view('a'), view('b', { answering: false })], 'b', 10_000)).toBe('a');
    expect(chooseReader([view('a', { answering: false })], 'a', 10_000)).toBeNull();
  });

  it('is left when it follows nobody for longer than an election takes', () => {
    const alone = view('b', { leader: '', leaderSince: 9000 });
    expect(chooseReader([view('a'), alone], 'b', 10_000)).toBe('b');
    expect(chooseReader([view('a'), alone], 'b', 20_000)).toBe('a');
    expect(chooseReader([view('a', { leader: '' }), alone], 'b', 20_000)).toBe('b');
  });

  it('is a follower sooner than the leader', () => {
    const leader = view('a', { stats: { lastContactMs: 0 } });
    expect(chooseReader([leader, view('b', { stats: { lastContactMs: 12 } })], null, 0)).toBe('b');
    expect(chooseReader([leader], null, 0)).toBe('a');
  });
});

describe('the way to a host', () => {
  const host = { name: 'docker01' } as Host;

  function link(answers: (() => RaftyardError)[]) {
    let dialled = 0;
    const problems: (string | null)[] = [];
    const connector: HostConnector = {
      connect: () => {
        const answer = answers[dialled];
        dialled += 1;
        return Promise.reject(answer?.() ?? new Error('no answer left'));
      },
      close: () => Promise.resolve(),
    };
    const made = new HostLink(host, {
      connector,
      onRequest: () => undefined,
      onProblem: (_host, problem) => problems.push(problem),
    });
    const ask = () => made.ask('consul01', 100, new AbortController().signal, (api) => api.leader());
    return { made, ask, problems, dialled: () => dialled };
  }

  it('asks about a changed key once, until it is resumed', async () => {
    const changed = () => new RaftyardError('host-key-changed', 'another key', { host: 'docker01' });
    const { made, ask, problems, dialled } = link([changed, changed]);
    await expect(ask()).rejects.toMatchObject({ code: 'host-key-changed' });
    await expect(ask()).rejects.toMatchObject({ code: 'host-key-changed' });
    expect(dialled()).toBe(1);
    expect(problems).toEqual(['another key']);
    made.forgive();
    await expect(ask()).rejects.toMatchObject({ code: 'host-key-changed' });
    expect(dialled()).toBe(2);
  });

  it('dials a host that does not answer again and again', async () => {
    const away = () => new RaftyardError('host-unreachable', 'away', { retryable: true });
    const { ask, problems, dialled } = link([away, away]);
    await expect(ask()).rejects.toMatchObject({ code: 'host-unreachable' });
    await expect(ask()).rejects.toMatchObject({ code: 'host-unreachable' });
    expect(dialled()).toBe(2);
    expect(problems).toEqual(['away']);
  });

  it('ends a question at once when it is called off', async () => {
    const connector = { connect: () => new Promise<never>(() => undefined), close: () => Promise.resolve() };
    const waiting = new HostLink(host, { connector, onRequest: () => undefined, onProblem: () => undefined });
    const end = new AbortController();
    const answer = waiting.ask('consul01', 100, end.signal, (api) => api.leader());
    end.abort();
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('what Docker and Consul write', () => {
  it('containers: by name, else by our labels', () => {
    const node = { name: 'node1', container: 'consul01' } as Node;
    const entry = (name: string, labels: Record<string, string>) =>
      ({ Names: [`/${name}`], Labels: labels, State: 'running' }) as never;
    const ours = { 'raftyard.cluster': 'id', 'raftyard.node': 'node1' };
    expect(containerOf([entry('other', ours)], 'id', node)).toBeDefined();
    expect(containerOf([entry('other', ours)], 'another', node)).toBeUndefined();
    expect(containerOf([entry('consul01', {})], 'id', node)).toBeDefined();
    expect(['running', 'paused', 'restarting', 'created', 'dead'].map(containerState)).toEqual([
      'running',
      'paused',
      'restarting',
      'exited',
      'exited',
    ]);
  });

  it('durations', () => {
    expect(
      ['0', '0s', '15.5ms', '1m2.5s', '1h0m0s', '250µs', 'never', '', '12', '1s!'].map(goDurationMs),
    ).toEqual([0, 0, 15.5, 62_500, 3_600_000, 0.25, null, null, null, null]);
  });
});
