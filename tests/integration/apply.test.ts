/** From bare hosts to a cluster and back, for both image families and both bootstrap styles, with firewalld running. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { preflight } from '../../src/main/cluster/index.js';
import { desiredNodes } from '../../src/shared/desired/index.js';
import { changeCount } from '../../src/shared/plan/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { afterEarlierSteps, more } from './steps.js';
import {
  applyTo,
  bareHosts,
  CONSUL,
  changesLeft,
  destroyAll,
  PROGRIUM,
  planFor,
  rangeDocument,
  reboot,
  rootScript,
  sharedContext,
  statusOf,
  traces,
  until,
} from './support.js';

/** The robust style with hashicorp/consul is the story's, in tests/story. */
const CASES: readonly [string, () => Partial<Topology>, typeof describe | typeof more.describe][] = [
  ['robust, hashicorp/consul', () => ({ image: CONSUL }), more.describe],
  ['classic, hashicorp/consul', () => ({ image: CONSUL, bootstrap: 'classic' }), more.describe],
  ['robust, progrium/consul', () => ({ image: PROGRIUM }), more.describe],
  [
    'the tutorial: classic, progrium/consul, exposed, anonymous data',
    () => ({ image: PROGRIUM, bootstrap: 'classic', api: 'exposed', data: 'anonymous' }),
    describe,
  ],
];

for (const [title, change, suite] of CASES) {
  suite(title, () => {
    beforeEach(afterEarlierSteps);

    let topology: Topology;
    let before: string[];

    beforeAll(async () => {
      topology = await rangeDocument(change());
      await bareHosts(topology);
      before = await Promise.all(topology.hosts.map((host) => traces(topology, host.name)));
    });
    afterAll(async () => {
      await bareHosts(topology);
    });

    it('comes up at the first try, with a leader that all servers agree on', async () => {
      const { summary, events } = await applyTo(topology);
      expect(summary.failed).toEqual([]);
      expect(summary.result).toBe('done');
      expect(summary.quorumMs?.['dc1']).toBeGreaterThan(0);
      expect(events.some((event) => event.type === 'step' && event.state === 'done')).toBe(true);
      const now = await statusOf(topology);
      expect(now.problems).toEqual([]);
      expect(now.healthy).toBe(true);
      expect(now.datacenters[0]?.nodes.filter((node) => node.leader)).toHaveLength(1);
    });

    it('changes nothing the second time', async () => {
      expect(await changesLeft(topology)).toBe(0);
      const { summary } = await applyTo(topology);
      expect(summary.changed).toBe(0);
      expect(summary.result).toBe('done');
    });

    it('has an executable start script and no port open that it should not have', async () => {
      expect(await rootScript(topology, 'docker01', 'stat -c %a /opt/consul/consul-start.sh')).toBe('755');
      const ports = await rootScript(topology, 'docker01', 'firewall-cmd --zone=public --list-ports');
      expect(ports).toBe(topology.api === 'exposed' ? '8500/tcp' : '');
    });

    it('is gone after destroy, and the hosts are as they were', async () => {
      const summary = await destroyAll(topology);
      expect(summary.failed).toEqual([]);
      const after = await Promise.all(topology.hosts.map((host) => traces(topology, host.name)));
      expect(after).toEqual(before);
    });
  });
}

describe('a reboot of all hosts', () => {
  beforeEach(afterEarlierSteps);
  let topology: Topology;
  const autopilot = async (): Promise<unknown> =>
    JSON.parse(
      await rootScript(
        topology,
        'docker01',
        'curl -fsS http://127.0.0.1:8500/v1/operator/autopilot/configuration',
      ),
    );

  beforeAll(async () => {
    topology = await rangeDocument({ image: CONSUL });
    await bareHosts(topology);
  });
  afterAll(async () => {
    await bareHosts(topology);
  });

  it('comes back to a leader with the data, in whatever order', async () => {
    const { summary } = await applyTo(topology);
    expect(summary.failed).toEqual([]);
    expect(await autopilot()).toMatchObject({ MinQuorum: 3, MaxTrailingLogs: 250 });
    await rootScript(
      topology,
      'docker01',
      'curl -fsS -X PUT --data survives http://127.0.0.1:8500/v1/kv/raftyard/reboot',
    );
    const orders = [
      ['docker03', 'docker02', 'docker01'],
      ['docker02', 'docker01', 'docker03'],
    ];
    for (const order of more.MORE ? orders : orders.slice(0, 1)) {
      await Promise.all(
        order.map((name, index) => new Promise((r) => setTimeout(r, index * 400)).then(() => reboot(name))),
      );
      await until(
        'a healthy cluster after the reboot',
        90_000,
        async () => (await statusOf(topology)).healthy,
      );
      const value = await rootScript(
        topology,
        'docker02',
        'curl -fsS "http://127.0.0.1:8500/v1/kv/raftyard/reboot?raw"',
      );
      expect(value).toBe('survives');
    }
    expect(await changesLeft(topology)).toBe(0);
  });

  it('as an earlier Raftyard left it gets an offer, and keeps its servers once that is taken', async () => {
    for (const { name } of topology.hosts)
      await rootScript(
        topology,
        name,
        `python3 -c 'import json; path = "/opt/consul/.raftyard/state.json"; state = json.load(open(path)); del state["minQuorum"]; json.dump(state, open(path, "w"))'`,
      );
    // What Raftyard has nothing to do with stays: MaxTrailingLogs.
    await rootScript(
      topology,
      'docker03',
      `curl -fsS -X PUT --data '{"CleanupDeadServers":true,"LastContactThreshold":"200ms","MaxTrailingLogs":333,"ServerStabilizationTime":"10s"}' http://127.0.0.1:8500/v1/operator/autopilot/configuration`,
    );
    const offer = await planFor(topology);
    expect(changeCount(offer)).toBe(0);
    expect(offer.issues).toContainEqual(expect.objectContaining({ severity: 'note', code: 'min-quorum' }));
    const { summary } = await applyTo(topology, { minQuorum: true });
    expect(summary.failed).toEqual([]);
    expect(await autopilot()).toMatchObject({ MinQuorum: 3, MaxTrailingLogs: 333 });
    const after = await planFor(topology);
    expect(changeCount(after)).toBe(0);
    expect(after.issues.map(({ code }) => code)).not.toContain('min-quorum');
  });

  it('tells how long a server was off that is stopped, by the record among its data', async () => {
    const [node] = desiredNodes(topology);
    const record = `"$(docker volume inspect -f '{{.Mountpoint}}' ${node?.volume?.name})/server_metadata.json"`;
    const write = `printf '{"last_seen_unix":%s}' $(($(date +%s) - 864000)) > ${record}`;
    const off = async (): Promise<readonly (number | undefined)[]> => {
      const found = (await preflight(topology, sharedContext(topology)))['docker01'];
      if (found?.reachable !== true) throw new Error('docker01 is not there');
      return [found.containers[0]?.offForS, found.volume?.offForS];
    };
    await rootScript(topology, 'docker01', `docker stop ${node?.container.name}; ${write}`);
    expect(await off()).toEqual([expect.closeTo(864_000, -2), undefined]);
    await rootScript(topology, 'docker01', `docker rm ${node?.container.name}`);
    expect(await off()).toEqual([undefined, expect.closeTo(864_000, -2)]);
  });
});
