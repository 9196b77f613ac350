/** Consul 0.5.2, the tutorial's own: no autopilot, no API of Raft. */
import { describe, expect, it } from 'vitest';
import type { StepContext } from '../../../src/main/cluster/apply/context.js';
import { waitForQuorum } from '../../../src/main/cluster/apply/quorum.js';
import { voterAddresses } from '../../../src/main/cluster/observe.js';
import { agentFacts } from '../../../src/main/cluster/preflight/agent.js';
import { status } from '../../../src/main/cluster/status.js';
import type { UseCaseContext } from '../../../src/main/cluster/types.js';
import { type ConsulApi, consulApi, Unreadable } from '../../../src/main/consul/client.js';
import type { HostConnection, HttpRequest } from '../../../src/main/host/types.js';
import { changeCount, planApply } from '../../../src/shared/plan/index.js';
import { newTopology } from '../../../src/shared/topology/index.js';
import type { Host, Topology } from '../../../src/shared/topology/types.js';
import { type EarlyAgent, type EarlyMember, earlyAnswer } from '../consul-client/early.js';
import { appliedFacts, bareFacts } from '../plan/fixture.js';

/** The tutorial's cluster. */
const topology: Topology = {
  ...newTopology({
    name: 'shop',
    hosts: [1, 2, 3].map((n) => ({ name: `docker0${n}`, address: `192.0.2.${n}` })),
    image: 'progrium/consul',
    bootstrap: 'classic',
    data: 'anonymous',
  }),
  id: '11111111-2222-4333-8444-555555555555',
};
const MEMBERS: readonly EarlyMember[] = [1, 2, 3].map((n) => ({
  name: `node${n}`,
  address: `192.0.2.${n}`,
  server: true,
}));

interface Cluster {
  readonly members?: readonly EarlyMember[];
  readonly leader?: string;
}

function connectionTo(
  host: Pick<Host, 'name'>,
  { members = MEMBERS, leader = '192.0.2.1' }: Cluster,
): HostConnection {
  const self = members[Number(host.name.slice(-1)) - 1] ?? MEMBERS[0];
  const agent: EarlyAgent = { self: self as EarlyMember, members, leader };
  return {
    host,
    http: (request: HttpRequest) => Promise.resolve(earlyAnswer(agent, request)),
  } as unknown as HostConnection;
}

const api = (cluster: Cluster = {}): ConsulApi => consulApi(connectionTo({ name: 'docker01' }, cluster));
const statusOf = (cluster: Cluster) =>
  status(topology, {
    connector: {
      connect: (host: Host) =>
        Promise.resolve({ connection: connectionTo(host, cluster), release: () => undefined }),
    },
  } as unknown as UseCaseContext);

describe('what 0.5.2 says', () => {
  it('of itself is what it is, and nothing of what it does not say', async () => {
    expect(await api().self()).toMatchObject({
      nodeName: 'node1',
      datacenter: 'dc1',
      server: true,
      version: '0.5.2',
      address: '192.0.2.1',
      raft: null,
      gossip: null,
      tls: null,
      acl: null,
    });
    expect(await api().dnsSettings()).toEqual({
      domain: 'consul',
      address: '127.0.0.1',
      port: 8600,
      onlyPassing: false,
      recordLimit: 0,
      udpLimit: 3,
      allowStale: false,
    });
  });

  it('of others are leader, peers, members and the catalog', async () => {
    expect(await api().leader()).toBe('192.0.2.1:8300');
    expect(await api().peers()).toEqual(['192.0.2.1:8300', '192.0.2.2:8300', '192.0.2.3:8300']);
    expect((await api().members()).map(({ name, version, server }) => [name, version, server])).toEqual([
      ['node1', '0.5.2', true],
      ['node2', '0.5.2', true],
      ['node3', '0.5.2', true],
    ]);
    expect((await api().catalogServices()).value).toEqual({ consul: [] });
    expect(await api().serviceInstances('consul')).toHaveLength(3);
    expect((await api().serviceHealth('consul'))[0]).toMatchObject({ node: 'node1', port: 8300 });
    expect((await api().checks()).value).toHaveLength(3);
    expect(await api().isRegistered('node2')).toBe(true);
    expect(await api().registeredServices('node2')).toEqual([]);
  });

  it('is nothing of what came later, and that is no failure', async () => {
    expect(await api().raftConfiguration()).toBeNull();
    expect(await api().autopilotHealth()).toBeNull();
    expect(await api().metrics()).toBeNull();
    expect(await api().coordinates()).toBeNull();
    expect(await api().wanCoordinates()).toBeNull();
    expect(await api().executeQuery('nearest')).toBeNull();
    await expect(api().keyring()).rejects.toMatchObject({ code: 'consul-api' });
  });

  it('has its voters in the Raft peers, and says that those are peers', async () => {
    expect(await voterAddresses(api())).toEqual({
      addresses: ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
      known: false,
    });
  });
});

