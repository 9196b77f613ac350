import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CHANGES_MS, Changes } from '../../../src/main/app/consul-ui/changes.js';
import { errorPage } from '../../../src/main/app/consul-ui/error-page.js';
import { answerHeaders, hasBody, judge, type Upstream } from '../../../src/main/app/consul-ui/request.js';
import { ServerPool, serversOf } from '../../../src/main/app/consul-ui/servers.js';
import { admit, Tunnel } from '../../../src/main/app/consul-ui/tunnel.js';
import type { HostConnection, HostConnector } from '../../../src/main/host/types.js';
import { RaftyardError } from '../../../src/shared/errors.js';
import { newTopology } from '../../../src/shared/topology/index.js';

const HOST = 'c-12345678';
const asked = (url: string, method = 'GET', headers: readonly (readonly [string, string])[] = []) =>
  judge({ url, method, headers }, HOST, false);

describe('a request of the page', () => {
  it('reads the UI and the API of its cluster', () => {
    expect(asked(`x://${HOST}/`)).toMatchObject({ pass: { method: 'GET', path: '/ui/' } });
    expect(asked(`x://${HOST}/v1/kv/a%2Fb?dc=east&raw`)).toMatchObject({
      pass: { path: '/v1/kv/a%2Fb?dc=east&raw' },
    });
    expect(asked(`x://${HOST}/v1/internal/acl/authorize?dc=dc1`, 'POST')).toHaveProperty('pass');
  });

  it('changes nothing, and goes nowhere else', () => {
    for (const method of ['PUT', 'POST', 'DELETE', 'put'])
      expect(asked(`x://${HOST}/v1/kv/a`, method)).toMatchObject({ refuse: 403 });
    for (const method of ['TRACE', 'CONNECT', 'OPTIONS', 'x'])
      expect(asked(`x://${HOST}/v1/kv/a`, method)).toMatchObject({ refuse: 405 });
    for (const url of ['x://other/ui/', `x://${HOST}:8500/ui/`, `x://user@${HOST}.evil/ui/`])
      expect(asked(url)).toMatchObject({ refuse: 404 });
    for (const path of ['/debug/pprof/', '/uix', '/v1x', '/../v2', '/ui/../debug'])
      expect(asked(`http://${HOST}${path}`)).toMatchObject({ refuse: 404 });
    expect(asked('nonsense')).toMatchObject({ refuse: 400 });
  });

  it('brings no cookie, no token, no origin and nothing of the browser’s own', () => {
    const verdict = asked(`x://${HOST}/ui/`, 'GET', [
      ['Cookie', 'a=b'],
      ['Origin', 'x'],
      ['X-Consul-Token', 't'],
      ['Sec-Fetch-Mode', 'cors'],
      ['Proxy-Authorization', 'x'],
      ['Accept', 'text/html'],
    ]);
    expect(verdict).toEqual({
      pass: {
        method: 'GET',
        path: '/ui/',
        headers: { Accept: 'text/html', host: '127.0.0.1:8500', 'accept-encoding': 'identity' },
      },
    });
  });

  it('gets no cookie back, and no body where none may be', () => {
    expect(answerHeaders({ 'set-cookie': ['a=b'], 'x-a': ['1', '2'], 'x-b': undefined, etag: 'e' })).toEqual([
      ['x-a', '1, 2'],
      ['etag', 'e'],
    ]);
    expect([200, 204, 304, 404].map(hasBody)).toEqual([true, false, false, true]);
  });
});

describe('the page of an error', () => {
  it('shows what a host said as text', async () => {
    const page = errorPage('en', `<script>alert('x')</script> & "more"`);
    const html = await page.text();
    expect(html).not.toContain('<script>');
    expect(html).toContain('&#60;script&#62;');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
  });
});

