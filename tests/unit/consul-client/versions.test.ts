/** Every reader of the agent's API, on what real agents of every version answered. */
import { describe, expect, it } from 'vitest';
import { consulApi, Unreadable } from '../../../src/main/consul/client.js';
import { RaftyardError } from '../../../src/shared/errors.js';
import {
  answersOf,
  bodyOf,
  type Circumstances,
  connectionTo,
  FORMS,
  type Form,
  jsonOf,
  VERSIONS,
} from './stand-in.js';

const api = (version: string, form: Form, circumstances?: Circumstances) =>
  consulApi(connectionTo(version, form, circumstances));
const recorded = (version: string, form: Form, name: string) => {
  const found = answersOf(version, form).find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`${version} ${form} has no ${name}`);
  return found;
};

/** What differs between versions, and nothing else does. */
const FORMS_OF_SECURED = {
  gossip: { encrypted: true, verifyOutgoing: true, verifyIncoming: true },
  server: { configured: true, verifyOutgoing: true, verifyIncoming: true, verifyServerHostname: true },
  // A client takes no RPC: its verify_incoming is off.
  client: { configured: true, verifyOutgoing: true, verifyIncoming: false, verifyServerHostname: true },
  acl: { enabled: true, deny: true },
};
const FORMS_OF_PLAIN = {
  // The settings are on by default, and without a key they mean nothing.
  gossip: { encrypted: false, verifyOutgoing: true, verifyIncoming: true },
  server: { configured: false, verifyOutgoing: false, verifyIncoming: false, verifyServerHostname: false },
  client: { configured: false, verifyOutgoing: false, verifyIncoming: false, verifyServerHostname: false },
  acl: { enabled: false, deny: false },
};
/** The word went with 1.11. */
const MASTER = new Set(['1.8.7', '1.10.11']);
const ALL = VERSIONS.flatMap((version) => FORMS.map((form) => [version, form] as const));

it('there are answers of the versions that people run', () => {
  expect(VERSIONS).toEqual(['1.8.7', '1.10.11', '1.12.9', '1.15.4', '1.18.2', '1.21.4', '1.22.0']);
});

