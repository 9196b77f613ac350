/** Setting MinQuorum: with check-and-set, and without touching the rest. */
import { describe, expect, it } from 'vitest';
import { setMinQuorum } from '../../../src/main/cluster/apply/autopilot.js';
import type { StepContext } from '../../../src/main/cluster/apply/context.js';
import { agentFacts } from '../../../src/main/cluster/preflight/agent.js';
import { withMinQuorum } from '../../../src/main/consul/autopilot.js';
import { consulApi } from '../../../src/main/consul/client.js';
import type { HostConnection, HttpRequest, HttpResponse } from '../../../src/main/host/types.js';
import { answer, connectionTo, FORMS, VERSIONS } from '../consul-client/stand-in.js';

const PATH = '/v1/operator/autopilot/configuration';
const answered = (body: string, status = 200): HttpResponse => ({ status, headers: {}, body });

/** An agent with this configuration; `between` happens after each time that it is read. */
class Agent {
  readonly puts: { readonly path: string; readonly body: string }[] = [];

  constructor(
    public body: string,
    readonly between: (agent: Agent) => void = () => undefined,
  ) {}

  http({ method, path, body = '' }: HttpRequest): HttpResponse {
    if (method === 'GET') {
      const said = answered(this.body);
      this.between(this);
      return said;
    }
    this.puts.push({ path, body });
    const index = /"ModifyIndex":\s*(\d+)/.exec(this.body)?.[1];
    if (path !== `${PATH}?cas=${index}`) return answered('false');
    this.body = body.replace(/("ModifyIndex":\s*)\d+/, `$1${Number(index) + 1}`);
    return answered('true');
  }
}

const contextOf = (http: (request: HttpRequest) => HttpResponse): StepContext =>
  ({
    connection: { host: { name: 'docker01' }, http: async (request: HttpRequest) => http(request) },
    step: { node: 'node1' },
    signal: new AbortController().signal,
    nodes: new Map([['node1', { container: 'consul1' }]]),
  }) as unknown as StepContext;

const run = (agent: Agent, minQuorum = 3) =>
  setMinQuorum(
    { kind: 'autopilot', datacenter: 'dc1', minQuorum },
    contextOf((request) => agent.http(request)),
  );

const ODD = `{
 "CleanupDeadServers": false, "Unheard": {"Of": [1.50, 18446744073709551615]},
 "LastContactThreshold": "200ms",
 "Words": "\\"MinQuorum\\": 7",
 "MinQuorum": 0,
 "ModifyIndex": 9007199254740995
}`;

describe('the step that sets MinQuorum', () => {
  it('leaves every other byte as it was read', async () => {
    const agent = new Agent(ODD.replace('9007199254740995', '4'));
    expect(await run(agent)).toBe('done');
    expect(agent.puts).toEqual([
      {
        path: `${PATH}?cas=4`,
        body: ODD.replace('9007199254740995', '4').replace('"MinQuorum": 0', '"MinQuorum": 3'),
      },
    ]);
  });

  it('keeps numbers of 64 bits', async () => {
    const api = consulApi(contextOf(() => answered(ODD)).connection as HostConnection);
    expect(await api.autopilotConfiguration()).toMatchObject({
      minQuorum: 0,
      modifyIndex: '9007199254740995',
    });
    expect(withMinQuorum(ODD, 5)).toBe(ODD.replace('"MinQuorum": 0', '"MinQuorum": 5'));
  });

  it('reads again where somebody else was quicker, and keeps what that one changed', async () => {
    let reads = 0;
    const agent = new Agent('{"MaxTrailingLogs":250,"MinQuorum":0,"ModifyIndex":4}', (self) => {
      reads += 1;
      if (reads === 1) self.body = '{"MaxTrailingLogs":900,"MinQuorum":0,"ModifyIndex":8}';
    });
    expect(await run(agent)).toBe('done');
    expect(agent.puts.map(({ path }) => path)).toEqual([`${PATH}?cas=4`, `${PATH}?cas=8`]);
    expect(agent.body).toBe('{"MaxTrailingLogs":900,"MinQuorum":3,"ModifyIndex":9}');
  });

  it('does nothing where it is so, and where Consul has none', async () => {
    const right = new Agent('{"MinQuorum":3,"ModifyIndex":4}');
    expect(await run(right)).toBe('skipped');
    const without = new Agent('{"MaxTrailingLogs":250,"ModifyIndex":4}');
    expect(await run(without)).toBe('skipped');
    expect([...right.puts, ...without.puts]).toEqual([]);
    const early = contextOf(() => answered('', 404));
    expect(await setMinQuorum({ kind: 'autopilot', datacenter: 'dc1', minQuorum: 3 }, early)).toBe('skipped');
  });
});

describe.each(VERSIONS)('the look at autopilot on Consul %s', (version) => {
  it.each(FORMS)('finds MinQuorum of a %s cluster', async (form) => {
    const api = consulApi(connectionTo(version, form));
    expect(await api.autopilotConfiguration()).toMatchObject({
      minQuorum: 0,
      modifyIndex: expect.stringMatching(/^\d+$/),
    });
  });

  it('asks the leader alone, and once', async () => {
    const asked: string[] = [];
    const leader = await consulApi(connectionTo(version, 'plain')).leader();
    const connection = {
      host: { name: 'docker01' },
      http: (request: HttpRequest) => {
        asked.push(request.path);
        return Promise.resolve(answer(version, 'plain', request));
      },
    } as unknown as HostConnection;
    const times = (): number => asked.splice(0).filter((path) => path.startsWith(PATH)).length;
    expect((await agentFacts(consulApi(connection), leader.replace(/:\d+$/, ''))).minQuorum).toBe(0);
    expect(times()).toBe(1);
    expect(await agentFacts(consulApi(connection), '192.0.2.250')).not.toHaveProperty('minQuorum');
    expect(times()).toBe(0);
  });
});