describe('the way from the system’s browser', () => {
  const tunnels: Tunnel[] = [];
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const tunnel of tunnels.splice(0)) tunnel.close();
    for (const close of closers.splice(0)) close();
  });

  /** A tunnel to an agent that answers with what it was asked. */
  async function tunnel(): Promise<Tunnel> {
    const agent = createServer((request, response) => response.end(`${request.method} ${request.url}`));
    await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
    closers.push(() => agent.close());
    const { port } = agent.address() as AddressInfo;
    const made = new Tunnel(
      ({ method, path, headers }: Upstream) =>
        new Promise<IncomingMessage>((resolve, reject) => {
          get({ host: '127.0.0.1', port, method, path, headers }, resolve).on('error', reject);
        }),
    );
    tunnels.push(made);
    return made;
  }

  it('is open to the one who brings the token, once, and then to the cookie', async () => {
    const address = await (await tunnel()).open();
    const { origin } = new URL(address);
    expect((await fetch(`${origin}/ui/`)).status).toBe(403);
    expect((await fetch(`${origin}/enter?token=wrong`)).status).toBe(403);
    const entered = await fetch(address, { redirect: 'manual' });
    const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect(entered.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(403);
    const shown = await fetch(`${origin}/ui/x?y`, { headers: { cookie: `other=1; ${cookie}` } });
    expect(await shown.text()).toBe('GET /ui/x?y');
    const put = await fetch(`${origin}/v1/kv/a`, { method: 'PUT', body: 'x', headers: { cookie } });
    expect(put.status).toBe(403);
  });

  it('is closed to a name that was made to lead here', () => {
    const token = { value: 't', used: false };
    const request = { url: '/enter?token=t', cookie: undefined };
    expect(admit({ ...request, host: 'evil.example:80' }, 80, token, 's')).toEqual({ refuse: 421 });
    expect(admit({ ...request, host: 'localhost:80' }, 80, token, 's')).toEqual({ refuse: 421 });
    expect(token.used).toBe(false);
    expect(admit({ ...request, host: '127.0.0.1:80' }, 80, token, 's')).toEqual({ enter: 's' });
  });

  it('ends with the next one', async () => {
    const made = await tunnel();
    const first = await made.open();
    const second = await made.open();
    await expect(fetch(first)).rejects.toThrow();
    expect((await fetch(second, { redirect: 'manual' })).status).toBe(303);
  });
});

describe('the server that answers', () => {
  const topology = newTopology({
    name: 'x',
    hosts: [1, 2, 3].map((n) => ({ name: `docker0${n}`, address: `192.0.2.${n}` })),
  });
  const read: Upstream = { method: 'GET', path: '/ui/', headers: {} };

  /** Hosts that answer or do not, and who was asked in which order. */
  function pool(dead: ReadonlySet<string>) {
    const order: string[] = [];
    let held = 0;
    const connector: HostConnector = {
      connect: (host) => {
        held += 1;
        const connection = {
          httpStream: () => {
            order.push(host.name);
            return dead.has(host.name)
              ? Promise.reject(new RaftyardError('consul-api', 'gone', { host: host.name }))
              : Promise.resolve({} as IncomingMessage);
          },
        } as unknown as HostConnection;
        return Promise.resolve({
          connection,
          release: () => {
            held -= 1;
          },
        });
      },
      close: () => Promise.resolve(),
    };
    const answered: string[] = [];
    const made = new ServerPool(connector, serversOf(topology), (server) => answered.push(server.node));
    return { made, order, answered, held: () => held };
  }
  const { signal } = new AbortController();

  it('is the next one when the first is gone, and stays while it answers', async () => {
    const dead = new Set(['docker01']);
    const { made, order, answered, held } = pool(dead);
    await made.ask(read, signal);
    await made.ask(read, signal);
    dead.add('docker02');
    await made.ask(read, signal);
    expect(order).toEqual(['docker01', 'docker02', 'docker02', 'docker02', 'docker01', 'docker03']);
    expect(answered).toEqual(['node2', 'node2', 'node3']);
    expect(held()).toBe(1);
    made.close();
    expect(held()).toBe(0);
  });

  it('is not looked for a second time by what changes something', async () => {
    const { made, order } = pool(new Set(['docker01']));
    await expect(made.ask({ ...read, method: 'PUT' }, signal)).rejects.toMatchObject({ host: 'docker01' });
    expect(order).toEqual(['docker01']);
  });

  it('is nobody when all are gone: the error says who was asked last', async () => {
    const { made, held } = pool(new Set(['docker01', 'docker02', 'docker03']));
    await expect(made.ask(read, signal)).rejects.toMatchObject({
      code: 'host-unreachable',
      host: 'docker03',
    });
    expect(held()).toBe(0);
  });
});

describe('changes by the page', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are allowed for fifteen minutes, and anew when asked for again', () => {
    let ends = 0;
    const changes = new Changes(() => {
      ends += 1;
    });
    expect(changes.until).toBeNull();
    changes.allow();
    vi.advanceTimersByTime(CHANGES_MS - 1);
    expect(changes.until).not.toBeNull();
    changes.allow();
    vi.advanceTimersByTime(CHANGES_MS - 1);
    expect([changes.until === null, ends]).toEqual([false, 0]);
    vi.advanceTimersByTime(1);
    expect([changes.until, ends]).toEqual([null, 1]);
    expect(CHANGES_MS).toBe(900_000);
  });

  it('end when the person says so', () => {
    const changes = new Changes(() => expect.unreachable());
    changes.allow();
    changes.forbid();
    expect(changes.until).toBeNull();
    vi.advanceTimersByTime(CHANGES_MS);
  });

  it('are over on a computer that slept longer, before any timer runs', () => {
    const changes = new Changes(() => undefined);
    changes.allow();
    vi.setSystemTime(Date.now() + CHANGES_MS);
    expect(changes.until).toBeNull();
  });
});
