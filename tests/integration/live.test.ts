/** The live view against real servers that are killed, cut off and brought back. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { agentLogs, containerOperation, readKv, readKvValue } from '../../src/main/cluster/node-ops.js';
import { type ClusterWatch, type WatchOptions, watchCluster } from '../../src/main/cluster/watch/index.js';
import type { LogLine } from '../../src/shared/ipc/types.js';
import type { LiveDatacenter, LiveEvent, LiveNode, LiveSnapshot } from '../../src/shared/live/index.js';
import { quorumAfterLosing } from '../../src/shared/live/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import {
  applyTo,
  bareHosts,
  CONSUL,
  consulVersion,
  madeWhole,
  newContext,
  outer,
  PROGRIUM,
  range,
  rangeDocument,
  rootScript,
  statusOf,
  until,
} from './support.js';

interface Seen {
  readonly watch: ClusterWatch;
  readonly snapshots: LiveSnapshot[];
  readonly events: LiveEvent[];
  /** Host of every request. */
  readonly requests: string[];
  close(): Promise<void>;
}

function look(topology: Topology, options: WatchOptions = {}): Seen {
  const context = newContext(topology);
  const snapshots: LiveSnapshot[] = [];
  const events: LiveEvent[] = [];
  const requests: string[] = [];
  const watch = watchCluster(
    topology,
    context,
    {
      onSnapshot: (snapshot) => snapshots.push(snapshot),
      onEvents: (list) => events.push(...list),
    },
    { ...options, onRequest: (host) => requests.push(host) },
  );
  return {
    watch,
    snapshots,
    events,
    requests,
    close: async () => {
      await watch.close();
      await context.close();
    },
  };
}

const dc = (seen: Seen): LiveDatacenter => {
  const found = seen.watch.current()?.datacenters[0];
  if (found === undefined) throw new Error('no snapshot yet');
  return found;
};
const node = (seen: Seen, name: string): LiveNode => {
  const found = dc(seen).nodes.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
};
const hostOf = (topology: Topology, name: string): string => {
  const found = topology.datacenters[0]?.nodes.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found.host;
};
const containerOf = (topology: Topology, name: string): string =>
  topology.datacenters[0]?.nodes.find((entry) => entry.name === name)?.container ?? '';
const outerContainer = (host: string) =>
  outer.getContainer(range.hosts.find((entry) => entry.name === host)?.container ?? '');

const whole = (seen: Seen) => () => {
  const datacenter = dc(seen);
  return Promise.resolve(
    datacenter.leader !== null &&
      datacenter.staleSince === null &&
      datacenter.nodes.every(
        (entry) => entry.status === 'alive' && entry.voter === true && entry.container === 'running',
      ),
  );
};

let topology: Topology;
let seen: Seen;

beforeAll(async () => {
  topology = await rangeDocument({ image: CONSUL });
  await bareHosts(topology);
  expect((await applyTo(topology)).summary.failed).toEqual([]);
});
afterAll(async () => {
  await bareHosts(topology);
});

