import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST, type Present, parsePasted } from '../../../../src/renderer/features/hosts/paste.js';
import type { HostFields } from '../../../../src/shared/topology/index.js';

const NOTHING: Present = { names: [], addresses: [] };
const hosts = (text: string, present: Present = NOTHING): HostFields[] =>
  parsePasted(text, present).flatMap((line) => ('host' in line ? [line.host] : []));
const problems = (text: string, present: Present = NOTHING): string[] =>
  parsePasted(text, present).flatMap((line) => ('host' in line ? [] : [`${line.line} ${line.problem}`]));

describe('a pasted list', () => {
  it('is read in the forms in which people have it', () => {
    expect(hosts('root@10.0.0.1:22 docker01')).toEqual([
      { name: 'docker01', address: '10.0.0.1', user: 'root' },
    ]);
    expect(hosts('10.0.0.2')).toEqual([{ name: 'docker01', address: '10.0.0.2' }]);
    expect(hosts('docker03 10.0.0.3')).toEqual([{ name: 'docker03', address: '10.0.0.3' }]);
    expect(hosts('web.example.com')).toEqual([{ name: 'web', address: 'web.example.com' }]);
    expect(hosts('web web.example.com')).toEqual([{ name: 'web', address: 'web.example.com' }]);
    expect(hosts('ops@[2001:db8::5]:2222 six')).toEqual([
      { name: 'six', address: '2001:db8::5', user: 'ops', port: 2222 },
    ]);
    expect(hosts('ops@2001:db8::5')).toEqual([{ name: 'docker01', address: '2001:db8::5', user: 'ops' }]);
    expect(hosts('ssh -p 2222 -i ~/.ssh/id -v ops@10.0.0.9')).toEqual([
      { name: 'docker01', address: '10.0.0.9', user: 'ops', port: 2222, identity: '~/.ssh/id' },
    ]);
  });

  it('may be a table, with a head or without', () => {
    expect(hosts('docker01,10.0.0.1,ops,2222\n"docker02";10.0.0.2;;22')).toEqual([
      { name: 'docker01', address: '10.0.0.1', user: 'ops', port: 2222 },
      { name: 'docker02', address: '10.0.0.2' },
    ]);
    expect(hosts('User,Port,IP,Name\nops,2222,10.0.0.1,a\n,,10.0.0.2,b')).toEqual([
      { name: 'a', address: '10.0.0.1', user: 'ops', port: 2222 },
      { name: 'b', address: '10.0.0.2' },
    ]);
  });

  it('may be /etc/hosts: this computer and groups are left out', () => {
    const text = [
      '127.0.0.1 localhost',
      '::1 localhost ip6-localhost',
      '10.0.0.4 docker04.example.com docker04 # rack 2',
      '',
      '# comment',
      'ff02::1 ip6-allnodes',
    ].join('\n');
    expect(hosts(text)).toEqual([
      { name: 'docker04.example.com', address: '10.0.0.4' },
      { name: 'ip6-allnodes', address: 'ff02::1' },
    ]);
    expect(problems(text)).toEqual(['1 loopback', '2 loopback']);
  });

  it('may be an Ansible inventory', () => {
    const text =
      '[consul:vars]\n[consul]\ndocker01 ansible_host=10.0.0.1 ansible_user=ops ansible_port=2222\n10.0.0.2\nops@10.0.0.3';
    expect(hosts(text)).toEqual([
      { name: 'docker01', address: '10.0.0.1', user: 'ops', port: 2222 },
      { name: 'docker02', address: '10.0.0.2' },
      { name: 'docker03', address: '10.0.0.3', user: 'ops' },
    ]);
  });

  it('says of each line that cannot be used why', () => {
    expect(
      problems('10.0.0\n10.0.0.1:99999\n10.0.0.2 -x-\nroot:pw@10.0.0.3\n10.0.0.4\nx@10.0.0.4:22'),
    ).toEqual(['1 address', '2 port', '3 name', '4 user', '6 duplicate']);
    expect(problems('10.0.0.9', { names: [], addresses: ['10.0.0.9', undefined, ''] })).toEqual(['1 known']);
  });

  it('gives free names', () => {
    const present = { names: ['docker01', 'web'], addresses: [] };
    expect(hosts('10.0.0.1\n10.0.0.2 web\nweb.example.com', present).map(({ name }) => name)).toEqual([
      'docker02',
      'web-1',
      'web-2',
    ]);
  });

  it('ends somewhere', () => {
    const long = Array.from({ length: MOST + 50 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    expect(hosts(long.join('\n'))).toHaveLength(MOST);
  });

  const octet = fc.integer({ min: 1, max: 223 });
  const made = fc.uniqueArray(
    fc.record({
      address: fc.tuple(fc.constant(10), octet, octet, octet).map((parts) => parts.join('.')),
      name: fc.stringMatching(/^[a-z][a-z0-9]{0,8}-[a-z0-9]{1,4}$/),
      user: fc.stringMatching(/^[a-z_][a-z0-9_-]{0,8}$/),
      port: fc.integer({ min: 1, max: 65_535 }),
      form: fc.constantFrom('login', 'table', 'ansible', 'reversed'),
      space: fc.constantFrom('', ' ', '  '),
    }),
    { selector: ({ address }) => address, maxLength: 30 },
  );

  it('gives back whatever was written in one of its forms', () => {
    fc.assert(
      fc.property(made, (all) => {
        const named = all.map((host, i) => ({ ...host, name: `${host.name}${i}` }));
        const text = named
          .map(({ address, name, user, port, form, space }) => {
            const login = `${user}@${address}:${port}`;
            if (form === 'table') return `${name},${space}${address}${space},${user},${port}`;
            if (form === 'ansible')
              return `${name} ansible_user=${user} ansible_port=${port} ansible_host=${address}`;
            return form === 'login' ? `${space}${login} ${name}${space}` : `${name} ${space}${login}`;
          })
          .join('\n');
        expect(hosts(text)).toEqual(
          named.map(({ address, name, user, port }) => ({
            name,
            address,
            user,
            ...(port === 22 ? {} : { port }),
          })),
        );
      }),
    );
  });

  it('takes any text without harm: every host has a good address and a name of its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const found = hosts(text);
        expect(new Set(found.map(({ name }) => name)).size).toBe(found.length);
        for (const { name, port = 22 } of found) {
          expect(name).toMatch(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
          expect(port).toBeGreaterThan(0);
        }
      }),
    );
  });
});
