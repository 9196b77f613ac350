import { describe, expect, it } from 'vitest';
import { hasDockerChains, missingDockerRules } from '../../../src/main/host/firewall/chains-diff.js';
import { parseFirewall } from '../../../src/main/host/firewall/read.js';

const RICH = 'rule family="ipv4" source address="198.18.0.3" port port="8301" protocol="tcp" accept';

describe('parseFirewall', () => {
  it('reads a running firewalld: zone, ports and rich rules', () => {
    const text = `firewalld=installed
firewalld-active=active
firewalld-enabled=enabled
firewalld-state=running
zone=public
runtime=public (active)
runtime=  services: ssh
runtime=  ports: 8500/tcp 53/udp
runtime=  forward-ports: 
runtime=  rich rules: 
runtime=\t${RICH}
permanent=  ports: 
permanent=  rich rules: 
iptables=-P INPUT DROP`;
    expect(parseFirewall(text)).toEqual({
      kind: 'firewalld',
      active: true,
      enabledAtBoot: true,
      zone: 'public',
      runtime: ['8500/tcp', '53/udp', RICH],
      permanent: [],
    });
  });

  it('reads a stopped firewalld, with the rules that would come back', () => {
    const facts = parseFirewall(
      `firewalld=installed\nfirewalld-active=inactive\nfirewalld-enabled=disabled\nzone=public\npermanent=\t${RICH}`,
    );
    expect(facts).toMatchObject({
      kind: 'firewalld',
      active: false,
      enabledAtBoot: false,
      runtime: [],
      permanent: [RICH],
    });
  });

  it('reads ufw, active and not', () => {
    const rule = "ufw-rule=ufw allow from 10.0.0.2 to any port 8300 proto tcp comment 'x'";
    const text = `ufw=installed\nufw-enabled=enabled\nufw-conf=ENABLED=yes\nufw-status=Status: active\n${rule}`;
    expect(parseFirewall(text)).toEqual({
      kind: 'ufw',
      active: true,
      enabledAtBoot: true,
      runtime: ['allow proto tcp from 10.0.0.2 to any port 8300 comment x'],
      permanent: ['allow proto tcp from 10.0.0.2 to any port 8300 comment x'],
    });
    const off = `ufw=installed\nufw-enabled=enabled\nufw-conf=ENABLED=no\nufw-status=Status: inactive\n${rule}`;
    expect(parseFirewall(off)).toMatchObject({
      kind: 'ufw',
      active: false,
      enabledAtBoot: false,
      runtime: [],
    });
  });

  it('reads the rules that bear our mark in iptables, and the files loaded at boot', () => {
    const ours =
      '-A INPUT -s 10.0.0.2/32 -p tcp -m tcp --dport 8300 -m comment --comment raftyard-1 -j ACCEPT';
    const six = ours.replace('10.0.0.2/32', '2001:db8::2/128');
    const text = [
      'root=yes',
      'iptables=-P INPUT DROP',
      `iptables=${ours}`,
      'iptables=-A INPUT -i lo -j ACCEPT',
      `ip6tables=${six}`,
      'kept-iptables=/etc/iptables/rules.v4',
      `kept-iptables-rule=${ours}`,
    ].join('\n');
    expect(parseFirewall(text)).toEqual({
      kind: 'iptables',
      active: true,
      enabledAtBoot: true,
      keptIn: { iptables: '/etc/iptables/rules.v4' },
      runtime: [ours.replace('-A', 'iptables'), six.replace('-A', 'ip6tables')],
      permanent: [ours.replace('-A', 'iptables')],
    });
  });

  it('reads the rules that bear our mark in nftables, and the file loaded at boot', () => {
    const ours = 'ip saddr 10.0.0.2 tcp dport 8300 accept comment "raftyard-1"';
    const text = [
      'root=yes',
      'nftables-enabled=enabled',
      'nft=inet filter input',
      'nft-rule=inet filter input \t\ttype filter hook input priority filter; policy drop;',
      `nft-rule=inet filter input \t\t${ours}`,
      'nft-rule=inet filter input \t\ttcp dport 22 accept',
      'kept-nftables=/etc/nftables.conf',
      `kept-nftables-rule=insert rule inet filter input ${ours}`,
    ].join('\n');
    expect(parseFirewall(text)).toEqual({
      kind: 'nftables',
      active: true,
      enabledAtBoot: true,
      chains: ['inet filter input'],
      keptIn: { nftables: '/etc/nftables.conf' },
      runtime: [`inet filter input ${ours}`],
      permanent: [`inet filter input ${ours}`],
    });
  });

  it('tells hand-made rules from the tables that iptables and Docker keep', () => {
    expect(parseFirewall('iptables=-P INPUT ACCEPT\niptables=-A INPUT -j DROP').kind).toBe('iptables');
    const fail2ban = 'iptables=-P INPUT ACCEPT\niptables=-A INPUT -p tcp --dport 22 -j f2b-sshd';
    expect(parseFirewall(`root=yes\n${fail2ban}`).kind).toBe('none');
    expect(parseFirewall('nft=ip filter INPUT\nnft-rule=ip filter INPUT drop').kind).toBe('none');
    const chain = (policy: string): string =>
      `root=yes\nnft=inet filter input\nnft-rule=inet filter input type filter hook input priority filter; policy ${policy};`;
    expect(parseFirewall(chain('drop'))).toMatchObject({ kind: 'nftables', chains: ['inet filter input'] });
    expect(parseFirewall(`${chain('accept')}\nnftables-active=active`).kind).toBe('none');
    expect(parseFirewall(`${chain('accept')}\nnft-rule=inet filter input reject`).kind).toBe('nftables');
    expect(parseFirewall('nftables-active=active\nnftables-enabled=enabled')).toMatchObject({
      kind: 'nftables',
      active: true,
      enabledAtBoot: true,
    });
    expect(parseFirewall('')).toEqual({
      kind: 'none',
      active: false,
      enabledAtBoot: false,
      runtime: [],
      permanent: [],
    });
  });
});

const BEFORE = `*filter
:FORWARD DROP [0:0]
:DOCKER - [0:0]
:DOCKER-USER - [0:0]
-A INPUT -s 10.9.9.9/32 -j ACCEPT
-A FORWARD -j DOCKER-USER
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i eth7 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER-USER -j RETURN
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
COMMIT
`;
const MARKS = { bridges: ['docker0'], addresses: ['172.17.0.0/16', '172.17.0.2/32'] };

describe("Docker's chains", () => {
  it('are put back after a flush, and nothing else is', () => {
    const flushed = '*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n*nat\n:PREROUTING ACCEPT [1:2]\nCOMMIT\n';
    expect(hasDockerChains(BEFORE)).toBe(true);
    expect(hasDockerChains(flushed)).toBe(false);
    const input = missingDockerRules(BEFORE, flushed, MARKS);
    expect(input).toContain(':FORWARD DROP [0:0]');
    expect(input).toContain('-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE');
    expect(input).not.toContain('10.9.9.9');
    expect(input).not.toContain('eth7');
    expect(input.match(/^COMMIT$/gm)).toHaveLength(2);
  });

  it('are left alone when nothing is missing, counters or not', () => {
    expect(missingDockerRules(BEFORE, BEFORE.replaceAll('[0:0]', '[7:8]'), MARKS)).toBe('');
  });

  it("never overwrite the owner's DOCKER-USER", () => {
    const own = BEFORE.replace('-A DOCKER-USER -j RETURN', '-A DOCKER-USER -s 6.6.6.6/32 -j DROP');
    expect(missingDockerRules(BEFORE, own, MARKS)).toBe('');
  });
});
