import { describe, expect, it } from 'vitest';
import { hostInputOf, jumpHostsOf } from '../../../../src/renderer/features/topology/inspector/input-of.js';
import { requestSchemas } from '../../../../src/shared/ipc/index.js';

const host = (name: string, jump: string[] = []) => ({ name, address: `${name}.example`, ssh: { jump } });
const input = (name: string, jump: string[] = []) => ({
  name,
  address: `${name}.example`,
  ...(jump.length === 0 ? {} : { jump }),
});

describe('a written host as the test of a connection takes it', () => {
  it('has what is written, and passes the check of the request', () => {
    const ssh = {
      user: 'admin',
      port: 2222,
      identity: '~/.ssh/k',
      agent: false,
      password: 'prompt',
      passphrase: 'env:KEY',
      sudoPassword: 'file:~/sudo',
      hostKeys: ['ssh-ed25519 AAAA'],
      jump: ['gate'],
    };
    const made = hostInputOf({ name: 'docker01', address: '192.0.2.1', advertise: '10.0.0.1', ssh });
    expect(made).toEqual({ name: 'docker01', address: '192.0.2.1', ...ssh });
    expect(requestSchemas['hosts:test'].safeParse({ task: 'test-1', host: made }).success).toBe(true);
  });

  it('is nothing without name or address, and leaves out a port that is none', () => {
    expect(hostInputOf({ name: 'a', address: '' })).toBeUndefined();
    expect(hostInputOf({ address: 'a' })).toBeUndefined();
    expect(hostInputOf('docker01')).toBeUndefined();
    expect(hostInputOf({ name: 'a', address: 'b', ssh: { port: 70_000 } })).toEqual({
      name: 'a',
      address: 'b',
    });
  });
});

describe('the hosts on the way', () => {
  const all = [host('a', ['b']), host('b', ['c']), host('c', ['a']), host('d')].flatMap(
    (entry) => hostInputOf(entry) ?? [],
  );

  it('are the jump hosts and theirs, once each, also where they go in a circle', () => {
    expect(jumpHostsOf(input('a', ['b']), all)).toEqual([input('b', ['c']), input('c', ['a'])]);
    expect(jumpHostsOf(input('d'), all)).toEqual([]);
    expect(jumpHostsOf(input('x', ['unknown']), all)).toEqual([]);
  });
});
