import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_FORM, hostOfForm, readForm } from '../../../../src/renderer/features/hosts/form.js';
import { pooled } from '../../../../src/renderer/features/hosts/pool.js';
import { positionIn } from '../../../../src/renderer/features/hosts/position.js';
import { inputOf, jumpsOf, loginOf } from '../../../../src/renderer/features/hosts/way.js';
import { addHosts, fromTemplate, readModel } from '../../../../src/shared/topology/index.js';

const text = fromTemplate('three', { name: 'x', addresses: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] });
const taken = readModel(text).draft.hosts;
const form = (given: Partial<typeof EMPTY_FORM>) => {
  const fields = { ...EMPTY_FORM, ...given };
  const read = readForm(fields, taken);
  return { wrong: read.wrong, host: hostOfForm(fields, read) };
};

describe('the form for one host', () => {
  it('needs an address only', () => {
    expect(form({}).host).toBeNull();
    expect(form({ address: ' 10.0.0.9 ' }).host).toEqual({
      name: 'docker04',
      address: '10.0.0.9',
      user: 'root',
      port: 22,
    });
  });

  it('takes user and port from the address, and the fields before them', () => {
    expect(form({ address: 'ops@web.example.com:2222' }).host).toMatchObject({
      name: 'web',
      address: 'web.example.com',
      user: 'ops',
      port: 2222,
    });
    expect(form({ address: 'ops@10.0.0.9:2222', user: 'me', port: '23' }).host).toMatchObject({
      user: 'me',
      port: 23,
    });
  });

  it('says what is wrong at its field, and makes no host of it', () => {
    const cases = [
      [{ address: '10.0.0' }, { address: 'address' }],
      [{ address: '127.0.0.1' }, { address: 'loopback' }],
      [{ address: '10.0.0.2' }, { address: 'known' }],
      [{ address: '10.0.0.9', port: '0' }, { port: 'port' }],
      [{ address: '10.0.0.9', name: 'Docker01' }, { name: 'nameTaken' }],
      [{ address: '10.0.0.9', name: '-' }, { name: 'name' }],
      [{ address: '10.0.0.9', advertise: 'web' }, { advertise: 'advertise' }],
      [{ address: '10.0.0.9', password: 'env:' }, { password: 'reference' }],
    ] as const;
    for (const [given, wrong] of cases) {
      expect(form(given)).toEqual({ wrong, host: null });
    }
    expect(form({ address: '10.0.0.2', port: '2222' }).host).not.toBeNull();
  });

  it('makes hosts that the document takes', () => {
    const { host } = form({
      address: '10.0.0.9',
      identity: '~/.ssh/id',
      password: 'prompt',
      sudoPassword: 'env:SUDO',
      jump: 'docker01',
    });
    const { findings } = readModel(addHosts(text, host === null ? [] : [host]));
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('the way into a host', () => {
  const host = (name: string, ...jump: string[]) => ({ name, address: '10.0.0.1', jump });
  it('names every host between, once, nearest first', () => {
    const all = [host('a', 'b', 'c'), host('b', 'd'), host('c', 'd'), host('d', 'a'), host('e')];
    expect(jumpsOf(host('a', 'b', 'c'), all).map(({ name }) => name)).toEqual(['b', 'c', 'd']);
    expect(jumpsOf(host('x', 'nowhere'), all)).toEqual([]);
  });
  it('is told without what SSH does not need', () => {
    expect(inputOf({ name: 'a', address: '10.0.0.1', advertise: '10.1.0.1', user: '', jump: [] })).toEqual({
      name: 'a',
      address: '10.0.0.1',
    });
    expect(loginOf({ address: '2001:db8::1', port: 2222 })).toBe('root@[2001:db8::1]:2222');
    expect(loginOf({ user: 'ops', address: 'web', port: 22 })).toBe('ops@web');
  });
});

describe('work on many hosts', () => {
  it('is done for each once, in order, never for more at once than allowed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(5), { maxLength: 20 }),
        fc.integer({ min: 1, max: 4 }),
        async (items, most) => {
          const begun: number[] = [];
          let now = 0;
          let peak = 0;
          const work = async ([index, turns]: [number, number]): Promise<void> => {
            begun.push(index);
            peak = Math.max(peak, ++now);
            for (let i = 0; i < turns; i++) await Promise.resolve();
            now--;
          };
          await pooled([...items.entries()], most, work, new AbortController().signal);
          expect(begun).toEqual([...items.keys()]);
          expect(peak).toBeLessThanOrEqual(most);
        },
      ),
    );
  });

  it('begins nothing more once it is stopped', async () => {
    const stop = new AbortController();
    const begun: number[] = [];
    await pooled(
      [1, 2, 3, 4],
      1,
      async (item) => {
        begun.push(item);
        if (item === 2) stop.abort();
      },
      stop.signal,
    );
    expect(begun).toEqual([1, 2]);
  });
});

describe('questions', () => {
  it('that come together are counted together', () => {
    const first = positionIn(null, ['a', 'b']);
    expect(first).toMatchObject({ number: 1, all: 2 });
    const second = positionIn(first, ['b', 'c']);
    expect(second).toMatchObject({ number: 2, all: 3 });
    expect(positionIn(second, ['c'])).toMatchObject({ number: 3, all: 3 });
    expect(positionIn(positionIn(second, []), ['d'])).toMatchObject({ number: 1, all: 1 });
  });
});
