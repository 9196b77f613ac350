import { describe, expect, it } from 'vitest';
import { fieldsOf, matchingHosts, withJumps } from '../../../../src/renderer/features/hosts/ssh-config.js';
import type { SshConfigHost } from '../../../../src/shared/ipc/index.js';

const config: readonly SshConfigHost[] = [
  { alias: 'web1', address: '10.0.0.1', user: 'ops', jump: ['inner'] },
  { alias: 'inner', address: '10.0.1.1', jump: ['admin@gate:2222'] },
  { alias: 'gate', address: 'gate.example.com', identity: '~/.ssh/gate' },
  { alias: 'far', address: '10.9.0.1', jump: ['root@192.0.2.99:23'] },
];
const [web1, inner, gate, far] = config as [SshConfigHost, SshConfigHost, SshConfigHost, SshConfigHost];

describe('hosts of the SSH configuration', () => {
  it('are found by all words, in alias, address or user', () => {
    expect(matchingHosts(config, '10.0. OPS')).toEqual([web1]);
    expect(matchingHosts(config, '  ')).toBe(config);
    expect(matchingHosts(config, 'nothing like it')).toEqual([]);
  });

  it('stay quick with 1,500 entries', () => {
    const many = Array.from({ length: 1500 }, (_, i) => ({
      alias: `host-${i}`,
      address: `10.0.${i >> 8}.${i & 255}`,
    }));
    const begun = performance.now();
    expect(matchingHosts(many, 'host-149')).toHaveLength(11);
    expect(withJumps(many, many, []).jumps).toEqual([]);
    expect(new Set(fieldsOf(many, []).map(({ name }) => name)).size).toBe(1500);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it('bring those along that the way leads through', () => {
    const { chosen, jumps } = withJumps([web1], config, []);
    expect(chosen).toEqual([web1]);
    expect(jumps).toEqual([inner, { ...gate, user: 'admin', port: 2222 }]);
    expect(fieldsOf([...chosen, ...jumps], [])).toEqual([
      { name: 'web1', address: '10.0.0.1', user: 'ops', jump: ['inner'] },
      { name: 'inner', address: '10.0.1.1', jump: ['gate'] },
      { name: 'gate', address: 'gate.example.com', user: 'admin', port: 2222, identity: '~/.ssh/gate' },
    ]);
  });

  it('do not bring what is there already, or chosen', () => {
    expect(withJumps([web1], config, ['inner']).jumps).toEqual([]);
    expect(fieldsOf([web1], ['inner'])[0]?.jump).toEqual(['inner']);
    expect(withJumps([web1, inner, gate], config, []).jumps).toEqual([]);
  });

  it('name a jump that is only an address', () => {
    const { jumps } = withJumps([far], config, []);
    expect(fieldsOf([far, ...jumps], [])).toEqual([
      { name: 'far', address: '10.9.0.1', jump: ['docker01'] },
      { name: 'docker01', address: '192.0.2.99', user: 'root', port: 23 },
    ]);
  });

  it('get other names where theirs are taken or unusable', () => {
    const odd = [
      { alias: 'web1', address: '10.0.0.7' },
      { alias: 'a b', address: '10.0.0.8' },
    ];
    expect(fieldsOf(odd, ['web1']).map(({ name }) => name)).toEqual(['web1-1', 'docker01']);
  });

  it('that lead in a circle end', () => {
    const ring = [
      { alias: 'a', address: '10.0.0.1', jump: ['b'] },
      { alias: 'b', address: '10.0.0.2', jump: ['a'] },
    ];
    expect(withJumps(ring.slice(0, 1), ring, []).jumps).toEqual(ring.slice(1));
  });
});