describe('a cluster of three servers', () => {
  beforeEach(async () => {
    await madeWhole(topology);
    seen = look(topology);
    await until('the whole cluster on the screen', 60_000, whole(seen));
  });
  afterEach(async () => {
    await seen.close();
  });

  it('shows leader, voters, versions, containers, services and round-trip times', async () => {
    await until('coordinates of all three', 60_000, () => Promise.resolve(dc(seen).rtt.length === 3));
    const datacenter = dc(seen);
    const snapshot = seen.watch.current();
    expect(datacenter.quorum).toEqual({ voters: 3, alive: 3, needed: 2, tolerates: 1 });
    expect(datacenter.nodes.filter((entry) => entry.leader).map((entry) => entry.name)).toEqual([
      datacenter.leader,
    ]);
    expect(
      datacenter.nodes.every((entry) => entry.version.startsWith(consulVersion()) && entry.inTopology),
    ).toBe(true);
    expect(datacenter.raft?.map((entry) => [entry.node, entry.voter])).toEqual([
      ['node1', true],
      ['node2', true],
      ['node3', true],
    ]);
    for (const { ms } of datacenter.rtt) expect(ms).toBeGreaterThan(0);
    for (const { ms } of datacenter.rtt) expect(ms).toBeLessThan(1000);
    expect(snapshot?.services.find((service) => service.name === 'consul')?.instances).toHaveLength(3);
    for (const entry of datacenter.nodes)
      expect(entry.nodeChecks.map((check) => check.id)).toContain('serfHealth');
    await until('raft figures', 10_000, () =>
      Promise.resolve(dc(seen).nodes.every((entry) => (entry.raft?.lastIndex ?? 0) > 0)),
    );
    expect(Object.keys(snapshot?.readingFrom ?? {})).toEqual(['dc1']);
    expect(snapshot === null ? null : quorumAfterLosing(snapshot, 'dc1', 1)?.writes).toBe('at-risk');
  });

  it('sees a service, its check and its end by blocking queries', async () => {
    const service = JSON.stringify({
      Name: 'shop',
      Port: 8080,
      Tags: ['v1'],
      Check: { CheckID: 'shop-up', Name: 'shop is up', TTL: '60s', Status: 'passing' },
    });
    const agent = (path: string, body = '') =>
      rootScript(
        topology,
        'docker02',
        `curl -fsS -X PUT --data '${body}' http://127.0.0.1:8500/v1/agent/${path}`,
      );
    const shop = () => seen.watch.current()?.services.find((entry) => entry.name === 'shop');
    await agent('service/register', service);
    await until('the service', 10_000, () => Promise.resolve(shop()?.instances[0]?.checks.length === 1));
    expect(shop()?.instances[0]).toMatchObject({ node: 'node2', port: 8080, tags: ['v1'] });
    await agent('check/fail/shop-up');
    await until('a critical check', 10_000, () =>
      Promise.resolve(seen.events.some((event) => event.kind === 'check-critical')),
    );
    expect(seen.events.find((event) => event.kind === 'check-critical')).toMatchObject({
      node: 'node2',
      service: 'shop',
      check: 'shop is up',
    });
    await agent('service/deregister/shop');
    await until('the end of the service', 10_000, () => Promise.resolve(shop() === undefined));
  });

  it('shows a killed leader, the new one, and the old one coming back', async () => {
    const old = dc(seen).leader ?? '';
    const host = hostOf(topology, old);
    // A killed container with `--restart always` would be started again at once by Docker, unless it is stopped by hand.
    await rootScript(topology, host, `docker kill ${containerOf(topology, old)}`);
    await until('another leader', 60_000, () =>
      Promise.resolve(dc(seen).leader !== null && dc(seen).leader !== old),
    );
    const now = dc(seen).leader ?? '';
    await until('the old one failed', 60_000, () => Promise.resolve(node(seen, old).status === 'failed'));
    await until('its container stopped', 10_000, () =>
      Promise.resolve(node(seen, old).container === 'exited'),
    );
    const kinds = seen.events.map((event) => event.kind);
    expect(kinds).toContain('container-stopped');
    expect(seen.events.find((event) => event.kind === 'leader-moved')).toMatchObject({ from: old, to: now });
    expect(seen.events.find((event) => event.kind === 'node-failed')).toMatchObject({
      node: old,
      votersAlive: 2,
      voters: 3,
    });
    const snapshot = seen.watch.current();
    expect(snapshot?.problems.map((problem) => problem.code)).toContain('quorum-at-risk');
    expect(snapshot === null ? null : quorumAfterLosing(snapshot, 'dc1', [now])?.stopsWrites).toBe(true);
    expect(snapshot?.readingFrom['dc1']).not.toBe(old);

    const count = seen.events.length;
    expect(await containerOperation(topology, old, 'start', newContext(topology))).toEqual({ changed: true });
    await until('the old one alive', 60_000, whole(seen));
    const later = seen.events.slice(count).map((event) => event.kind);
    expect(later).toContain('container-started');
    expect(later).toContain('node-alive');
  });

  it('leaves a host that is cut off for another one', async () => {
    const from = seen.watch.current()?.readingFrom['dc1'] ?? '';
    const host = hostOf(topology, from);
    // Its network is gone: connections stay open and nothing answers.
    const rules = (verb: string): string =>
      `iptables ${verb} INPUT ! -i lo -j DROP && iptables ${verb} OUTPUT ! -o lo -j DROP`;
    await inHost(host, rules('-I'));
    try {
      await until('another server is read', 20_000, () => {
        const now = seen.watch.current()?.readingFrom['dc1'];
        return Promise.resolve(now !== undefined && now !== from);
      });
      expect(dc(seen).staleSince).toBeNull();
      await until('failed, says Consul', 60_000, () => Promise.resolve(node(seen, from).status === 'failed'));
      expect(node(seen, from).reachable).toBe(false);
      await until('a leader', 60_000, () =>
        Promise.resolve(dc(seen).leader !== null && dc(seen).leader !== from),
      );
    } finally {
      await inHost(host, rules('-D'));
    }
    await until('all is well again', 90_000, whole(seen));
  });

  it('says since when it knows nothing, and comes back by itself', async () => {
    const before = Date.now();
    const sshd = (command: string) => Promise.all(topology.hosts.map(({ name }) => inHost(name, command)));
    let told: number;
    try {
      await sshd('systemctl stop ssh; pkill -x -KILL sshd; true');
      await until('stale', 30_000, () => Promise.resolve(seen.watch.current()?.staleSince !== null));
      told = seen.events.findIndex((event) => event.kind === 'stale');
      expect(told).toBeGreaterThanOrEqual(0);
      const snapshot = seen.watch.current();
      expect(Date.parse(snapshot?.staleSince ?? '')).toBeGreaterThan(before - 1000);
      expect(snapshot?.problems.map((problem) => problem.code)).toContain('stale');
      // What was known stays on the screen, with its age, and is no news.
      expect(snapshot?.datacenters[0]?.nodes.map((entry) => entry.status)).toEqual([
        'alive',
        'alive',
        'alive',
      ]);
      await until('hosts that cannot be reached', 30_000, () =>
        Promise.resolve(
          seen.watch.current()?.problems.filter((problem) => problem.code === 'host-unreachable').length ===
            3,
        ),
      );
      expect(seen.events.slice(told + 1)).toEqual([]);
    } finally {
      await sshd('systemctl start ssh');
    }
    await until('fresh', 60_000, () => Promise.resolve(seen.watch.current()?.staleSince === null));
    expect(seen.events.map((event) => event.kind)).toContain('fresh');
    await until('all is well again', 60_000, whole(seen));
  });

  it('asks nothing while paused, and reads at once when resumed', async () => {
    seen.watch.pause();
    const asked = seen.requests.length;
    const shown = seen.snapshots.length;
    const leader = dc(seen).leader ?? '';
    const other = topology.datacenters[0]?.nodes.find((entry) => entry.name !== leader)?.name ?? '';
    await containerOperation(topology, other, 'stop', newContext(topology));
    expect(seen.requests.length).toBe(asked);
    expect(seen.snapshots.length).toBe(shown);
    seen.watch.resume();
    await until('a new picture', 5000, () => Promise.resolve(seen.snapshots.length > shown));
    expect(seen.requests.length).toBeGreaterThan(asked);
    await until('the stopped one', 20_000, () => Promise.resolve(node(seen, other).container === 'exited'));
    await containerOperation(topology, other, 'start', newContext(topology));
    await until('all is well again', 60_000, whole(seen));
    await seen.watch.close();
    const end = seen.requests.length;
    await rootScript(topology, 'docker01', 'true');
    expect(seen.requests.length).toBe(end);
  });
});

