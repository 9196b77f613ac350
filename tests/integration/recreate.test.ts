/** A cluster that lives and whose document changes: servers are re-created one by one, and the data outlives it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../../src/main/cluster/types.js';
import { consulApi } from '../../src/main/consul/client.js';
import { changeCount } from '../../src/shared/plan/index.js';
import { CHANGING, type Plan, type Step } from '../../src/shared/plan/types.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { containerIds } from './inspect.js';
import { afterEarlierSteps } from './steps.js';
import {
  applyTo,
  bareHosts,
  CONSUL,
  changesLeft,
  onHost,
  PROGRIUM,
  planFor,
  rangeDocument,
  rootScript,
  statusOf,
} from './support.js';
import { ONE_ELECTION_MS, writingWhile } from './writing.js';

const stepsOf = (plan: Plan, kind: Step['action']['kind']): Step[] =>
  plan.steps.filter((step) => step.action.kind === kind);

const containerSteps = (plan: Plan): string[] =>
  plan.steps.filter((step) => step.action.kind.startsWith('container-')).map((step) => step.id);

async function leaderOf(topology: Topology): Promise<string> {
  const now = await statusOf(topology);
  expect(now.problems).toEqual([]);
  return now.datacenters[0]?.leader ?? '';
}

interface Absence {
  readonly host: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** When the engine of each host saw the server's container end, and when it saw one start again. */
async function absences(topology: Topology, sinceMs: number): Promise<Absence[]> {
  const each = await Promise.all(
    topology.hosts.map(async ({ name: host }): Promise<Absence[]> => {
      const text = await rootScript(
        topology,
        host,
        `docker events --since ${Math.floor(sinceMs / 1000)} --until "$(date +%s.%N)" \
           --filter type=container --filter event=die --filter event=start --format '{{json .}}'`,
      );
      const events = text.split('\n').map((line) => JSON.parse(line) as { Action: string; timeNano: number });
      const at = (action: string): number => {
        const found = events.filter((event) => event.Action === action).map(({ timeNano }) => timeNano / 1e6);
        expect(found, `${action} on ${host}`).toHaveLength(1);
        return found[0] ?? Number.NaN;
      };
      return [{ host, fromMs: at('die'), toMs: at('start') }];
    }),
  );
  return each.flat().sort((a, b) => a.fromMs - b.fromMs);
}

/** What the running agents themselves say of their Raft timing, in document order. */
async function electionTimeouts(topology: Topology): Promise<string[]> {
  return await Promise.all(
    topology.hosts.map(async ({ name }) => {
      const text = await rootScript(topology, name, 'curl -fsS http://127.0.0.1:8500/v1/agent/self');
      const self = JSON.parse(text) as { DebugConfig: { ConsulRaftElectionTimeout: string } };
      return self.DebugConfig.ConsulRaftElectionTimeout;
    }),
  );
}

