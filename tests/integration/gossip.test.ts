/** Encrypted gossip: from the start, turned on while a cluster lives, its key changed; and where the key is not. */
import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClusterSecrets } from '../../src/main/cluster/index.js';
import { consulApi } from '../../src/main/consul/client.js';
import { GOSSIP_KEY } from '../../src/shared/desired/index.js';
import { changeCount } from '../../src/shared/plan/index.js';
import type { Step } from '../../src/shared/plan/types.js';
import { NOT_SECURED } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { afterEarlierSteps } from './steps.js';
import {
  applyTo,
  bareHosts,
  destroyAll,
  memoryStore,
  newContext,
  onHost,
  planFor,
  rangeDocument,
  rootScript,
  statusOf,
  traces,
  until,
} from './support.js';
import { ONE_ELECTION_MS, writingWhile } from './writing.js';

const SECURE = { secure: { ...NOT_SECURED, gossip: true } };

/** What each agent says of its own gossip, in document order. */
async function gossip(topology: Topology): Promise<unknown[]> {
  return await Promise.all(
    topology.hosts.map(({ name }) =>
      onHost(topology, name, async (connection) => (await consulApi(connection).self()).gossip),
    ),
  );
}

const ENCRYPTED = { encrypted: true, verifyOutgoing: true, verifyIncoming: true };
const everywhere = <T>(topology: Topology, value: T): T[] => topology.hosts.map(() => value);

/** The keys that each host's agent has, in document order. */
async function keys(topology: Topology): Promise<string[][]> {
  return await Promise.all(
    topology.hosts.map(({ name }) =>
      onHost(topology, name, async (connection) => [
        ...new Set((await consulApi(connection).keyring()).flatMap((pool) => Object.keys(pool.keys))),
      ]),
    ),
  );
}

async function secretsFor(topology: Topology, store = memoryStore()): Promise<ClusterSecrets> {
  const secrets = await ClusterSecrets.of(topology, store);
  await secrets.make();
  return secrets;
}

const changesLeft = async (topology: Topology, secrets: ClusterSecrets): Promise<number> =>
  changeCount(await planFor(topology, { secrets: secrets.forPlan() }));

const kinds = (steps: readonly Step[], kind: Step['action']['kind']): Step[] =>
  steps.filter((step) => step.action.kind === kind);

let topology: Topology;
/** Every agent answers and is healthy. */
const settled = (): Promise<void> =>
  until('all is well', 60_000, async () => (await statusOf(topology)).problems.length === 0);

beforeAll(async () => {
  topology = await rangeDocument(SECURE);
  await bareHosts(topology);
}, 240_000);
afterAll(async () => {
  await bareHosts(topology);
}, 120_000);

describe('a cluster with encrypted gossip from the start', () => {
  it('comes up encrypted, shows its key to nobody, and leaves nothing behind', async () => {
    const before = await traces(topology, topology.hosts[0]?.name ?? '');
    const secrets = await secretsFor(topology);
    const key = secrets.value(GOSSIP_KEY);
    const { plan, summary, events } = await applyTo(topology, { secrets });
    expect(summary.failed).toEqual([]);
    expect(summary.result).toBe('done');
    expect(kinds(plan.steps, 'network-check')).toHaveLength(3);
    expect(await gossip(topology)).toEqual(everywhere(topology, ENCRYPTED));
    expect((await statusOf(topology)).problems).toEqual([]);
    expect(await changesLeft(topology, secrets)).toBe(0);

    // On this computer: neither what was shown, nor what was written down.
    expect(JSON.stringify([plan, summary, events])).not.toContain(key);
    // On the hosts: in its own file and in Consul's data, and nowhere else.
    for (const { name } of topology.hosts) {
      const places = await rootScript(
        topology,
        name,
        // The pattern comes from a file, so that no grep of ours has the key among its own arguments.
        `pattern=/dev/shm/pattern; trap 'rm -f $pattern' EXIT
         sed -n 's/.*"encrypt": "\\([^"]*\\)".*/\\1/p' /opt/consul/.secret/agent/secret.json > $pattern
         [ -s $pattern ] || exit 7
         count() { grep -cF -f $pattern || true; }
         docker inspect $(docker ps -q) | count
         cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | count
         journalctl --no-pager 2>/dev/null | count
         docker logs "$(docker ps -q)" 2>&1 | count
         grep -rlF -f $pattern /opt /etc /run /tmp /root /home /var/log 2>/dev/null | sort`,
      );
      expect(places.split('\n')).toEqual(['0', '0', '0', '0', '/opt/consul/.secret/agent/secret.json']);
      // Somebody else on the host cannot read it.
      const other = await rootScript(
        topology,
        name,
        'su -s /bin/sh nobody -c "cat /opt/consul/.secret/agent/secret.json" 2>&1 || true',
      );
      expect(other).toContain('Permission denied');
    }

    const gone = await destroyAll(topology);
    expect(gone.result).toBe('done');
    expect(await traces(topology, topology.hosts[0]?.name ?? '')).toBe(before);
  });
});

