/**
 * Firewall rules and commands as data: the one source for the plan, the export and the hosts.
 *
 * firewalld is never reloaded: a reload flushes the chains that Docker made (moby #28476). Rules are given to the
 * running firewall and to its permanent configuration instead.
 */
import { BUS_RULES, type BusVerb, busShown } from './firewalld-bus.js';
import {
  closeShown,
  iptablesRules,
  isPacketFilter,
  type KeptIn,
  nftRules,
  openShown,
  type PacketFilter,
} from './packet-filter.js';
import { commandLine } from './quote.js';
import { ipv4Network } from './subnet.js';

/** The firewalls that Raftyard starts and stops. */
export type ManagedFirewall = 'firewalld' | 'ufw';
/** Those in which it opens ports. */
export type OpenableFirewall = ManagedFirewall | PacketFilter;

export const isManaged = (kind: string): kind is ManagedFirewall => kind === 'firewalld' || kind === 'ufw';
export const isOpenable = (kind: string): kind is OpenableFirewall => isManaged(kind) || isPacketFilter(kind);

export interface FirewallRule {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly from: 'cluster' | 'any';
}

export interface FirewallTarget {
  /** firewalld zone; the default zone when absent. */
  readonly zone?: string;
  /** firewalld that is not running: its files are written directly. */
  readonly offline?: boolean;
  /** iptables, nftables: the files that are loaded at boot. */
  readonly keptIn?: KeptIn;
  /** firewalld: by `busctl` over D-Bus, in place of `firewall-cmd`. */
  readonly bus?: true;
}

/** How rules are given to a firewall as it was found: over D-Bus where that is possible, and no slower. */
export function ruleTarget(
  { zone, keptIn, bus }: Omit<FirewallTarget, 'offline'>,
  rules: readonly string[],
): FirewallTarget {
  return {
    ...(zone === undefined ? {} : { zone }),
    ...(keptIn === undefined ? {} : { keptIn }),
    ...(bus === true && zone !== undefined && rules.length <= BUS_RULES ? { bus } : {}),
  };
}

const ADDRESS = /^[0-9a-f:.]+$/;

/** Lower case, as both firewalls print addresses back; anything but an IP address or an IPv4 subnet is refused. */
function plainAddress(text: string): string {
  if (ipv4Network(text) === text) return text;
  const address = text.toLowerCase();
  if (!ADDRESS.test(address) || !(address.includes('.') || address.includes(':'))) {
    throw new TypeError(`not an IP address: ${JSON.stringify(text)}`);
  }
  return address;
}

function plainLabel(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]+/g, '-').slice(0, 64);
}

function firewalldRules(rule: FirewallRule, sources: readonly string[]): string[] {
  if (rule.from === 'any') return [`${rule.port}/${rule.protocol}`];
  return sources.map((source) => {
    const family = source.includes(':') ? 'ipv6' : 'ipv4';
    return `rule family="${family}" source address="${source}" port port="${rule.port}" protocol="${rule.protocol}" accept`;
  });
}

function ufwRules(rule: FirewallRule, sources: readonly string[], label: string): string[] {
  const comment = label === '' ? '' : ` comment ${label}`;
  return (rule.from === 'any' ? ['any'] : sources).map(
    (source) => `allow proto ${rule.protocol} from ${source} to any port ${rule.port}${comment}`,
  );
}

/**
 * The rules that open ports, in the firewall's own words, without duplicates and in a stable order.
 *
 * firewalld: rich rules, and `port/protocol` for rules from anywhere, as `firewall-cmd --list-rich-rules` and
 * `--list-ports` print them. ufw: the words after `ufw`, separated by single blanks (see {@link canonicalUfwRule}).
 * iptables and nftables: as {@link iptablesRules} and {@link nftRules} say.
 *
 * @param sources IP addresses (no prefix) or IPv4 subnets that rules `from: 'cluster'` let in.
 * @param label Marks rules as ours, in their comment; firewalld has no place for it.
 * @param chains nftables: the chains that filter what comes in.
 * @throws TypeError when a source is not an IP address.
 */
export function firewallRules(
  kind: OpenableFirewall,
  rules: readonly FirewallRule[],
  sources: readonly string[],
  label: string,
  chains: readonly string[] = [],
): string[] {
  const addresses = [...new Set(sources.map(plainAddress))];
  const mark = plainLabel(label);
  const words = (rule: FirewallRule): string[] => {
    switch (kind) {
      case 'firewalld':
        return firewalldRules(rule, addresses);
      case 'ufw':
        return ufwRules(rule, addresses, mark);
      case 'iptables':
        return iptablesRules(rule, addresses, mark);
      case 'nftables':
        return nftRules(rule, addresses, mark, chains);
    }
  };
  return [...new Set(rules.flatMap(words))];
}

/** ufw's rule without its comment. */
function withoutComment(rule: string): string {
  return rule.replace(/ comment .*$/, '');
}

/**
 * Whether a rule is among those present. ufw knows a rule by what it lets in and not by its comment: adding one that
 * someone else made would only change that one's comment, and removing it would remove theirs.
 */
