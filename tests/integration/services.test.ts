/** Services of the document: registered by files and reload, watched, changed, taken away; commands only with consent. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ClusterWatch, watchCluster } from '../../src/main/cluster/index.js';
import type { LiveCheck, LiveEvent } from '../../src/shared/live/index.js';
import { NOT_SECURED, readTopology, serialiseTopology } from '../../src/shared/topology/index.js';
import type { Service, ServiceCheck, Topology } from '../../src/shared/topology/types.js';
import { STOP_WEB, startWeb } from './names.js';
import { changesLeft as changesWith, kinds, secretsFor } from './secured.js';
import { afterEarlierSteps } from './steps.js';
import {
  applyTo,
  bareHosts,
  CONSUL,
  changesLeft,
  destroyAll,
  newContext,
  planFor,
  rangeDocument,
  rootScript,
  statusOf,
  traces,
  until,
} from './support.js';

const HOST = 'docker01';
const NODE = 'node1';
const CONTAINER = 'consul01';

const check = (of: ServiceCheck): ServiceCheck => ({ interval: '1s', timeout: '1s', ...of });
const HTTP = check({ http: 'http://127.0.0.1:8081/health' });
const service = (name: string, change: Partial<Service> = {}): Service => ({
  name,
  id: name,
  tags: [],
  meta: {},
  checks: [],
  ...change,
});
const WEB = service('web', { id: 'web-1', port: 8081, tags: ['v1'], meta: { version: '1' }, checks: [HTTP] });

/** The document with these services on its first node. */
function withServices(
  topology: Topology,
  services: readonly Service[],
  change: Partial<Topology> = {},
): Topology {
  return {
    ...topology,
    ...change,
    datacenters: topology.datacenters.map((datacenter) => ({
      ...datacenter,
      nodes: datacenter.nodes.map((node) =>
        node.name === NODE && services.length > 0 ? { ...node, services } : node,
      ),
    })),
  };
}

const startedAt = (topology: Topology): Promise<string> =>
  rootScript(
    topology,
    HOST,
    `docker inspect -f '{{.Id}} {{.State.StartedAt}} {{.RestartCount}}' ${CONTAINER}`,
  );

/** What the catalog says of a service: asked with curl, as anybody would. */
async function catalog(topology: Topology, name: string): Promise<readonly Record<string, unknown>[]> {
  const answer = await rootScript(
    topology,
    HOST,
    `curl -sf http://127.0.0.1:8500/v1/catalog/service/${name}`,
  );
  return JSON.parse(answer) as Record<string, unknown>[];
}

const START = startWeb(8081);

let plain: Topology;
let untouched: string;
beforeAll(async () => {
  plain = await rangeDocument();
  await bareHosts(plain);
  untouched = await traces(plain, HOST);
  await rootScript(plain, HOST, `${STOP_WEB}; ${START}`);
}, 240_000);
afterAll(async () => {
  await rootScript(plain, HOST, STOP_WEB);
  await bareHosts(plain);
}, 120_000);

