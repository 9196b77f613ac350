/** Which firewall a host has, and what it lets in: one read-only script, and the parser of what it prints. */
import type { FirewallFacts, FirewallKind } from '../../../shared/plan/facts.js';
import { canonicalUfwRule } from '../../../shared/shell/firewall.js';
import { sections } from './sections.js';

/**
 * $1: the host's advertise address; firewalld's zone is the one of the interface that has it. Every line is printed
 * with the name of its section before it, so that no output can pass for another section. Run as root where
 * possible; without root the rules stay unknown (empty).
 */
export const FIREWALL_SCRIPT = `LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/sbin:/sbin; export PATH
section() { sed "s/^/$1=/"; }
have() { command -v "$1" >/dev/null 2>&1; }
unit() {
  have systemctl && [ -d /run/systemd/system ] || return 0
  echo "$1-active=$(systemctl is-active "$1.service" 2>/dev/null)"
  echo "$1-enabled=$(systemctl is-enabled "$1.service" 2>/dev/null)"
}
if have firewall-cmd; then
  echo firewalld=installed
  unit firewalld
  if state=$(firewall-cmd --state 2>/dev/null) && [ "$state" = running ]; then
    echo firewalld-state=running
    interface=$(ip -o addr show 2>/dev/null | awk -v a="$1" '{split($4,p,"/"); if (p[1]==a) {print $2; exit}}')
    zone=
    [ -n "$interface" ] && zone=$(firewall-cmd --get-zone-of-interface="$interface" 2>/dev/null)
    [ -n "$zone" ] || zone=$(firewall-cmd --get-default-zone 2>/dev/null)
    echo "zone=$zone"
    firewall-cmd --zone="$zone" --list-all 2>/dev/null | section runtime
    firewall-cmd --permanent --zone="$zone" --list-all 2>/dev/null | section permanent
  elif [ "$(id -u)" = 0 ] && have firewall-offline-cmd; then
    zone=$(firewall-offline-cmd --get-default-zone 2>/dev/null)
    echo "zone=$zone"
    firewall-offline-cmd --zone="$zone" --list-all 2>/dev/null | section permanent
  fi
fi
if have ufw; then
  echo ufw=installed
  unit ufw
  grep -i '^ENABLED=' /etc/ufw/ufw.conf 2>/dev/null | section ufw-conf
  if [ "$(id -u)" = 0 ]; then
    ufw status 2>/dev/null | head -n 1 | section ufw-status
    ufw show added 2>/dev/null | grep '^ufw ' | section ufw-rule
  fi
fi
unit nftables
if [ "$(id -u)" = 0 ]; then
  have iptables && iptables -S INPUT 2>/dev/null | section iptables
  have nft && nft list chains 2>/dev/null | awk '
    $1=="table" {table=$2 " " $3}
    /hook input/ {print table ($0 ~ /policy drop/ ? " drop" : " accept")}' | section nft
fi
exit 0
`;

/** Ports and rich rules of `firewall-cmd --list-all`. */
export function zoneRules(lines: readonly string[]): string[] {
  const rules: string[] = [];
  for (const line of lines) {
    const ports = /^\s*ports: (.*)$/.exec(line);
    if (ports !== null) rules.push(...(ports[1] ?? '').split(/\s+/).filter((port) => port !== ''));
    // `rich rules:` may be followed by a rule on the same line in old versions.
    const rich = /^\s*(?:rich rules:\s*)?(rule .*)$/.exec(line);
    if (rich?.[1] !== undefined) rules.push(rich[1].trim());
  }
  return rules;
}

/** Tables that iptables-nft keeps, and Docker's own: told by `iptables -S` already, or no firewall of the host. */
const NOT_A_HOST_FIREWALL =
  /^(ip6?|inet|arp|bridge) (filter|nat|mangle|raw|security|docker-bridges|firewalld|f2b-\S*) /;

/** What {@link FIREWALL_SCRIPT} printed, as facts. Pure. */
export function parseFirewall(text: string): FirewallFacts {
  const all = sections(text);
  const first = (name: string): string => all.get(name)?.[0] ?? '';
  const enabled = (unit: string): boolean => first(`${unit}-enabled`) === 'enabled';

  const firewalld = (active: boolean): FirewallFacts => ({
    kind: 'firewalld',
    active,
    enabledAtBoot: enabled('firewalld'),
    ...(first('zone') === '' ? {} : { zone: first('zone') }),
    runtime: active ? zoneRules(all.get('runtime') ?? []) : [],
    permanent: zoneRules(all.get('permanent') ?? []),
  });
  const ufwConfigured = /^"?yes"?$/i.test(
    first('ufw-conf')
      .replace(/^ENABLED=/i, '')
      .trim(),
  );
  const ufwActive = first('ufw-status') === '' ? ufwConfigured : first('ufw-status') === 'Status: active';
  const ufw = (): FirewallFacts => {
    const rules = (all.get('ufw-rule') ?? []).map(canonicalUfwRule);
    const boot = ufwConfigured && (first('ufw-enabled') === '' || enabled('ufw'));
    return {
      kind: 'ufw',
      active: ufwActive,
      enabledAtBoot: boot,
      runtime: ufwActive ? rules : [],
      permanent: rules,
    };
  };
  const other = (kind: FirewallKind, active: boolean): FirewallFacts => ({
    kind,
    active,
    enabledAtBoot: kind === 'nftables' && enabled('nftables'),
    runtime: [],
    permanent: [],
  });

  const hasFirewalld = first('firewalld') === 'installed';
  const hasUfw = first('ufw') === 'installed';
  // Without root `firewall-cmd --state` may be refused; systemd says it to everyone.
  if (hasFirewalld && (first('firewalld-state') === 'running' || first('firewalld-active') === 'active')) {
    return firewalld(true);
  }
  if (hasUfw && ufwActive) return ufw();
  const filters = (all.get('iptables') ?? []).some((line) => line !== '-P INPUT ACCEPT');
  if (filters) return other('iptables', true);
  const tables = (all.get('nft') ?? []).filter((line) => !NOT_A_HOST_FIREWALL.test(`${line} `));
  const hooks = (all.get('nft') ?? []).some((line) => line === 'inet filter drop');
  if (tables.length > 0 || hooks || first('nftables-active') === 'active') return other('nftables', true);
  // Nothing filters: name what is installed and could come back.
  if (hasFirewalld) return firewalld(false);
  if (hasUfw) return ufw();
  return other('none', false);
}
