import { describe, expect, it } from 'vitest';
import { bearing } from '../../../src/main/host/bearing.js';
import type {
  HostConnection,
  HostConnector,
  HttpRequest,
  HttpResponse,
} from '../../../src/main/host/types.js';
import type { Host } from '../../../src/shared/topology/types.js';

const HOST = { name: 'docker01' } as Host;

/** A host that answers as told, and remembers with which token it was asked. */
function host(answer: (token: string | undefined, request: HttpRequest) => Partial<HttpResponse>) {
  const asked: (string | undefined)[] = [];
  const connection = {
    host: HOST,
    http: async (request: HttpRequest): Promise<HttpResponse> => {
      const token = request.headers?.['x-consul-token'];
      asked.push(token);
      return { status: 200, headers: {}, body: '', ...answer(token, request) };
    },
  } as unknown as HostConnection;
  const connector: HostConnector = {
    connect: async () => ({ connection, release: () => undefined }),
    close: async () => undefined,
  };
  return { asked, connector };
}

const get = (path = '/v1/agent/self'): HttpRequest => ({ method: 'GET', port: 8500, path });

describe('a connector with a token', () => {
  it('asks with the token of the moment, or with none', async () => {
    const { asked, connector } = host(() => ({}));
    let token: string | null = null;
    const { connection } = await bearing(connector, () => token).connect(HOST);
    await connection.http(get());
    token = 'one';
    await connection.http(get());
    await connection.http({ ...get(), headers: { 'x-consul-token': 'more particular' } });
    expect(asked).toEqual([undefined, 'one', 'more particular']);
  });

  it('asks once more without where Consul does not know the token, and takes no other refusal for that', async () => {
    const unknown = host((token) => (token === undefined ? {} : { status: 403, body: 'ACL not found' }));
    const one = await bearing(unknown.connector, () => 'stale').connect(HOST);
    expect((await one.connection.http(get())).status).toBe(200);
    expect(unknown.asked).toEqual(['stale', undefined]);

    const denied = host(() => ({ status: 403, body: 'Permission denied' }));
    const two = await bearing(denied.connector, () => 'weak').connect(HOST);
    expect((await two.connection.http(get())).status).toBe(403);
    expect(denied.asked).toEqual(['weak']);

    // Here the same words are about the token that is asked for.
    const about = host(() => ({ status: 403, body: 'ACL not found' }));
    const three = await bearing(about.connector, () => 'good').connect(HOST);
    await three.connection.http(get('/v1/acl/token/x'));
    expect(about.asked).toEqual(['good']);
  });

  it('gives the same connection for the same connection', async () => {
    const { connector } = host(() => ({}));
    const wrapped = bearing(connector, () => null);
    const [a, b] = [await wrapped.connect(HOST), await wrapped.connect(HOST)];
    expect(a.connection).toBe(b.connection);
  });
});
