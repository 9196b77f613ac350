/** Which firewall a host has, and what it lets in: one read-only script, and the parser of what it prints. */
import type { FirewallFacts } from '../../../shared/plan/facts.js';
import { canonicalUfwRule } from '../../../shared/shell/firewall.js';
import { BUS_FUNCTIONS } from '../../../shared/shell/firewalld-bus.js';
import { type KeptIn, keptRules } from '../../../shared/shell/packet-filter.js';
import { busPairs, busStrings } from './bus-answer.js';
import { sections } from './sections.js';

/**
 * $1: the host's advertise address; firewalld's zone is the one of the interface that has it. Every line is printed
 * with the name of its section before it, so that no output can pass for another section. Run as root where
 * possible; without root the rules stay unknown (empty).
 *
 * A firewalld that runs is asked over D-Bus, all or nothing; where that fails (no busctl, an answer that cannot be
 * read, no permission), by `firewall-cmd`.
 */
export const FIREWALL_SCRIPT = `LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/sbin:/sbin; export PATH
section() { sed "s/^/$1=/"; }
have() { command -v "$1" >/dev/null 2>&1; }
${BUS_FUNCTIONS}unit() {
  have systemctl && [ -d /run/systemd/system ] || return 0
  echo "$1-active=$(systemctl is-active "$1.service" 2>/dev/null)"
  echo "$1-enabled=$(systemctl is-enabled "$1.service" 2>/dev/null)"
}
over_bus() {
  have busctl || return 1
  zone=
  [ -z "$interface" ] || zone=$(bus '' .zone getZoneOfInterface s "$interface" 2>/dev/null)
  case $zone in '' | 's ""') zone=$(bus '' '' getDefaultZone 2>/dev/null) || return 1 ;; esac
  zone=$(bus_text "$zone")
  [ -n "$zone" ] || return 1
  kept=$(bus_text "$(bus /config .config getZoneByName s "$zone" 2>/dev/null)")
  [ -n "$kept" ] || return 1
  kept=\${kept#/org/fedoraproject/FirewallD1}
  runtime_ports=$(bus '' .zone getPorts s "$zone" 2>/dev/null) || return 1
  runtime_rules=$(bus '' .zone getRichRules s "$zone" 2>/dev/null) || return 1
  kept_ports=$(bus "$kept" .config.zone getPorts 2>/dev/null) || return 1
  kept_rules=$(bus "$kept" .config.zone getRichRules 2>/dev/null) || return 1
  printf '%s\\n' "zone=$zone" bus=yes "bus-runtime-ports=$runtime_ports" "bus-runtime-rules=$runtime_rules" \\
    "bus-permanent-ports=$kept_ports" "bus-permanent-rules=$kept_rules"
}
over_programs() {
  zone=
  [ -z "$interface" ] || zone=$(firewall-cmd --get-zone-of-interface="$interface" 2>/dev/null)
  [ -n "$zone" ] || zone=$(firewall-cmd --get-default-zone 2>/dev/null)
  echo "zone=$zone"
  firewall-cmd --zone="$zone" --list-all 2>/dev/null | section runtime
  firewall-cmd --permanent --zone="$zone" --list-all 2>/dev/null | section permanent
}
if have firewall-cmd; then
  echo firewalld=installed
  unit firewalld
  if [ "$(firewalld_state)" = running ]; then
    echo firewalld-state=running
    interface=$(ip -o addr show 2>/dev/null | awk -v a="$1" '{split($4,p,"/"); if (p[1]==a) {print $2; exit}}')
    over_bus || over_programs
  elif [ "$(id -u)" = 0 ] && have firewall-offline-cmd; then
    # Each start of the program costs half a second; the file is where it reads it too.
    zone=$(sed -n 's/^DefaultZone=\\([A-Za-z0-9_-]*\\)[[:space:]]*$/\\1/p' /etc/firewalld/firewalld.conf 2>/dev/null | tail -n 1)
    [ -n "$zone" ] || zone=$(firewall-offline-cmd --get-default-zone 2>/dev/null)
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
  echo root=yes
  have iptables && iptables -S INPUT 2>/dev/null | section iptables
  have ip6tables && ip6tables -S INPUT 2>/dev/null | section ip6tables
  have nft && nft list chains 2>/dev/null | awk '
    $1=="table" {table=$2 " " $3}
    $1=="chain" {chain=$2}
    /type filter hook input/ {print table, chain}' | while read -r family table chain; do
    echo "nft=$family $table $chain"
    nft -nn list chain "$family" "$table" "$chain" 2>/dev/null | sed "s|^|nft-rule=$family $table $chain |"
  done
  boot() { have systemctl && systemctl -q is-enabled "$1.service" 2>/dev/null; }
  kept() {
    [ -f "$2" ] || return 0
    [ "$1" = nftables ] || grep -q '^*filter' "$2" || return 0
    echo "kept-$1=$2"
    grep raftyard- "$2" | section "kept-$1-rule"
  }
  if boot netfilter-persistent; then
    kept iptables /etc/iptables/rules.v4
    kept ip6tables /etc/iptables/rules.v6
  else
    boot iptables && kept iptables /etc/sysconfig/iptables
    boot ip6tables && kept ip6tables /etc/sysconfig/ip6tables
  fi
  if boot nftables; then
    if [ -f /etc/nftables.conf ]; then kept nftables /etc/nftables.conf
    else kept nftables /etc/sysconfig/nftables.conf; fi
  fi
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

/** Rich rules as firewall-cmd lists them: by priority, which is 0 where a rule says none. */
function byPriority(rules: readonly string[]): string[] {
  const priority = (rule: string): number => Number(/^rule priority="(-?\d+)"/.exec(rule)?.[1] ?? 0);
  return [...rules].sort((a, b) => priority(a) - priority(b));
}

/** Chains that iptables-nft keeps, and those of other managers: told by `iptables -S` already, or no filter of the host. */
const NOT_A_HOST_FIREWALL =
  /^(ip6? (filter|mangle|raw|security) INPUT|\S+ (docker-bridges|firewalld|f2b-\S*) .*)$/;

/** Targets after which a packet is let in or goes on; fail2ban, Docker and libvirt refuse nothing of Consul's. */
const HARMLESS = /^(ACCEPT|RETURN|LOG|NFLOG|MARK|CONNMARK|f2b-.*|DOCKER.*|LIBVIRT.*)$/;

/** Whether what `iptables -S INPUT` printed can refuse a packet. */
function filtersInput(lines: readonly string[]): boolean {
  return lines.some((line) => {
    if (line === '-P INPUT DROP') return true;
    const target = / -[jg] (\S+)/.exec(line)?.[1];
    return line.startsWith('-A INPUT') && target !== undefined && !HARMLESS.test(target);
  });
}

/** The chains of nftables that can refuse a packet, as `family table chain`. */
function filteringChains(chains: readonly string[], rules: readonly string[]): string[] {
  return chains.filter((chain) => {
    if (NOT_A_HOST_FIREWALL.test(chain)) return false;
    const own = rules.filter((rule) => rule.startsWith(`${chain} `)).map((rule) => rule.slice(chain.length));
    return own.some((rule) => /\b(policy drop|drop|reject|jump|goto|queue)\b/.test(rule));
  });
}

const MARK = 'raftyard-';

/** What {@link FIREWALL_SCRIPT} printed, as facts. Pure. */
export function parseFirewall(text: string): FirewallFacts {
  const all = sections(text);
  const first = (name: string): string => all.get(name)?.[0] ?? '';
  const enabled = (unit: string): boolean => first(`${unit}-enabled`) === 'enabled';

  const bus = first('bus') === 'yes';
  const rulesOf = (what: 'runtime' | 'permanent'): string[] =>
    bus
      ? [
          ...busPairs(first(`bus-${what}-ports`)).map(([port, protocol]) => `${port}/${protocol}`),
          ...byPriority(busStrings(first(`bus-${what}-rules`)).map((rule) => rule.trim())),
        ]
      : zoneRules(all.get(what) ?? []);
  const firewalld = (active: boolean): FirewallFacts => ({
    kind: 'firewalld',
    active,
    enabledAtBoot: enabled('firewalld'),
    ...(first('zone') === '' ? {} : { zone: first('zone') }),
    ...(active && bus ? { bus } : {}),
    runtime: active ? rulesOf('runtime') : [],
    permanent: rulesOf('permanent'),
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
  const keptIn = (...programs: (keyof KeptIn)[]): { readonly keptIn?: KeptIn } => {
    const files = programs.flatMap((program) => {
      const file = first(`kept-${program}`);
      return file === '' ? [] : [[program, file] as const];
    });
    return files.length === 0 ? {} : { keptIn: Object.fromEntries(files) };
  };
  const kept = (program: keyof KeptIn): string[] => keptRules(program, all.get(`kept-${program}-rule`) ?? []);
  const running = (program: 'iptables' | 'ip6tables'): string[] =>
    keptRules(
      program,
      (all.get(program) ?? []).filter((line) => line.includes(MARK)),
    );
  const iptables = (): FirewallFacts => {
    const files = keptIn('iptables', 'ip6tables');
    return {
      kind: 'iptables',
      active: true,
      enabledAtBoot: files.keptIn !== undefined,
      ...files,
      runtime: [...running('iptables'), ...running('ip6tables')],
      permanent: [...kept('iptables'), ...kept('ip6tables')],
    };
  };
  const nftables = (chains: readonly string[]): FirewallFacts => ({
    kind: 'nftables',
    active: true,
    enabledAtBoot: enabled('nftables'),
    chains,
    ...keptIn('nftables'),
    runtime: (all.get('nft-rule') ?? []).flatMap((line) => {
      const chain = chains.find((name) => line.startsWith(`${name} `));
      return chain === undefined || !line.includes(MARK)
        ? []
        : [`${chain} ${line.slice(chain.length).trim()}`];
    }),
    permanent: kept('nftables'),
  });

  const hasFirewalld = first('firewalld') === 'installed';
  const hasUfw = first('ufw') === 'installed';
  // Without root `firewall-cmd --state` may be refused; systemd says it to everyone.
  if (hasFirewalld && (first('firewalld-state') === 'running' || first('firewalld-active') === 'active')) {
    return firewalld(true);
  }
  if (hasUfw && ufwActive) return ufw();
  if (filtersInput(all.get('iptables') ?? []) || filtersInput(all.get('ip6tables') ?? [])) return iptables();
  const chains = filteringChains(all.get('nft') ?? [], all.get('nft-rule') ?? []);
  // Without root nobody can say what the rules of a service that runs are.
  const unseen = first('root') === '' && first('nftables-active') === 'active';
  if (chains.length > 0 || unseen) return nftables(chains);
  // Nothing filters: name what is installed and could come back.
  if (hasFirewalld) return firewalld(false);
  if (hasUfw) return ufw();
  return { kind: 'none', active: false, enabledAtBoot: false, runtime: [], permanent: [] };
}