describe('a service with an http check', () => {
  beforeEach(afterEarlierSteps);
  let watch: ClusterWatch;
  let closeContext: () => Promise<void>;
  const events: LiveEvent[] = [];
  const checks = (): readonly LiveCheck[] =>
    watch.current()?.services.find(({ name }) => name === 'web')?.instances[0]?.checks ?? [];
  const is = (status: string) => async () => checks()[0]?.status === status;

  it('is registered with the cluster, passes, and a second plan changes nothing', async () => {
    const topology = withServices(plain, [WEB]);
    // As a document, too.
    const { topology: read, findings } = readTopology(serialiseTopology(topology));
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(read).toEqual(topology);
    const { summary, plan } = await applyTo(topology);
    expect(summary.failed).toEqual([]);
    expect(kinds(plan.steps, 'services')).toHaveLength(1);
    expect(await changesLeft(topology)).toBe(0);
    expect(await catalog(topology, 'web')).toMatchObject([
      {
        Node: NODE,
        ServiceID: 'web-1',
        ServicePort: 8081,
        ServiceTags: ['v1'],
        ServiceMeta: { version: '1' },
      },
    ]);
    const context = newContext(topology);
    closeContext = () => context.close();
    watch = watchCluster(topology, context, {
      onSnapshot: () => undefined,
      onEvents: (list) => events.push(...list),
    });
    await until('it passes', 30_000, is('passing'));
    expect(checks()[0]?.output).toContain('well');
    expect((await statusOf(topology)).problems).toEqual([]);
  });

  it('turns critical when its server stops, in status and in the live view, and comes back', async () => {
    try {
      await rootScript(plain, HOST, STOP_WEB);
      await until('it is critical', 30_000, is('critical'));
      const found = await statusOf(withServices(plain, [WEB]));
      expect(found.healthy).toBe(false);
      expect(found.problems.join('\n')).toMatch(/service web \(web-1\) on node1 is critical: .*8081/);
      await rootScript(plain, HOST, START);
      await until('it passes again', 30_000, is('passing'));
      const told = events.filter(({ service: name }) => name === 'web').map(({ kind }) => kind);
      expect(told.slice(-2)).toEqual(['check-critical', 'check-passing']);
    } finally {
      await watch.close();
      await closeContext();
    }
  });

  it('gets other tags and a second service by a reload, while the container goes on', async () => {
    const before = await startedAt(plain);
    const tcp = service('cache', { port: 6379, checks: [check({ tcp: '127.0.0.1:8081' }), { ttl: '30s' }] });
    const topology = withServices(plain, [{ ...WEB, tags: ['v2', 'blue'] }, tcp]);
    const { plan, summary } = await applyTo(topology);
    expect(summary.failed).toEqual([]);
    expect(kinds(plan.steps, 'agent-reload')).toHaveLength(1);
    expect(kinds(plan.steps, 'container-replace')).toEqual([]);
    expect(await startedAt(plain)).toBe(before);
    expect(await catalog(topology, 'web')).toMatchObject([{ ServiceTags: ['v2', 'blue'] }]);
    expect(await catalog(topology, 'cache')).toHaveLength(1);
    expect(await changesLeft(topology)).toBe(0);
    // A run that was cut short between the file and the reload is taken up.
    await rootScript(plain, HOST, 'curl -sf -X PUT http://127.0.0.1:8500/v1/agent/service/deregister/cache');
    expect(kinds((await planFor(topology)).steps, 'agent-reload')).toHaveLength(1);
    expect((await statusOf(topology)).problems.join()).toMatch(
      /cache of node1 is in the document and not registered/,
    );
    expect((await applyTo(topology)).summary.failed).toEqual([]);
    expect(await catalog(topology, 'cache')).toHaveLength(1);
    expect(await startedAt(plain)).toBe(before);
  });

  it('is gone after it was taken out of the document', async () => {
    const before = await startedAt(plain);
    const { summary } = await applyTo(plain);
    expect(summary.failed).toEqual([]);
    expect(await catalog(plain, 'web')).toEqual([]);
    expect(await catalog(plain, 'cache')).toEqual([]);
    expect(await rootScript(plain, HOST, 'ls /opt/consul/config')).toBe('raftyard.json');
    expect(await startedAt(plain)).toBe(before);
    expect(await changesLeft(plain)).toBe(0);
  });
});