export function hasRule(kind: string, present: readonly string[], rule: string): boolean {
  if (kind !== 'ufw') return present.includes(rule);
  const wanted = withoutComment(rule);
  return present.some((entry) => withoutComment(entry) === wanted);
}

/**
 * A line of `ufw show added` in the form that {@link firewallRules} gives; other rules keep their own words.
 *
 * `ufw allow from 10.0.0.2 to any port 8301 proto udp comment 'x'` → `allow proto udp from 10.0.0.2 to any port 8301 comment x`
 */
export function canonicalUfwRule(line: string): string {
  const text = line.trim().replace(/^ufw /, '');
  const comment = / comment '([^']*)'$/.exec(text);
  const rule = comment === null ? text : text.slice(0, comment.index);
  const tail = comment === null ? '' : ` comment ${comment[1] ?? ''}`;
  const simple = /^allow (\d+)\/(tcp|udp)$/.exec(rule);
  if (simple !== null) return `allow proto ${simple[2]} from any to any port ${simple[1]}${tail}`;
  const full = /^allow from (\S+) to any port (\d+) proto (tcp|udp)$/.exec(rule);
  if (full !== null) return `allow proto ${full[3]} from ${full[1]} to any port ${full[2]}${tail}`;
  return text;
}

const isRich = (rule: string): boolean => rule.startsWith('rule ');

/** firewall-cmd takes either ports or rich rules in one call, not both: at most one call for each. */
function firewalldCommands(verb: BusVerb, rules: readonly string[], target: FirewallTarget): string[][] {
  const zone = target.zone === undefined ? [] : [`--zone=${target.zone}`];
  const groups = [
    rules.filter(isRich).map((rule) => `--${verb}-rich-rule=${rule}`),
    rules.filter((rule) => !isRich(rule)).map((rule) => `--${verb}-port=${rule}`),
  ].filter((group) => group.length > 0);
  if (target.offline === true) return groups.map((group) => ['firewall-offline-cmd', ...zone, ...group]);
  // Permanent first: should the second call fail, the next start of firewalld still knows the rules.
  return [
    ...groups.map((group) => ['firewall-cmd', '--permanent', ...zone, ...group]),
    ...groups.map((group) => ['firewall-cmd', ...zone, ...group]),
  ];
}

/**
 * Command lines (as root) that add rules to the running firewall and to its permanent configuration. Rules that are
 * there already are left as they are.
 */
export function openCommands(
  kind: ManagedFirewall,
  rules: readonly string[],
  target: FirewallTarget = {},
): string[][] {
  if (kind === 'firewalld') return firewalldCommands('add', rules, target);
  return rules.map((rule) => ['ufw', ...rule.split(' ')]);
}

/** Command lines (as root) that take rules away; rules that are not there do no harm. */
export function closeCommands(
  kind: ManagedFirewall,
  rules: readonly string[],
  target: FirewallTarget = {},
): string[][] {
  if (kind === 'firewalld') return firewalldCommands('remove', rules, target);
  return rules.map((rule) => ['ufw', 'delete', ...withoutComment(rule).split(' ')]);
}

const overBus = (verb: BusVerb, rules: readonly string[], { bus }: FirewallTarget): string[] =>
  bus === true ? [busShown(verb, rules)] : [];

/**
 * What opening does on a host, line by line, for people to read before they agree: the command lines, and whether it
 * goes over D-Bus in their place.
 */
export function opening(
  kind: OpenableFirewall,
  rules: readonly string[],
  target: FirewallTarget = {},
): string[] {
  if (isManaged(kind))
    return [...openCommands(kind, rules, target).map(commandLine), ...overBus('add', rules, target)];
  return openShown(kind, rules, target.keptIn ?? {});
}

/** What closing does on a host, line by line. */
export function closing(
  kind: OpenableFirewall,
  rules: readonly string[],
  target: FirewallTarget = {},
): string[] {
  if (isManaged(kind))
    return [...closeCommands(kind, rules, target).map(commandLine), ...overBus('remove', rules, target)];
  return closeShown(kind, rules, target.keptIn ?? {});
}

/** Command lines (as root) that stop the firewall and keep it from starting at boot. */
export function disableCommands(kind: ManagedFirewall): string[][] {
  if (kind === 'ufw') return [['ufw', 'disable']];
  return [
    ['systemctl', 'stop', 'firewalld.service'],
    ['systemctl', 'disable', 'firewalld.service'],
  ];
}

/** Command lines (as root) that bring the firewall back: running, started at boot, or both. */
export function enableCommands(
  kind: ManagedFirewall,
  { start, boot }: { readonly start: boolean; readonly boot: boolean },
): string[][] {
  // ufw has one switch for both; without --force it asks.
  if (kind === 'ufw') return start || boot ? [['ufw', '--force', 'enable']] : [];
  return [
    ...(boot ? [['systemctl', 'enable', 'firewalld.service']] : []),
    ...(start ? [['systemctl', 'start', 'firewalld.service']] : []),
  ];
}

/** Command lines that show whether the firewall runs, for people to type. */
export function stateCommands(kind: ManagedFirewall): string[][] {
  return kind === 'ufw' ? [['ufw', 'status', 'verbose']] : [['firewall-cmd', '--state']];
}