describe.each(ALL)('Consul %s, %s', (version, form) => {
  const of = form === 'secured' ? FORMS_OF_SECURED : FORMS_OF_PLAIN;
  const consul = api(version, form);

  it('says how a server protects itself, and how its Raft is', async () => {
    expect(await consul.self()).toMatchObject({
      nodeName: 'node1',
      datacenter: 'dc1',
      server: true,
      version,
      address: '127.0.0.1',
      gossip: of.gossip,
      tls: of.server,
      acl: of.acl,
      raft: { lastIndex: expect.any(Number), appliedIndex: expect.any(Number) },
    });
    const { raft } = await consul.self();
    expect(raft?.appliedIndex).toBeGreaterThan(5);
    expect(raft?.lastContactMs).toBeGreaterThanOrEqual(0);
    expect(await consul.version()).toBe(version);
  });

  it('says how a client protects itself', async () => {
    expect(await api(version, form, { agent: 'client' }).self()).toMatchObject({
      nodeName: 'client1',
      server: false,
      version,
      gossip: of.gossip,
      tls: of.client,
      acl: of.acl,
      raft: null,
    });
  });

  it('says how its DNS is set', async () => {
    const usual = {
      domain: 'consul',
      port: 8600,
      onlyPassing: false,
      recordLimit: 0,
      udpLimit: 3,
      allowStale: true,
    };
    expect(await consul.dnsSettings()).toEqual({ ...usual, address: '127.0.0.1' });
    expect(await api(version, form, { agent: 'client' }).dnsSettings()).toEqual({
      ...usual,
      address: '127.0.0.4',
    });
  });

  it('tells its members, servers of all datacenters, leader and peers', async () => {
    const members = await consul.members();
    expect(members.map(({ name }) => name).sort()).toEqual(['client1', 'node1', 'node2', 'node3']);
    for (const member of members)
      expect(member).toMatchObject({
        status: 'alive',
        server: member.name !== 'client1',
        datacenter: 'dc1',
        version,
      });
    const wan = await consul.members({ wan: true });
    expect(wan.map(({ name }) => name).sort()).toEqual(['node1.dc1', 'node2.dc1', 'node3.dc1']);
    expect(await consul.leader()).toMatch(/^127\.0\.0\.[123]:8300$/);
    expect((await consul.peers()).sort()).toEqual(['127.0.0.1:8300', '127.0.0.2:8300', '127.0.0.3:8300']);
  });

  it('tells its voters, and how autopilot finds them', async () => {
    const raft = await consul.raftConfiguration();
    const leader = await consul.leader();
    expect(raft?.servers).toHaveLength(3);
    for (const server of raft?.servers ?? [])
      expect(server).toMatchObject({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        node: expect.stringMatching(/^node[123]$/),
        voter: true,
        leader: server.address === leader,
        protocol: '3',
      });
    const health = await consul.autopilotHealth();
    expect(health).toMatchObject({ healthy: true, failureTolerance: 1 });
    expect(health?.servers).toHaveLength(3);
    for (const server of health?.servers ?? []) {
      expect(server).toMatchObject({
        serf: 'alive',
        version,
        healthy: true,
        voter: true,
        leader: server.address === leader,
        stableSince: expect.stringMatching(/^2026-11-30T/),
      });
      expect(server.lastTerm).toBeGreaterThan(0);
      expect(server.lastIndex).toBeGreaterThan(0);
      expect(server.lastContactMs).toBeGreaterThanOrEqual(0);
    }
  });

  it('is not healthy for autopilot when it answers 429 with what it found', async () => {
    const found = jsonOf(version, form, 'autopilot-health') as { Servers: object[] };
    const [first, ...rest] = found.Servers;
    const sick = {
      ...found,
      Healthy: false,
      FailureTolerance: 0,
      Servers: [{ ...first, Healthy: false, SerfStatus: 'failed' }, ...rest],
    };
    const body = JSON.stringify(sick);
    const health = await api(version, form, {
      instead: { 'GET /v1/operator/autopilot/health': { status: 429, body } },
    }).autopilotHealth();
    expect(health).toMatchObject({ healthy: false, failureTolerance: 0 });
    expect(health?.servers[0]).toMatchObject({ healthy: false, serf: 'failed', voter: true });
  });

  it('tells services, their instances and their checks', async () => {
    expect((await consul.catalogServices()).value).toEqual({ consul: [], web: ['v1'] });
    const instance = {
      node: 'client1',
      id: 'web-1',
      service: 'web',
      address: '127.0.0.4',
      port: 8080,
      tags: ['v1'],
    };
    expect(await consul.serviceInstances('web')).toEqual([instance]);
    const [entry] = await consul.serviceHealth('web');
    expect(entry).toMatchObject(instance);
    expect(entry?.checks.map(({ check, serviceId }) => [check, serviceId]).sort()).toEqual([
      ['serfHealth', ''],
      ['service:web-1', 'web-1'],
    ]);
    expect((await consul.checks()).value.map(({ check }) => check).sort()).toEqual([
      'serfHealth',
      'serfHealth',
      'serfHealth',
      'serfHealth',
      'service:web-1',
    ]);
    expect(await consul.agentServices()).toEqual([{ id: 'web-1', service: 'web' }]);
    expect((await consul.agentChecks()).map(({ check }) => check)).toEqual(['service:web-1']);
    expect((await consul.coordinates())?.value).toEqual([]);
  });

  it('tells keys and values', async () => {
    expect(await consul.kvKeys('')).toEqual(['app/name']);
    expect(await consul.kvRead('app/name')).toMatchObject({ flags: '0', base64: 'cmFmdHlhcmQ=' });
    expect(await consul.kvGet('app/name')).toBe('raftyard');
    expect(await consul.kvRead('none')).toBeNull();
  });

  it('has a keyring where gossip is encrypted, and says so where it is not', async () => {
    if (form === 'plain') {
      await expect(consul.keyring()).rejects.toMatchObject({
        code: 'consul-api',
        host: 'docker01',
        retryable: false,
        message: 'gossip of this cluster is not encrypted: it has no keyring',
      });
      return;
    }
    const pools = await consul.keyring();
    expect(
      pools.map(({ wan, datacenter, nodes, keys }) => [wan, datacenter, nodes, Object.values(keys)]),
    ).toEqual([
      [true, 'dc1', 3, [3]],
      [false, 'dc1', 4, [4]],
    ]);
  });

  it('has a sample of its metrics, or none yet', async () => {
    const sample = await consul.metrics();
    const answered = recorded(version, form, 'metrics');
    // What `NaN` is in is no JSON, and comes with 500 at times from 1.12 on.
    if (answered.status === 500) {
      expect(answered.text).toBe('json: unsupported value: NaN');
      expect(sample).toBeNull();
      return;
    }
    const { Gauges, Samples } = answered.json as {
      readonly Gauges: readonly { readonly Name: string; readonly Value: number }[];
      readonly Samples: readonly { readonly Name: string; readonly Count: number }[];
    };
    expect(sample?.gauges.map(({ name, value }) => [name, value])).toEqual(
      Gauges.map(({ Name, Value }) => [Name, Value]),
    );
    expect(sample?.samples.map(({ name, count }) => [name, count])).toEqual(
      Samples.map(({ Name, Count }) => [Name, Count]),
    );
  });

  it('without quorum names no leader, and tells its voters all the same', async () => {
    const alone = api(version, form, { lost: true });
    expect(await alone.leader()).toBe('');
    const raft = await alone.raftConfiguration();
    expect(raft?.servers.map(({ voter, leader }) => [voter, leader])).toEqual([
      [true, false],
      [true, false],
      [true, false],
    ]);
    const states = (await alone.members()).map(({ status }) => status).sort();
    expect(states).toEqual(['alive', 'alive', 'failed', 'failed']);
    await expect(alone.autopilotHealth()).rejects.toMatchObject({
      retryable: true,
      message: 'Consul answered 500 to /v1/operator/autopilot/health: No cluster leader',
    });
    // Any server answers what may be stale, and so does the reader ask.
    expect(await alone.kvRead('app/name')).toMatchObject({ base64: 'cmFmdHlhcmQ=' });
    await expect(alone.kvGet('app/name')).rejects.toMatchObject({ retryable: true });
  });

  it('says when it takes no more requests, also where it means autopilot', async () => {
    const limited = 'rate limit exceeded, try again later or against a different server';
    for (const status of [429, 503]) {
      const refused = { status, body: limited };
      const busy = api(version, form, {
        instead: { 'GET /v1/operator/autopilot/health': refused, 'GET /v1/agent/members': refused },
      });
      for (const question of [busy.autopilotHealth(), busy.members()])
        await expect(question).rejects.toMatchObject({
          code: 'consul-api',
          host: 'docker01',
          retryable: true,
          message: expect.stringMatching(
            new RegExp(`takes no more requests for now \\(${status}\\).*: rate limit exceeded`),
          ),
        });
    }
  });

  /** Fields that a version has, by where it has them. */
  const PLACES: readonly (readonly [string, string])[] =
    version.startsWith('1.8') || version.startsWith('1.10')
      ? [
          ['DebugConfig', 'EncryptVerifyIncoming'],
          ['DebugConfig', 'EncryptVerifyOutgoing'],
          ['DebugConfig', 'VerifyOutgoing'],
          ['DebugConfig', 'VerifyIncomingRPC'],
          ['DebugConfig', 'ACLsEnabled'],
          ['DebugConfig', 'ACLDefaultPolicy'],
          ['Stats.serf_lan', 'encrypted'],
          ['Stats.raft', 'applied_index'],
        ]
      : [
          ['DebugConfig.StaticRuntimeConfig', 'EncryptVerifyIncoming'],
          ['DebugConfig.StaticRuntimeConfig', 'EncryptVerifyOutgoing'],
          ['DebugConfig.TLS.InternalRPC', 'VerifyOutgoing'],
          ['DebugConfig.TLS.InternalRPC', 'VerifyIncoming'],
          ['DebugConfig.TLS.InternalRPC', 'CAFile'],
          ['DebugConfig.ACLResolverSettings', 'ACLsEnabled'],
          ['DebugConfig.ACLResolverSettings', 'ACLDefaultPolicy'],
          ['Stats.serf_lan', 'encrypted'],
          ['Stats.raft', 'applied_index'],
        ];
  it.each(PLACES)('is not taken for something else where %s has no %s', async (block, key) => {
    const answer = structuredClone(jsonOf(version, form, 'self-server')) as Record<string, unknown>;
    const at = block
      .split('.')
      .reduce<Record<string, unknown>>((value, name) => value[name] as Record<string, unknown>, answer);
    expect(at).toHaveProperty(key);
    for (const broken of [undefined, 7]) {
      if (broken === undefined) delete at[key];
      else at[key] = broken;
      const asked = api(version, form, {
        instead: { 'GET /v1/agent/self': { body: JSON.stringify(answer) } },
      });
      const error = await asked.self().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(Unreadable);
      expect(error).toMatchObject({ code: 'consul-api', host: 'docker01', retryable: false });
      expect((error as Error).message).toContain(`${block}.${key}`);
    }
  });
});