describe('a cluster that talks in the clear', () => {
  beforeEach(afterEarlierSteps);
  let secrets: ClusterSecrets;
  beforeAll(async () => {
    const { summary } = await applyTo(await rangeDocument());
    expect(summary.result).toBe('done');
    secrets = await secretsFor(topology);
  }, 120_000);

  it('refuses to be encrypted without a place for the key, or with an agent away', async () => {
    const homeless = await planFor(topology);
    expect(homeless.issues.filter((issue) => issue.severity === 'blocker')).toMatchObject([
      { code: 'secrets-needed' },
    ]);
    const away = topology.hosts[2]?.name ?? '';
    await rootScript(topology, away, 'docker stop -t 10 consul03');
    const lonely = await planFor(topology, { secrets: secrets.forPlan() });
    expect(lonely.issues.filter((issue) => issue.severity === 'blocker')).toMatchObject([
      { code: 'everyone-needed', host: away },
    ]);
    await rootScript(topology, away, 'docker start consul03');
    await expect
      .poll(() => statusOf(topology).then(({ problems }) => problems), { timeout: 60_000 })
      .toEqual([]);
  });

  it('is encrypted in three rounds while it is written to, also when a run is cut short on the way', async () => {
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    let cut = '';
    const written = await writingWhile(topology, async () => {
      const first = await applyTo(topology, {
        secrets,
        signal: stop.signal,
        onStep: (event) => {
          // In the second round, when one agent is ahead of the others.
          if (event.type !== 'step' || event.state !== 'done' || !event.title.includes('(round 2')) return;
          cut = event.title;
          stop.abort();
        },
      });
      expect(first.summary.result).toBe('cancelled');
      expect(cut).toContain('round 2 of 3');
      await settled();
      const rest = await planFor(topology, { secrets: secrets.forPlan() });
      // Who is in the second round already is restarted once more, the others twice.
      expect(kinds(rest.steps, 'container-restart')).toHaveLength(2 + 3);
      expect(kinds(rest.steps, 'container-replace')).toHaveLength(0);
      const second = await applyTo(topology, { secrets });
      expect(second.summary.failed).toEqual([]);
      expect(second.summary.result).toBe('done');
    });
    expect(await gossip(topology)).toEqual(everywhere(topology, ENCRYPTED));
    expect(await changesLeft(topology, secrets)).toBe(0);
    expect(written.longestGapMs).toBeLessThan(ONE_ELECTION_MS);
    expect(written.acknowledged.length).toBeGreaterThan(20);
    const context = newContext(topology);
    try {
      const [host] = topology.hosts;
      if (host === undefined) throw new Error('no host');
      const api = consulApi((await context.connector.connect(host)).connection);
      const lost: string[] = [];
      for (const name of written.acknowledged) if ((await api.kvGet(name)) === null) lost.push(name);
      expect(lost).toEqual([]);
    } finally {
      await context.close();
    }
  }, 400_000);

  it('changes its key without a restart, and goes on with a change that was cut short', async () => {
    const old = secrets.value(GOSSIP_KEY);
    expect(await keys(topology)).toEqual(everywhere(topology, [old]));
    await secrets.makeNextKey();
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const first = await applyTo(topology, {
      secrets,
      signal: stop.signal,
      onStep: (event) => {
        if (event.type === 'step' && event.state === 'done' && event.title.startsWith('Send with'))
          stop.abort();
      },
    });
    expect(first.summary.result).toBe('cancelled');
    expect((await keys(topology)).map((each) => each.length)).toEqual(everywhere(topology, 2));
    // A plain apply knows that a key waits.
    const second = await applyTo(topology, { secrets });
    expect(second.summary.failed).toEqual([]);
    expect(second.summary.result).toBe('done');
    const now = secrets.value(GOSSIP_KEY);
    expect(now).not.toBe(old);
    expect(await keys(topology)).toEqual(everywhere(topology, [now]));
    for (const { plan } of [first, second])
      expect(kinds(plan.steps, 'container-restart').concat(kinds(plan.steps, 'container-replace'))).toEqual(
        [],
      );
    expect(JSON.stringify([first, second])).not.toContain(old);
    expect(JSON.stringify([first, second])).not.toContain(now);
    expect(await changesLeft(topology, secrets)).toBe(0);
    expect((await statusOf(topology)).problems).toEqual([]);
  }, 120_000);

  it('says so when the key is lost here, and when it is to be taken off again', async () => {
    const empty = await ClusterSecrets.of(topology, memoryStore());
    const lost = await planFor(topology, { secrets: empty.forPlan() });
    expect(lost.issues.filter((issue) => issue.severity === 'blocker').map(({ code }) => code)).toEqual(
      everywhere(topology, 'secrets-missing'),
    );
    const off = await planFor(await rangeDocument());
    expect(off.issues.filter((issue) => issue.severity === 'blocker').map(({ code }) => code)).toEqual(
      everywhere(topology, 'gossip-off'),
    );
  });
});
