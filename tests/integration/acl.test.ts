/** ACLs: from the start, turned on while a cluster lives, with a client; and the token that is lost. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClusterSecrets, reading, watchCluster } from '../../src/main/cluster/index.js';
import { agentToken, MANAGEMENT_TOKEN, READ_TOKEN, WRITE_TOKEN } from '../../src/shared/desired/index.js';
import type { LiveSnapshot } from '../../src/shared/live/index.js';
import { NOT_SECURED } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { ALL, asking, changesLeft, kinds, secretsFor, withClient } from './secured.js';
import { afterEarlierSteps } from './steps.js';
import {
  applyTo,
  bareHosts,
  destroyAll,
  memoryStore,
  newContext,
  planFor,
  rangeDocument,
  rootScript,
  statusOf,
  traces,
  until,
} from './support.js';
import { ONE_ELECTION_MS, writingWhile } from './writing.js';

const ACL = { secure: { ...NOT_SECURED, acl: true } };

/** How many addresses the agent's DNS has for the servers; a host has no dig, but Python. */
const DNS_ANSWERS = `python3 -c "
import socket
name = b''.join(bytes([len(part)]) + part for part in b'consul.service.consul'.split(b'.'))
asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asked.settimeout(10)
asked.sendto(b'\\x12\\x34\\x01\\x00\\x00\\x01' + bytes(6) + name + b'\\x00\\x00\\x01\\x00\\x01', ('127.0.0.1', 8600))
print(asked.recv(2048)[7])
"`;

let topology: Topology;
beforeAll(async () => {
  topology = await rangeDocument(ACL);
  await bareHosts(topology);
}, 240_000);
afterAll(async () => {
  await bareHosts(topology);
}, 120_000);

describe('a cluster with everything on from the start', () => {
  it('comes up at once, denies what no token allows, shows its tokens to nobody, and leaves nothing behind', async () => {
    const all = withClient(await rangeDocument(ALL));
    const [first = '', , third = ''] = all.hosts.map(({ name }) => name);
    const before = await traces(all, first);
    const secrets = await secretsFor(all);
    const { plan, summary, events } = await applyTo(all, { secrets });
    expect(summary.failed).toEqual([]);
    expect(summary.result).toBe('done');
    expect((await statusOf(all, secrets)).problems).toEqual([]);
    expect(await changesLeft(all, secrets)).toBe(0);

    const management = secrets.token(MANAGEMENT_TOKEN);
    expect(management).not.toBeNull();
    const autopilot = await asking(all, first, management, (api) => api.autopilotConfiguration());
    expect(autopilot?.minQuorum).toBe(2);
    // Nobody without a token, and the read-only one only reads.
    for (const host of [first, third]) {
      await expect(asking(all, host, null, (api) => api.kvPut('a', 'b'))).rejects.toThrow(/403/);
      await expect(asking(all, host, null, (api) => api.self())).rejects.toThrow(/403/);
      await expect(
        asking(all, host, secrets.token(READ_TOKEN), (api) => api.kvPut('a', 'b')),
      ).rejects.toThrow(/403/);
      await asking(all, host, secrets.token(WRITE_TOKEN), (api) => api.kvPut('a', 'b'));
      expect(await asking(all, host, secrets.token(READ_TOKEN), (api) => api.kvGet('a'))).toBe('b');
      await expect(asking(all, host, secrets.token(WRITE_TOKEN), (api) => api.aclPolicies())).rejects.toThrow(
        /403/,
      );
    }
    // DNS answers everybody.
    expect(Number(await rootScript(all, third, DNS_ANSWERS))).toBe(2);
    for (const secret of secrets.all) expect(JSON.stringify([plan, summary, events])).not.toContain(secret);
    // The management token is on no host, a token only in its own file.
    for (const host of [first, third]) {
      const places = await rootScript(
        all,
        host,
        `pattern=/dev/shm/pattern; trap 'rm -f $pattern' EXIT
         sed -n 's/.*"agent": "\\([^"]*\\)".*/\\1/p' /opt/consul/.secret/agent/secret.json > $pattern
         [ -s $pattern ] || exit 7
         count() { grep -cF -f $pattern || true; }
         docker inspect $(docker ps -q) | count
         cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | count
         docker logs "$(docker ps -q)" 2>&1 | count
         grep -rlF -f $pattern /opt /etc /run /tmp /root /home /var/log 2>/dev/null | sort`,
      );
      expect(places.split('\n')).toEqual(['0', '0', '0', '/opt/consul/.secret/agent/secret.json']);
    }
    const gone = await destroyAll(all);
    expect(gone.result).toBe('done');
    expect(await traces(all, first)).toBe(before);

    // Raised once more, with the tokens of the cluster that is gone.
    const again = await applyTo(all, { secrets });
    expect(again.summary.failed).toEqual([]);
    expect(secrets.token(MANAGEMENT_TOKEN)).not.toBe(management);
    expect((await statusOf(all, secrets)).problems).toEqual([]);
  }, 600_000);
});