describe.each(VERSIONS)('ACLs of Consul %s', (version) => {
  const consul = api(version, 'secured');
  it('tell policies, tokens and who asks', async () => {
    expect(Object.keys(await consul.aclPolicies())).toContain('global-management');
    expect((await consul.aclTokens()).map(({ description }) => description)).toContain('Anonymous Token');
    expect(await consul.aclSelf()).toMatchObject({
      description: MASTER.has(version) ? 'Master Token' : 'Initial Management Token',
      policies: ['global-management'],
      secret: expect.stringMatching(/^00000000-/),
    });
  });

  it('are set up once', async () => {
    expect(await consul.aclBootstrap('11111111-2222-4333-8444-555555555555')).toEqual({
      resetIndex: expect.any(Number),
    });
  });

  it('keep back what no token allows, and say so', async () => {
    const stranger = api(version, 'secured', { token: 'none' });
    const wrong = { body: bodyOf(recorded(version, 'secured', 'self-wrong-token')), status: 403 };
    expect(await stranger.members()).toEqual([]);
    expect(await stranger.raftConfiguration()).toBeNull();
    await expect(stranger.self()).rejects.toMatchObject({
      message: expect.stringMatching(/answered 403 .*ermission denied/),
    });
    await expect(stranger.kvGet('app/name')).rejects.toMatchObject({ code: 'consul-api' });
    await expect(
      api(version, 'secured', { instead: { 'GET /v1/agent/self': wrong } }).self(),
    ).rejects.toMatchObject({ message: expect.stringContaining('ACL not found') });
  });
});

