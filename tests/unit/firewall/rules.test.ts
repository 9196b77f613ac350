import { describe, expect, it } from 'vitest';
import {
  canonicalUfwRule,
  closeCommands,
  disableCommands,
  enableCommands,
  firewallRules,
  hasRule,
  openCommands,
} from '../../../src/shared/shell/firewall.js';
import { ipv4Network } from '../../../src/shared/shell/subnet.js';

const RULES = [
  { port: 8301, protocol: 'udp', from: 'cluster' },
  { port: 8500, protocol: 'tcp', from: 'any' },
] as const;

describe('ipv4Network', () => {
  it('knows a subnet by its first address', () => {
    expect(
      ['172.28.5.1/16', '10.1.2.3/22', '1.2.3.4/32', '1.2.3.4/0', '1.2.3.4/33', '1.2.3/8', '256.0.0.0/8'].map(
        ipv4Network,
      ),
    ).toEqual(['172.28.0.0/16', '10.1.0.0/22', '1.2.3.4/32', '0.0.0.0/0', undefined, undefined, undefined]);
    expect(
      firewallRules('nftables', [{ port: 53, protocol: 'udp', from: 'cluster' }], ['172.17.0.0/16'], 'x', [
        'inet filter input',
      ]),
    ).toEqual(['inet filter input ip saddr 172.17.0.0/16 udp dport 53 accept comment "x"']);
  });
});

describe('firewallRules', () => {
  it("gives firewalld's own words, one rich rule a source", () => {
    expect(firewallRules('firewalld', RULES, ['198.18.0.3', '2001:DB8::4', '198.18.0.3'], 'x')).toEqual([
      'rule family="ipv4" source address="198.18.0.3" port port="8301" protocol="udp" accept',
      'rule family="ipv6" source address="2001:db8::4" port port="8301" protocol="udp" accept',
      '8500/tcp',
    ]);
  });

  it('gives ufw rules with a comment that cannot break out of its argument', () => {
    expect(firewallRules('ufw', RULES, ['198.18.0.3'], "a b'$(id)")).toEqual([
      'allow proto udp from 198.18.0.3 to any port 8301 comment a-b-id-',
      'allow proto tcp from any to any port 8500 comment a-b-id-',
    ]);
  });

  it.each(['', 'example.org', '1.2.3.4" accept', '-x', '1.2.3.4/8', 'a'])(
    'refuses %j as a source',
    (source) => {
      expect(() => firewallRules('firewalld', RULES, [source], 'x')).toThrow(TypeError);
    },
  );
});

describe('commands', () => {
  const rules = firewallRules('firewalld', RULES, ['198.18.0.3'], '');

  it('give rich rules and ports in separate calls, permanent and running, and never reload', () => {
    expect(openCommands('firewalld', rules, { zone: 'public' })).toEqual([
      ['firewall-cmd', '--permanent', '--zone=public', `--add-rich-rule=${rules[0]}`],
      ['firewall-cmd', '--permanent', '--zone=public', '--add-port=8500/tcp'],
      ['firewall-cmd', '--zone=public', `--add-rich-rule=${rules[0]}`],
      ['firewall-cmd', '--zone=public', '--add-port=8500/tcp'],
    ]);
    expect(closeCommands('firewalld', rules, { offline: true })).toEqual([
      ['firewall-offline-cmd', `--remove-rich-rule=${rules[0]}`],
      ['firewall-offline-cmd', '--remove-port=8500/tcp'],
    ]);
    expect(openCommands('firewalld', [])).toEqual([]);
  });

  it('delete ufw rules without their comment', () => {
    const [first = ''] = firewallRules('ufw', RULES, ['198.18.0.3'], 'raftyard-1');
    expect(openCommands('ufw', [first])[0]?.slice(-2)).toEqual(['comment', 'raftyard-1']);
    expect(closeCommands('ufw', [first])).toEqual([
      ['ufw', 'delete', 'allow', 'proto', 'udp', 'from', '198.18.0.3', 'to', 'any', 'port', '8301'],
    ]);
  });

  it('stop and disable as the tutorial does, and bring back only what was asked', () => {
    expect(disableCommands('firewalld').map((argv) => argv.join(' '))).toEqual([
      'systemctl stop firewalld.service',
      'systemctl disable firewalld.service',
    ]);
    expect(enableCommands('firewalld', { start: false, boot: true })).toEqual([
      ['systemctl', 'enable', 'firewalld.service'],
    ]);
    expect(enableCommands('firewalld', { start: false, boot: false })).toEqual([]);
    expect(enableCommands('ufw', { start: true, boot: false })).toEqual([['ufw', '--force', 'enable']]);
  });
});

describe('ufw rules as ufw prints them', () => {
  it.each([
    [
      "ufw allow from 10.0.0.2 to any port 8301 proto udp comment 'raftyard-1'",
      'allow proto udp from 10.0.0.2 to any port 8301 comment raftyard-1',
    ],
    ['ufw allow 8500/tcp', 'allow proto tcp from any to any port 8500'],
    ['ufw deny 22', 'deny 22'],
  ])('%s', (line, canonical) => {
    expect(canonicalUfwRule(line)).toBe(canonical);
  });

  it('know a rule by what it lets in, whoever made it', () => {
    const [first = ''] = firewallRules('ufw', RULES, ['10.0.0.2'], 'ours');
    const foreign = canonicalUfwRule("ufw allow from 10.0.0.2 to any port 8301 proto udp comment 'theirs'");
    expect(hasRule('ufw', [foreign], first)).toBe(true);
    expect(hasRule('ufw', ['deny 22'], first)).toBe(false);
    expect(hasRule('firewalld', ['8500/tcp'], '8500/tcp')).toBe(true);
  });
});
