import { describe, expect, it } from 'vitest';
import {
  drawable,
  type Handlers,
  type IpcMainLike,
  isOurs,
  openGateway,
  type SenderLike,
} from '../../../src/main/ipc/gateway.js';
import { RaftyardError } from '../../../src/shared/errors.js';
import { CHANNELS } from '../../../src/shared/ipc/index.js';

const ORIGIN = 'raftyard-app://app';
const from = (url: string, parent: unknown = null): SenderLike => ({ senderFrame: { url, parent } });
const OURS = from(`${ORIGIN}/index.html`);

/** The gateway with these handlers; what it logs, and a way to call it as Electron does. */
function gateway(handlers: Handlers) {
  const listeners = new Map<string, Parameters<IpcMainLike['handle']>[1]>();
  const logged: string[] = [];
  openGateway(
    {
      ipc: { handle: (channel, listener) => listeners.set(channel, listener) },
      origin: ORIGIN,
      log: (level, text) => logged.push(`${level} ${text}`),
    },
    handlers,
  );
  const call = async (channel: string, payload?: unknown, sender = OURS): Promise<unknown> =>
    await listeners.get(channel)?.(sender, payload);
  return { listeners, logged, call };
}

describe('who asks', () => {
  it('is our own page, whole, and nobody else', () => {
    expect(isOurs(OURS, ORIGIN)).toBe(true);
    expect(isOurs(from(ORIGIN), ORIGIN)).toBe(true);
    for (const stranger of [
      from('raftyard-app://app.evil/index.html'),
      from('raftyard-app://application/'),
      from('https://app/index.html'),
      from('data:text/html,x'),
      from(''),
      // A frame within our page is another page.
      from(`${ORIGIN}/index.html`, {}),
      { senderFrame: null },
    ])
      expect(isOurs(stranger, ORIGIN), JSON.stringify(stranger)).toBe(false);
  });

  it('is refused before the handler hears of it, and noted', async () => {
    let heard = 0;
    const { call, logged } = gateway({
      'document:recent': () => {
        heard += 1;
        return [];
      },
    });
    const answer = await call('document:recent', undefined, from('https://example.org/'));
    expect(answer).toMatchObject({ ok: false, error: { code: 'usage' } });
    expect(heard).toBe(0);
    expect(logged).toEqual([expect.stringContaining('document:recent: refused')]);
  });
});

describe('what is asked', () => {
  it('has a listener for every channel of the contract; one without a handler says so', async () => {
    const { listeners, call } = gateway({});
    expect([...listeners.keys()].sort()).toEqual([...CHANNELS].sort());
    expect(await call('document:recent')).toMatchObject({
      ok: false,
      error: { message: 'document:recent is not available' },
    });
  });

  it('is checked before the handler gets it', async () => {
    const got: unknown[] = [];
    const { call } = gateway({
      'kv:value': (request) => {
        got.push(request);
        return null;
      },
    });
    for (const junk of [
      undefined,
      null,
      'x',
      {},
      { datacenter: 1, key: 'a' },
      { datacenter: 'dc1', key: '' },
    ])
      expect(await call('kv:value', junk)).toMatchObject({ ok: false, error: { code: 'usage' } });
    expect(got).toEqual([]);
    expect(await call('kv:value', { datacenter: 'dc1', key: 'a' })).toEqual({ ok: true, value: null });
    expect(got).toEqual([{ datacenter: 'dc1', key: 'a' }]);
  });
});

describe('an error', () => {
  it('leaves with its code, host and hint', async () => {
    const { call, logged } = gateway({
      'document:recent': () => {
        throw new RaftyardError('io', 'the disk is full', { host: 'docker01', hint: 'Make room.' });
      },
    });
    expect(await call('document:recent')).toMatchObject({
      ok: false,
      error: { code: 'io', message: 'the disk is full', host: 'docker01', hint: 'Make room.' },
    });
    expect(logged).toEqual([]);
  });

  it('of our own making is logged with its stack, which does not leave', async () => {
    const { call, logged } = gateway({
      'document:recent': () => Promise.reject(new TypeError('x is undefined')),
    });
    const answer = await call('document:recent');
    expect(answer).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(JSON.stringify(answer)).not.toContain('gateway.test');
    expect(logged.join()).toContain('gateway.test');
  });
});

describe('what the page gets', () => {
  const ODD = '\u001b]0;owned\u0007\u001b[31m<b>\u202etxt';

  it('can be drawn, whatever a host says; what is kept letter by letter stays so', () => {
    expect(
      drawable('cluster:plan', { issues: [{ message: `Container ${ODD}` }], [ODD]: 1, none: null }),
    ).toEqual({
      issues: [{ message: 'Container <b>txt' }],
      '<b>txt': 1,
      none: null,
    });
    expect(drawable('live:snapshot', [ODD, 'a\tb\nc'])).toEqual(['<b>txt', 'a\tb\nc']);
    for (const channel of ['document:open', 'kv:value', 'logs:lines'])
      expect(drawable(channel, ODD)).toBe(ODD);
  });

  it('is so for answers and for errors', async () => {
    const { call } = gateway({
      'app:info': () => {
        throw new RaftyardError('usage', `no host ${ODD}`);
      },
    });
    expect(JSON.stringify(await call('app:info'))).toContain('no host <b>txt');
  });
});