describe('a cluster that allows everything', () => {
  beforeEach(afterEarlierSteps);
  let secrets: ClusterSecrets;
  beforeAll(async () => {
    await bareHosts(topology);
    const plain = await rangeDocument();
    const { summary } = await applyTo(plain);
    expect(summary.result).toBe('done');
    // The harder case: the first server, which is asked first, is not the leader, and so knows no token for a while.
    const [{ name = '' } = {}] = topology.hosts;
    await rootScript(plain, name, 'docker restart "$(docker ps -q)"');
    await until('another one leads', 60_000, async () => {
      const { datacenters, problems } = await statusOf(plain);
      return problems.length === 0 && datacenters[0]?.leader !== 'node1';
    });
    secrets = await secretsFor(topology, store);
  }, 240_000);
  const store = memoryStore();

  it('denies after three rounds, while it is written to', async () => {
    const written = await writingWhile(
      topology,
      async () => {
        const { summary, plan } = await applyTo(topology, { secrets });
        expect(summary.failed).toEqual([]);
        expect(summary.result).toBe('done');
        expect(kinds(plan.steps, 'container-replace')).toHaveLength(3);
        expect(kinds(plan.steps, 'container-restart')).toHaveLength(6);
      },
      () => secrets.token(MANAGEMENT_TOKEN),
    );
    expect(written.longestGapMs).toBeLessThan(ONE_ELECTION_MS);
    expect(written.acknowledged.length).toBeGreaterThan(20);
    const [{ name = '' } = {}] = topology.hosts;
    await expect(asking(topology, name, null, (api) => api.self())).rejects.toThrow(/403/);
    expect((await statusOf(topology, secrets)).problems).toEqual([]);
    expect(await changesLeft(topology, secrets)).toBe(0);
  }, 400_000);

  it('is watched with the token, and says what is missing without', async () => {
    const watched = async (known: ClusterSecrets | null): Promise<LiveSnapshot> => {
      const context = newContext(topology);
      let latest: LiveSnapshot | null = null;
      const watch = watchCluster(topology, reading(context, known), {
        onSnapshot: (snapshot) => {
          latest = snapshot;
        },
        onEvents: () => undefined,
      });
      try {
        const settled = (): boolean => {
          const alive = latest?.datacenters[0]?.nodes.filter(({ status }) => status === 'alive').length;
          return known === null
            ? latest?.problems.some(({ code }) => code === 'token-needed') === true
            : alive === 3;
        };
        await until('the picture is there', 30_000, async () => settled());
        if (latest === null) throw new Error('no picture');
        return latest;
      } finally {
        await watch.close();
        await context.close();
      }
    };
    const open = await watched(secrets);
    expect(open.problems.map(({ code }) => code)).not.toContain('token-needed');
    const shut = await watched(null);
    // What DNS may tell is told to everybody; nothing is made up of the rest.
    expect(shut.datacenters[0]?.leader).toMatch(/^node\d$/);
    expect(shut.datacenters[0]?.raft).toBeNull();
    for (const node of shut.datacenters[0]?.nodes ?? []) expect(node.voter).toBeNull();
    expect(shut.problems.map(({ code }) => code)).not.toContain('not-a-voter');
  }, 120_000);

  it('gets new tokens where the management token is lost, and its agents go on', async () => {
    const [{ name = '' } = {}] = topology.hosts;
    const old = secrets.token(MANAGEMENT_TOKEN);
    const former = secrets.value(agentToken('node1'));
    // One that a person made, with the same rights.
    const [person, accessor] = [randomUUID(), randomUUID()];
    const policies = ['global-management'];
    await asking(topology, name, old, (api) =>
      api.aclPutToken({ accessor, secret: person, description: 'Break glass', policies }, false),
    );
    const lost = await ClusterSecrets.of(topology, memoryStore());
    const plain = await planFor(topology, { secrets: lost.forPlan() }, lost);
    const blockers = plain.issues.filter(({ severity }) => severity === 'blocker');
    expect(blockers.map(({ code }) => code)).toEqual(Array(3).fill('secrets-missing'));
    expect(blockers[0]?.hint).toContain('acl-reset');

    const reset = await applyTo(topology, { secrets: lost, resetAcl: true });
    expect(reset.summary.failed).toEqual([]);
    const now = lost.token(MANAGEMENT_TOKEN);
    expect(now).not.toBeNull();
    expect(now).not.toBe(old);
    expect((await statusOf(topology, lost)).problems).toEqual([]);
    expect(await changesLeft(topology, lost)).toBe(0);
    // The agents' former tokens are no longer good for anything, nor is the one that was lost; a person's is.
    await expect(asking(topology, name, former, (api) => api.aclPolicies())).rejects.toThrow(/403/);
    await expect(asking(topology, name, old, (api) => api.aclPolicies())).rejects.toThrow(/403/);
    expect(await asking(topology, name, person, (api) => api.aclPolicies())).toHaveProperty('raftyard-read');
    expect(
      kinds(reset.plan.steps, 'container-restart').concat(kinds(reset.plan.steps, 'container-replace')),
    ).toEqual([]);
    secrets = lost;
  }, 240_000);

  it('refuses to give ACLs up', async () => {
    const off = await planFor(await rangeDocument());
    expect(off.issues.filter(({ code }) => code === 'acl-off')).toHaveLength(3);
  });
});