describe('an answer with more in it than a number of JavaScript holds', () => {
  const kv = (flags: string) =>
    api('1.22.0', 'plain', {
      instead: {
        'GET /v1/kv/app/name': {
          body: `[{"LockIndex":0,"Key":"a \\"Flags\\":12345678901234567890","Flags":${flags},"Value":"cmFmdHlhcmQ=","CreateIndex":1,"ModifyIndex":2}]`,
        },
      },
    });
  it.each(['0', '42', '9007199254740993', '18446744073709551615'])(
    'keeps flags %s as they are',
    async (flags) => {
      expect(await kv(flags).kvRead('app/name')).toMatchObject({ flags, modifyIndex: 2 });
    },
  );
  it('does not take for flags what are none', async () => {
    for (const flags of ['-1', '1.5', '"many"', 'null'])
      await expect(kv(flags).kvRead('app/name')).rejects.toBeInstanceOf(Unreadable);
  });
});

describe('a service with several ports', () => {
  const PORTS = [
    { Name: 'admin', Port: 9090 },
    { Name: 'http', Port: 8080, Default: true },
  ];
  const several = (version: string) => {
    const [entry] = structuredClone(jsonOf(version, 'plain', 'health-web')) as { Service: object }[];
    const [instance] = structuredClone(jsonOf(version, 'plain', 'service-web')) as object[];
    const health = [{ ...entry, Service: { ...entry?.Service, Port: 0, Ports: PORTS } }];
    return api(version, 'plain', {
      instead: {
        'GET /v1/health/service/web': { body: JSON.stringify(health) },
        'GET /v1/catalog/service/web': {
          body: JSON.stringify([{ ...instance, ServicePort: 0, ServicePorts: PORTS }]),
        },
      },
    });
  };
  it('is at its default one, and has the others', async () => {
    const found = {
      port: 8080,
      ports: [
        { name: 'admin', port: 9090 },
        { name: 'http', port: 8080 },
      ],
    };
    expect((await several('1.22.0').serviceHealth('web'))[0]).toMatchObject(found);
    expect((await several('1.22.0').serviceInstances('web'))[0]).toMatchObject(found);
  });
});

describe('an agent whose version is none', () => {
  const named = (version: string, as: string) => {
    const answer = structuredClone(jsonOf(version, 'secured', 'self-server')) as {
      Config: { Version: string };
    };
    answer.Config.Version = as;
    return api(version, 'secured', { instead: { 'GET /v1/agent/self': { body: JSON.stringify(answer) } } });
  };
  it.each(VERSIONS)('but is %s, is read where the field is found', async (version) => {
    expect(await named(version, 'main-abc').self()).toMatchObject({
      gossip: FORMS_OF_SECURED.gossip,
      tls: FORMS_OF_SECURED.server,
      acl: FORMS_OF_SECURED.acl,
    });
  });
  it('is read as its numbers say, whatever stands behind them', async () => {
    for (const [version, as] of [
      ['1.21.4', '1.21.4+ent'],
      ['1.22.0', '1.22.0-dev'],
      ['1.8.7', '1.8.7+dfsg1'],
      ['1.22.0', '2.0.3'],
    ] as const)
      expect((await named(version, as).self()).gossip).toEqual(FORMS_OF_SECURED.gossip);
  });
  it('that says it is another than it is, is not believed', async () => {
    const error = await named('1.21.4', '1.11.11')
      .self()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RaftyardError);
    expect((error as Error).message).toMatch(
      /DebugConfig\.\S+: it is not there, and Consul 1\.11\.11 is known to say it there$/,
    );
  });
});