describe('one node', () => {
  it('streams its log, over a restart of its container', async () => {
    const context = newContext(topology);
    const lines: LogLine[] = [];
    const end = new AbortController();
    const reading = agentLogs(topology, 'node3', context, {
      tail: 5,
      follow: true,
      signal: end.signal,
      onLine: (line) => lines.push(line),
    });
    await until('the past', 10_000, () => Promise.resolve(lines.length >= 5));
    await containerOperation(topology, 'node3', 'restart', newContext(topology));
    await until('the next run', 30_000, () =>
      Promise.resolve(
        lines.some((line, index) => index > 5 && /agent running|starting Consul agent/i.test(line.text)),
      ),
    );
    end.abort();
    await reading;
    const stamps = lines.map((line) => line.at);
    expect(stamps.every((at) => !Number.isNaN(Date.parse(at)))).toBe(true);
    expect(new Set(lines.map((line) => `${line.at} ${line.text}`)).size).toBe(lines.length);
    expect(lines.every((line) => !/[\u0000-\u0008\u001b]/.test(line.text))).toBe(true);

    const past: LogLine[] = [];
    await agentLogs(topology, 'node3', context, {
      tail: 3,
      follow: false,
      onLine: (line) => past.push(line),
    });
    expect(past).toHaveLength(3);
    await context.close();
  });

  it('lists keys by folder and reads values, texts and bytes', async () => {
    // The restart of the test before may have cost the leader: until there is one, nothing can be written.
    await until('a leader', 30_000, async () => (await statusOf(topology)).healthy);
    const context = newContext(topology);
    await rootScript(
      topology,
      'docker01',
      `put() { curl -fsS -X PUT --data-binary @- "http://127.0.0.1:8500/v1/kv/$1" >/dev/null; }
       printf 'h\\303\\251llo' | put app/greeting; printf '\\377\\000' | put app/raw; printf x | put 'app/deep%20er/one'; printf '' | put top`,
    );
    expect(await readKv(topology, 'dc1', '', context)).toEqual({
      prefix: '',
      keys: ['app/', 'top'],
      truncated: false,
      path: [{ kind: 'agent', node: expect.stringMatching(/^node\d$/), role: 'server', datacenter: 'dc1' }],
    });
    expect((await readKv(topology, 'dc1', 'app/', context)).keys).toEqual([
      'app/deep er/',
      'app/greeting',
      'app/raw',
    ]);
    expect((await readKv(topology, 'dc1', 'nothing/', context)).keys).toEqual([]);
    expect(await readKvValue(topology, 'dc1', 'app/greeting', context)).toMatchObject({
      text: 'héllo',
      bytes: 6,
      truncated: false,
    });
    expect(await readKvValue(topology, 'dc1', 'app/raw', context)).toMatchObject({
      text: null,
      base64: '/wA=',
      bytes: 2,
    });
    expect(await readKvValue(topology, 'dc1', 'top', context)).toMatchObject({ text: '', bytes: 0 });
    expect(await readKvValue(topology, 'dc1', 'absent', context)).toBeNull();
    await context.close();
  });

  it("is not operated on when its container is somebody else's", async () => {
    const context = newContext(topology);
    await rootScript(
      topology,
      'docker01',
      `docker run -d --stop-signal SIGKILL --name foreign --entrypoint sleep ${topology.image} 600 >/dev/null`,
    );
    const [datacenter] = topology.datacenters;
    if (datacenter === undefined) throw new Error('no datacenter');
    const foreign: Topology = {
      ...topology,
      datacenters: [
        {
          ...datacenter,
          nodes: datacenter.nodes.map((entry) =>
            entry.name === 'node1' ? { ...entry, container: 'foreign' } : entry,
          ),
        },
      ],
    };
    await expect(containerOperation(foreign, 'node1', 'stop', context)).rejects.toMatchObject({
      code: 'conflict',
      host: 'docker01',
    });
    expect(await rootScript(topology, 'docker01', "docker inspect -f '{{.State.Status}}' foreign")).toBe(
      'running',
    );
    // Adopted, says the record on its host: then it is one of the cluster's.
    const record = '/opt/consul/.raftyard/state.json';
    await rootScript(topology, 'docker01', `sed -i '1s/{/{"adopted": true,/' ${record}`);
    expect(await containerOperation(foreign, 'node1', 'restart', context)).toEqual({ changed: true });
    await rootScript(topology, 'docker01', `sed -i '1s/"adopted": true,//' ${record}; docker rm -f foreign`);
    await expect(containerOperation(topology, 'node9', 'stop', context)).rejects.toMatchObject({
      code: 'usage',
    });
    expect(await containerOperation(topology, 'node1', 'start', context)).toEqual({ changed: false });
    await context.close();
  });
});

describe("the tutorial's old image", () => {
  it('claims neither voters nor round-trip times', async () => {
    const old = await rangeDocument({ image: PROGRIUM });
    await bareHosts(old);
    expect((await applyTo(old)).summary.failed).toEqual([]);
    const view = look(old);
    try {
      await until('a leader', 60_000, () => Promise.resolve(dc(view).leader !== null));
      await until('all alive', 60_000, () =>
        Promise.resolve(dc(view).nodes.every((entry) => entry.status === 'alive')),
      );
      expect(dc(view).nodes.map((entry) => entry.voter)).toEqual([null, null, null]);
      expect(dc(view)).toMatchObject({ quorum: null, raft: null, rtt: [] });
    } finally {
      await view.close();
    }
  });
});

/** By the outer engine, for hosts that ssh does not reach. */
async function inHost(name: string, command: string): Promise<void> {
  const exec = await outerContainer(name).exec({
    Cmd: ['sh', '-c', command],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({});
  stream.resume();
  await new Promise<void>((resolve, reject) => {
    stream.once('end', resolve);
    stream.once('error', reject);
  });
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0) throw new Error(`${name}: ${command}: exit code ${ExitCode}`);
}