describe('a live cluster whose document changes', () => {
  beforeEach(afterEarlierSteps);
  let first: Topology;
  let changed: Topology;

  beforeAll(async () => {
    first = await rangeDocument({ image: CONSUL, raftMultiplier: 1 });
    changed = { ...first, raftMultiplier: 2, agentOptions: ['-log-level=debug'] };
    await bareHosts(first);
    expect((await applyTo(first)).summary.result).toBe('done');
    await onHost(first, 'docker01', (connection) => consulApi(connection).kvPut('raftyard/before', 'kept'));
  });
  afterAll(async () => {
    await bareHosts(first);
  });

  it('plans one server at a time, the leader last, and a quorum at the end', async () => {
    const leader = await leaderOf(first);
    const plan = await planFor(changed);
    const replaced = stepsOf(plan, 'container-replace');
    expect(replaced).toHaveLength(3);
    expect(replaced[2]?.node).toBe(leader);
    for (const [index, step] of replaced.slice(1).entries())
      expect(step.needs, step.id).toContain(replaced[index]?.id);
    expect(stepsOf(plan, 'quorum').map(({ needs }) => needs)).toEqual([replaced.map(({ id }) => id)]);
  });

  it('re-creates them one by one: writes go on, but for one election, and none is lost', async () => {
    const leader = await leaderOf(first);
    const began = Date.now();
    const steps: (ProgressEvent & { type: 'step' })[] = [];
    let plan: Plan | undefined;
    const { acknowledged, longestGapMs } = await writingWhile(changed, async () => {
      const applied = await applyTo(changed);
      expect(applied.summary.failed).toEqual([]);
      expect(applied.summary.result).toBe('done');
      plan = applied.plan;
      for (const event of applied.events)
        if (event.type === 'step' && event.message === undefined) steps.push(event);
    });
    if (plan === undefined) throw new Error('nothing was applied');

    // As the apply told it: a server is replaced and back, then the next; quorum at the end.
    const told = steps
      .filter(({ step }) => /\/(container-replace|quorum)\//.test(step))
      .map(({ step, state }) => `${step.split('/')[1]} ${state}`);
    const once = ['container-replace running', 'container-replace done'];
    expect(told).toEqual([...once, ...once, ...once, 'quorum running', 'quorum done']);

    // As the hosts' engines saw it: never were two servers gone at the same time, and the leader went last.
    const gone = await absences(changed, began);
    expect(gone).toHaveLength(3);
    for (const [index, { fromMs, toMs }] of gone.entries()) {
      expect(toMs).toBeGreaterThan(fromMs);
      const before = gone[index - 1];
      if (before !== undefined) expect(fromMs).toBeGreaterThan(before.toMs);
    }
    const leaderHost = changed.datacenters[0]?.nodes.find((node) => node.name === leader)?.host;
    expect(gone[2]?.host).toBe(leaderHost);

    // As a user of the cluster saw it.
    expect(longestGapMs).toBeLessThan(ONE_ELECTION_MS);
    const kept = await onHost(changed, 'docker02', (connection) =>
      consulApi(connection).kvKeys('raftyard/writer/'),
    );
    expect(kept).toEqual(expect.arrayContaining([...acknowledged]));
    expect(acknowledged.length).toBeGreaterThan(20);
  });

  it('is healthy with the data, runs with what changed, and needs nothing more', async () => {
    const now = await statusOf(changed);
    expect(now.problems).toEqual([]);
    expect(now.datacenters[0]?.nodes.map((node) => node.voter)).toEqual([true, true, true]);
    const value = await onHost(changed, 'docker03', (connection) =>
      consulApi(connection).kvGet('raftyard/before'),
    );
    expect(value).toBe('kept');
    expect(await electionTimeouts(changed)).toEqual(['2s', '2s', '2s']);
    expect(await changesLeft(changed)).toBe(0);
  });

  it('another family of images is refused where the data is kept', async () => {
    const other: Topology = { ...changed, image: PROGRIUM };
    const before = await containerIds(changed);
    const plan = await planFor(other);
    const refused = plan.issues.filter((issue) => issue.code === 'unsupported-upgrade');
    expect(refused.map(({ host, severity }) => [host, severity])).toEqual(
      other.hosts.map(({ name }) => [name, 'blocker']),
    );
    expect(changeCount(plan)).toBe(0);
    await expect(applyTo(other)).rejects.toMatchObject({ code: 'blocked' });
    expect(await containerIds(changed)).toEqual(before);
  });

  it('an expected number that only matters for bootstrapping waits for the next re-creation', async () => {
    const fewer: Topology = {
      ...changed,
      datacenters: changed.datacenters.map((datacenter) => ({
        ...datacenter,
        nodes: datacenter.nodes.slice(0, 2),
      })),
    };
    const plan = await planFor(fewer);
    expect(containerSteps(plan)).toEqual([]);
    const later = plan.issues.filter((issue) => issue.code === 'at-next-re-creation');
    expect(later.map(({ host, severity }) => [host, severity])).toEqual([
      ['docker01', 'note'],
      ['docker02', 'note'],
    ]);
  });
});

describe('the classic style', () => {
  let first: Topology;

  beforeAll(async () => {
    first = await rangeDocument({ image: CONSUL, bootstrap: 'classic' });
    await bareHosts(first);
    expect((await applyTo(first)).summary.result).toBe('done');
  });
  afterAll(async () => {
    await bareHosts(first);
  });

  it('moving the bootstrap flag re-creates nothing, and is said', async () => {
    const moved: Topology = {
      ...first,
      datacenters: first.datacenters.map((datacenter) => ({
        ...datacenter,
        nodes: datacenter.nodes.map((node) => ({ ...node, bootstrap: node.name === 'node2' })),
      })),
    };
    const before = await containerIds(first);
    const plan = await planFor(moved);
    // The start scripts say it for the next re-creation; nothing that runs is touched.
    const changing = plan.steps.filter((step) => CHANGING.has(step.action.kind));
    expect(changing.map(({ host, action }) => [host, action.kind])).toEqual(
      moved.hosts.map(({ name }) => [name, 'file']),
    );
    const { summary } = await applyTo(moved);
    expect(summary.result).toBe('done');
    expect(await containerIds(moved)).toEqual(before);
    const again = await planFor(moved);
    expect(changeCount(again)).toBe(0);
    const later = again.issues.filter((issue) => issue.code === 'at-next-re-creation');
    expect(later.map(({ host, severity }) => [host, severity])).toEqual(
      moved.hosts.map(({ name }) => [name, 'note']),
    );
    expect((await statusOf(moved)).problems).toEqual([]);
  });
});