describe('checks that run commands', () => {
  beforeEach(afterEarlierSteps);
  const commands = [
    service('job', { checks: [check({ script: ['/bin/sh', '-c', 'echo from the inside; exit 0'] })] }),
    service('box', { checks: [check({ docker: 'box', command: ['/bin/sh', '-c', 'cat /mark'] })] }),
  ];

  it('are refused without consent', () => {
    const { topology, findings } = readTopology(serialiseTopology(withServices(plain, commands)));
    expect(topology).toBeUndefined();
    expect(findings.filter(({ code }) => code === 'script-checks')).toHaveLength(2);
  });

  it('run with it: inside Consul’s container, and inside another one', async () => {
    await rootScript(
      plain,
      HOST,
      `docker run -d --stop-signal SIGKILL --name box --entrypoint /bin/sh ${CONSUL} -c 'echo a mark > /mark; while :; do sleep 1; done'`,
    );
    const topology = withServices(plain, commands, { scriptChecks: true });
    const { plan, summary } = await applyTo(topology);
    expect(summary.failed).toEqual([]);
    // Consent and socket take a new start, of this node alone; the plan asks about the socket.
    expect(kinds(plan.steps, 'container-replace').map(({ node }) => node)).toEqual([NODE]);
    expect(plan.issues.map(({ code }) => code)).toContain('docker-socket');
    const outputs = (name: string): Promise<string> =>
      rootScript(plain, HOST, `curl -sf http://127.0.0.1:8500/v1/health/checks/${name}`);
    await until('the script passes', 30_000, async () =>
      (await outputs('job')).includes('"Status":"passing"'),
    );
    await until('the other passes', 30_000, async () =>
      (await outputs('box')).includes('"Status":"passing"'),
    );
    expect(await outputs('job')).toContain('from the inside');
    expect(await outputs('box')).toContain('a mark');
    // Nobody can have a command run over the HTTP API.
    const refused = await rootScript(
      plain,
      HOST,
      `curl -s -X PUT -d '{"Name":"evil","Check":{"Args":["/bin/true"],"Interval":"1s"}}' http://127.0.0.1:8500/v1/agent/service/register`,
    );
    expect(refused).toMatch(/[Ss]cripts are disabled/);
    expect(await changesLeft(topology)).toBe(0);
  });

  it('take the socket with them when they go', async () => {
    expect((await applyTo(plain)).summary.failed).toEqual([]);
    expect(await rootScript(plain, HOST, `docker inspect -f '{{.Mounts}}' ${CONTAINER}`)).not.toContain(
      'docker.sock',
    );
    expect((await statusOf(plain)).problems).toEqual([]);
    expect(await changesLeft(plain)).toBe(0);
    await rootScript(plain, HOST, 'docker rm -fv box');
  });

  it('leave nothing behind', async () => {
    expect((await destroyAll(withServices(plain, [WEB]))).result).toBe('done');
    expect(await traces(plain, HOST)).toBe(untouched);
  });
});

describe('services of a cluster with ACLs', () => {
  it('are registered with the agent’s own token, change and go without a restart, and are never in the open', async () => {
    const acl = { ...plain, secure: { ...NOT_SECURED, acl: true } };
    const secrets = await secretsFor(acl);
    const topology = withServices(acl, [WEB]);
    expect((await applyTo(topology, { secrets })).summary.failed).toEqual([]);
    expect(await changesWith(topology, secrets)).toBe(0);
    expect(await catalog(topology, 'web')).toMatchObject([{ ServiceID: 'web-1' }]);
    expect((await statusOf(topology, secrets)).problems).toEqual([]);
    const before = await startedAt(plain);
    // Another name needs another policy.
    const other = withServices(acl, [service('api', { port: 8081, checks: [HTTP] })]);
    expect((await applyTo(other, { secrets })).summary.failed).toEqual([]);
    expect(await catalog(other, 'web')).toEqual([]);
    expect(await catalog(other, 'api')).toMatchObject([{ ServiceID: 'api' }]);
    expect(await changesWith(other, secrets)).toBe(0);
    // Whoever asks without a token registers nothing.
    const refused = await rootScript(
      plain,
      HOST,
      `curl -s -o /dev/null -w '%{http_code}' -X PUT -d '{"Name":"api"}' http://127.0.0.1:8500/v1/agent/service/register`,
    );
    expect(refused).toBe('403');
    expect((await applyTo(acl, { secrets })).summary.failed).toEqual([]);
    expect(await catalog(acl, 'api')).toEqual([]);
    expect(await changesWith(acl, secrets)).toBe(0);
    expect(await startedAt(plain)).toBe(before);
    expect((await destroyAll(topology)).result).toBe('done');
    expect(await traces(plain, HOST)).toBe(untouched);
  }, 240_000);
});
