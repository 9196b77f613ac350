import { describe, expect, it } from 'vitest';
import { consulApi } from '../../../src/main/consul/client.js';
import { parseHttp } from '../../../src/main/consul/exec-http.js';
import type { HostConnection, HttpRequest } from '../../../src/main/host/types.js';
import { RaftyardError } from '../../../src/shared/errors.js';

function api(answers: Record<string, { status?: number; body: string }>) {
  const asked: HttpRequest[] = [];
  const connection = {
    host: { name: 'docker01' },
    http: (request: HttpRequest) => {
      asked.push(request);
      const answer = answers[`${request.method} ${request.path}`] ?? { status: 404, body: 'no such path' };
      return Promise.resolve({ status: answer.status ?? 200, headers: {}, body: answer.body });
    },
  } as unknown as HostConnection;
  return { consul: consulApi(connection), asked };
}

describe('consulApi', () => {
  it('reads what an old and a new agent say of themselves', async () => {
    const old = {
      Config: { Datacenter: 'dc1', NodeName: 'node1', Server: true, Version: '0.5.2' },
      Member: { Name: 'node1', Addr: '10.0.0.1', Tags: { role: 'consul' } },
    };
    const { consul } = api({ 'GET /v1/agent/self': { body: JSON.stringify(old) } });
    expect(await consul.self()).toMatchObject({
      nodeName: 'node1',
      datacenter: 'dc1',
      server: true,
      version: '0.5.2',
      gossip: null,
    });
    const nothing = api({
      'GET /v1/agent/self': {
        body: '{"Config":null,"Member":{"Name":"n","Tags":{"build":"1.8.7:x","role":"node"}}}',
      },
    });
    await expect(nothing.consul.self()).rejects.toMatchObject({
      code: 'consul-api',
      host: 'docker01',
      message: expect.stringContaining('Config: '),
    });
  });

  it("takes the absence of an endpoint as 'this Consul cannot tell'", async () => {
    const { consul } = api({ 'GET /v1/operator/autopilot/health': { status: 405, body: '' } });
    expect(await consul.raftConfiguration()).toBeNull();
    expect(await consul.autopilotHealth()).toBeNull();
  });

  it('reads voters, members with their state by name, and no peers at all', async () => {
    const { consul } = api({
      'GET /v1/operator/raft/configuration?stale': {
        body: '{"Index":1,"Servers":[{"ID":"a","Node":"n1","Address":"1.1.1.1:8300","Leader":true,"Voter":true}]}',
      },
      'GET /v1/agent/members': {
        body: '[{"Name":"n1","Addr":"1.1.1.1","Port":8301,"Status":4,"Tags":{"role":"consul","build":"1.8.7:"}},{"Name":"n2","Addr":"1.1.1.2","Port":8301,"Status":0,"Tags":{}}]',
      },
      'GET /v1/status/peers': { body: 'null' },
    });
    expect((await consul.raftConfiguration())?.servers).toEqual([
      { id: 'a', node: 'n1', address: '1.1.1.1:8300', leader: true, voter: true },
    ]);
    expect((await consul.members()).map((m) => [m.name, m.status, m.server, m.version])).toEqual([
      ['n1', 'failed', true, '1.8.7'],
      ['n2', 'none', false, ''],
    ]);
    expect(await consul.peers()).toEqual([]);
  });

  it.each(['<html>', '{"a":1}', '[', '[1]', '""x', '[{"Name":"n2","Status":"x"}]'])(
    'refuses a hostile or foreign answer: %s',
    async (body) => {
      const { consul } = api({ 'GET /v1/agent/members': { body }, 'GET /v1/status/leader': { body } });
      await expect(consul.members()).rejects.toMatchObject({ code: 'consul-api', host: 'docker01' });
      await expect(consul.leader()).rejects.toMatchObject({ code: 'consul-api' });
    },
  );

  it('keeps keys and addresses inside their part of the path', async () => {
    const { consul, asked } = api({
      'PUT /v1/kv/a%20b/%3Fc': { body: 'true\n' },
      'PUT /v1/agent/join/x%2F..%2F': { body: '' },
    });
    await consul.kvPut('a b/?c', 'value');
    await consul.join('x/../');
    expect(asked.map((request) => request.body)).toEqual(['value', undefined]);
  });

  it('reads values back, and tells an absent key from an empty one', async () => {
    const { consul } = api({
      'GET /v1/kv/k': { body: '[{"Value":"w6Q=","Flags":0,"ModifyIndex":1}]' },
      'GET /v1/kv/e': { body: '[{"Value":null,"Flags":0,"ModifyIndex":1}]' },
    });
    expect([await consul.kvGet('k'), await consul.kvGet('e'), await consul.kvGet('none')]).toEqual([
      'ä',
      '',
      null,
    ]);
  });

  it('marks a missing leader as worth a retry, without control characters in the message', async () => {
    const { consul } = api({ 'PUT /v1/kv/k': { status: 500, body: 'No cluster\u001b[31m leader\nmore' } });
    const error = await consul.kvPut('k', 'v').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'consul-api', retryable: true });
    expect((error as Error).message).not.toMatch(/\u001b|more/);
  });

  it('does not hide a refused forwarding where there is no container to ask', async () => {
    const connection = {
      host: { name: 'docker01' },
      http: () => Promise.reject(new RaftyardError('forwarding-refused', 'no')),
    } as unknown as HostConnection;
    await expect(consulApi(connection).leader()).rejects.toMatchObject({ code: 'forwarding-refused' });
  });
});

describe('parseHttp', () => {
  it('takes an answer apart, past interim heads', () => {
    expect(parseHttp('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\nX-A: b\r\n\r\n"x"')).toEqual({
      status: 200,
      headers: { 'x-a': 'b' },
      body: '"x"',
    });
    expect(parseHttp('HTTP/1.1 404 Not Found')).toMatchObject({ status: 404, body: '' });
    expect(parseHttp('')).toBeNull();
  });
});