describe('its cluster', () => {
  it('is healthy, without a word about what it cannot tell', async () => {
    const found = await statusOf({});
    expect(found.problems).toEqual([]);
    expect(found.healthy).toBe(true);
    expect(found.datacenters[0]).toMatchObject({ leader: 'node1' });
    expect(found.datacenters[0]?.nodes).toMatchObject(
      MEMBERS.map(({ name }) => ({
        name,
        status: 'alive',
        voter: null,
        version: '0.5.2',
        leader: name === 'node1',
      })),
    );
  });

  it('that lost a server, or its leader, says that', async () => {
    const members = MEMBERS.map((one) =>
      one.name === 'node3' ? { ...one, status: 'failed' as const } : one,
    );
    expect((await statusOf({ members })).problems).toEqual(['node3 is failed']);
    expect((await statusOf({ leader: '' })).problems).toEqual([
      'dc1 has no leader that all answering servers agree on: writes are refused',
    ]);
  });

  it('has quorum where all servers name one leader and are its peers', async () => {
    const quorum = new Map();
    const context = {
      signal: new AbortController().signal,
      connection: connectionTo({ name: 'docker01' }, {}),
      connectionOf: (host: string) => Promise.resolve(connectionTo({ name: host }, {})),
      progress: () => undefined,
      apply: { away: new Map(), quorum },
      nodes: new Map(
        MEMBERS.map(({ name, address }, index) => [
          name,
          { host: `docker0${index + 1}`, address, container: `consul0${index + 1}`, role: 'server' },
        ]),
      ),
    } as unknown as StepContext;
    const names = MEMBERS.map(({ name }) => name);
    const action = { kind: 'quorum', datacenter: 'dc1', servers: names, members: names } as const;
    expect(await waitForQuorum(action, context)).toBe('done');
    expect(quorum.get('dc1')).toMatchObject({ leader: 'node1' });
  });

  it('plans nothing where it is as the document says', async () => {
    const bare = bareFacts(topology);
    const first = planApply(topology, bare);
    // It has no autopilot that could be told anything.
    expect(first.steps.map(({ action }) => action.kind)).not.toContain('autopilot');
    const facts = appliedFacts(topology, bare, first);
    const seen = await Promise.all(
      topology.hosts.map(async (host) => [
        host.name,
        { ...facts[host.name], agent: await agentFacts(consulApi(connectionTo(host, {})), host.advertise) },
      ]),
    );
    const plan = planApply(topology, Object.fromEntries(seen));
    expect(changeCount(plan)).toBe(0);
    expect(plan.steps.map(({ action }) => action.kind)).toEqual(['quorum']);
  });
});

describe('an answer that cannot be read', () => {
  /** A server that says something else than Consul does, at one path. */
  const lying = (path: string) =>
    status(topology, {
      connector: {
        connect: (host: Host) => {
          const honest = connectionTo(host, {});
          const http = (request: HttpRequest) =>
            request.path.startsWith(path)
              ? Promise.resolve({ status: 200, headers: {}, body: '[{"Name":7}]' })
              : honest.http(request);
          return Promise.resolve({ connection: { ...honest, http }, release: () => undefined });
        },
      },
    } as unknown as UseCaseContext);

  it('of members is told, and is not taken for ACLs that keep them back', async () => {
    const { problems } = await lying('/v1/agent/members');
    expect(problems).toEqual(
      ['node1', 'node2', 'node3'].map((name) =>
        expect.stringMatching(
          new RegExp(`^${name}: Consul's answer to /v1/agent/members has an unexpected form: 0\\.`),
        ),
      ),
    );
  });

  it('of an agent about itself is told', async () => {
    const { problems } = await lying('/v1/agent/self');
    expect(problems.filter((text) => text.includes('/v1/agent/self has an unexpected form'))).toHaveLength(3);
  });

  it('ends a look at it', async () => {
    const connection = connectionTo({ name: 'docker01' }, {});
    const http = () => Promise.resolve({ status: 200, headers: {}, body: '{}' });
    const asked = agentFacts(consulApi({ ...connection, http } as unknown as HostConnection), '192.0.2.1');
    await expect(asked).rejects.toBeInstanceOf(Unreadable);
  });
});
