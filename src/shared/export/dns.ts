/** Names in exports: one script for every format, which does by hand what the app does on a host. */
import { resolverFile } from '../desired/index.js';
import type { DesiredDns, DesiredNode } from '../desired/types.js';
import { commandLine, quote } from '../shell/quote.js';
import { code, shellBlock } from './text.js';
import type { ExportedFile } from './types.js';

export const DNS_SCRIPT = 'consul-dns.sh';

/**
 * Adds to the two lists of daemon.json; all else in it stays, and the whole text where nothing is to be added. Only where
 * there is something to keep.
 */
const MERGE = `import json, sys
path, dns, search = sys.argv[1], sys.argv[2].split(), sys.argv[3].split()
text = open(path).read()
value, before = json.loads(text), json.loads(text)
for key, ours in (("dns", dns), ("dns-search", search)):
    there = [entry for entry in value.get(key, []) if entry not in ours]
    new = ours[:1] + there + ours[1:] if key == "dns" else there + ours
    if new:
        value[key] = new
if value == before:
    sys.stdout.write(text)
else:
    json.dump(value, sys.stdout, indent=2)
    print()`;

/** Only what the parts that follow read. */
const settings = (dns: DesiredDns, workdir: string): string[] => [
  ...(dns.containers
    ? [
        `bridge=${quote(dns.bridge)}`,
        `upstream=${quote(dns.upstream.join(' '))}`,
        `search=${quote(dns.search.join(' '))}`,
        `keep=${quote(`${workdir}/dns-before`)}`,
        'daemon=/etc/docker/daemon.json',
        `merge=${quote(MERGE)}`,
      ]
    : []),
  ...(dns.hosts ? [`resolver=${quote(dns.resolverPath)}`] : []),
];

const HEAD = [
  '#!/bin/sh',
  '# Lets this host’s containers ask Consul for names, or the host itself. Written by Raftyard.',
  '#',
  '#   consul-dns.sh          do it; the Docker engine is restarted where its file changes, and its containers with it',
  '#   consul-dns.sh --undo   put back what was there',
  '#',
  '# Run it as root when the agent of this host answers; on one host after another.',
  'set -eu',
  'umask 022',
];

const FUNCTIONS = `say() {
  printf '%s\\n' "$*"
}
fail() {
  printf 'consul-dns.sh: %s\\n' "$*" >&2
  exit 1
}`;

const RESTART = `# systemd starts Docker three times a minute and then no more: a run, its undo and another run are not too many.
engine() {
  systemctl reset-failed docker 2>/dev/null || true
  systemctl restart docker
}
# The engine with another file, or with the one that it had.
restart() {
  if engine; then
    say "changed: $daemon; the engine was restarted"
    return 0
  fi
  if [ -e "$keep/daemon.json" ]; then cp -p "$keep/daemon.json" "$daemon"; else rm -f "$daemon"; fi
  engine || true
  rm -f "$keep/written"
  fail "The engine does not start with the changed $daemon; it has its former one again. See: journalctl -u docker"
}`;

const START = `undo=no
case \${1-} in
  '') ;;
  --undo) undo=yes ;;
  *)
    say 'usage: consul-dns.sh [--undo]' >&2
    exit 64
    ;;
esac
[ "$(id -u)" = 0 ] || fail 'Run this script as root.'`;

const UNDO_CONTAINERS = `  if [ -e "$keep/written" ]; then
    cmp -s "$keep/written" "$daemon" ||
      fail "$daemon was edited since; take dns and dns-search out of it by hand, restart Docker, and remove $keep"
    if [ -e "$keep/daemon.json" ]; then cp -p "$keep/daemon.json" "$daemon"; else rm -f "$daemon"; fi
    engine
    say "changed: $daemon is as it was; the engine was restarted"
    rm -rf "$keep"
  fi`;

const CONTAINERS = `# The address of Docker's bridge, on which Consul listens.
address=$(ip -4 -o addr show dev "$bridge" 2>/dev/null | sed -n 's/.* inet \\([0-9.]*\\)\\/.*/\\1/p' | head -n 1)
[ -n "$address" ] || fail "There is no bridge $bridge with an IPv4 address. Does Docker run?"
if [ -z "$upstream" ]; then
  # What the host asks now, stubs on loopback left out.
  upstream=$(cat /run/systemd/resolve/resolv.conf /etc/resolv.conf 2>/dev/null |
    sed -n 's/^nameserver[[:space:]]*\\([^[:space:]]*\\).*/\\1/p' |
    grep -v -e '^127\\.' -e '^::1$' -e '^fe80:' -e "^$address$" | awk '!seen[$0]++' | tr '\\n' ' ')
fi
if [ -r /var/run/docker.pid ] && tr '\\000' '\\n' <"/proc/$(cat /var/run/docker.pid)/cmdline" | grep -q -e '^--dns'; then
  fail 'The engine is started with --dns by its service, and refuses the same in daemon.json. Move the options there first.'
fi
mkdir -p "$keep" "\${daemon%/*}"
chmod 700 "$keep"
# What this script wrote is written anew from what was there before it.
base=$daemon
if [ -e "$keep/written" ] && cmp -s "$keep/written" "$daemon"; then base=$keep/daemon.json; fi
if [ -s "$base" ]; then
  command -v python3 >/dev/null 2>&1 ||
    fail "Without python3 $daemon cannot be merged. Add to it by hand: dns with $address and then $upstream, dns-search with $search"
  python3 -c "$merge" "$base" "$address $upstream" "$search" >"$keep/new" || fail "$daemon cannot be read; nothing was changed."
else
  list() {
    for word in "$@"; do printf '%s"%s"' "\${comma-}" "$word"; comma=', '; done
    comma=
  }
  # shellcheck disable=SC2086 # words
  {
    printf '{\\n  "dns": [%s]' "$(list $address $upstream)"
    [ -z "$search" ] || printf ',\\n  "dns-search": [%s]' "$(list $search)"
    printf '\\n}\\n'
  } >"$keep/new"
fi
if cmp -s "$keep/new" "$daemon"; then
  rm -f "$keep/new"
  rmdir "$keep" 2>/dev/null || true
  say "$daemon is as it should be"
elif [ -e "$keep/written" ] && [ "$base" = "$daemon" ]; then
  rm -f "$keep/new"
  fail "$daemon was edited since; give it dns with $address and then $upstream, and dns-search with $search, by hand, and restart Docker"
else
  if [ ! -e "$keep/written" ]; then
    rm -f "$keep/daemon.json"
    [ ! -e "$daemon" ] || cp -p "$daemon" "$keep/daemon.json"
  fi
  cp "$keep/new" "$keep/written"
  cat "$keep/new" >"$daemon"
  rm -f "$keep/new"
  restart
fi`;

const UNDO_HOSTS = `  if [ -e "$resolver" ]; then
    rm -f "$resolver"
    systemctl restart systemd-resolved
    say "changed: $resolver is gone"
  fi`;

function hostsPart(dns: DesiredDns): string[] {
  const server = dns.at === 'bridge' ? '$address' : '127.0.0.1';
  const text = resolverFile(server, dns.port).trimEnd();
  return [
    '# systemd-resolved asks Consul for .consul; other names are resolved as before.',
    "systemctl -q is-active systemd-resolved || fail 'systemd-resolved does not run here.'",
    `content="${text.replaceAll('`', '')}"`,
    'if [ "$(cat "$resolver" 2>/dev/null)" != "$content" ]; then',
    `  mkdir -p "\${resolver%/*}"`,
    `  printf '%s\\n' "$content" >"$resolver"`,
    '  systemctl restart systemd-resolved',
    '  say "changed: $resolver"',
    'fi',
  ];
}

/** consul-dns.sh of a node; undefined where nobody asks Consul for names. */
export function dnsScript({ dns, workdir }: DesiredNode): string | undefined {
  if (dns === undefined) return undefined;
  const lines = [
    ...HEAD,
    '',
    ...settings(dns, workdir),
    FUNCTIONS,
    ...(dns.containers ? [RESTART] : []),
    '',
    START,
    '',
    'if [ "$undo" = yes ]; then',
    ...(dns.hosts ? [UNDO_HOSTS] : []),
    ...(dns.containers ? [UNDO_CONTAINERS] : []),
    '  exit 0',
    'fi',
    '',
    ...(dns.containers ? [CONTAINERS] : []),
    ...(dns.hosts ? hostsPart(dns) : []),
  ];
  return `${lines.join('\n').replaceAll('’', "'")}\n`;
}

/** The script in a host's folder. */
export function dnsFiles(node: DesiredNode): ExportedFile[] {
  const content = dnsScript(node);
  return content === undefined ? [] : [{ path: DNS_SCRIPT, mode: 0o755, content }];
}

/** How containers get past the host's own packet filter. */
export function bridgeRules({ dns, firewall }: DesiredNode): string[] {
  if (dns?.containers !== true || firewall.mode === 'disable') return [];
  const rule = (protocol: string): string =>
    commandLine(
      ['iptables', '-I', 'INPUT', '-i', dns.bridge, '-p', protocol].concat('--dport', '53', '-j', 'ACCEPT'),
    );
  return [
    'firewalld lets containers reach the bridge by itself; ufw and iptables need a rule for it. firewalld 默认放行容器访问网桥;ufw 和 iptables 需要添加规则:',
    shellBlock([
      commandLine(['ufw', 'allow', 'in', 'on', dns.bridge, 'to', 'any', 'port', '53']),
      ...['udp', 'tcp'].map(rule),
    ]),
  ];
}

/** What a host's README says of names. */
export function dnsSection(node: DesiredNode): string[] {
  const { dns } = node;
  if (dns === undefined) return [];
  return [
    '## DNS',
    dns.containers
      ? `Consul answers DNS on port ${dns.port} of Docker’s bridge ${code(dns.bridge)}. ${code(DNS_SCRIPT)} lets containers ask it: it adds to ${code('/etc/docker/daemon.json')} and restarts the engine, and its containers with it. Containers that survive that ask Consul from their next start. One host after another, when the agent answers.`
      : `${code(DNS_SCRIPT)} lets this host ask Consul for names below .consul, by systemd-resolved.`,
    'agent 启动并应答后,逐台以 root 执行(容器 DNS 需重启 Docker 引擎):',
    shellBlock([`sh ${DNS_SCRIPT}`]),
    ...(dns.upstream.length === 0
      ? [
          'The document names no servers for other names: the script takes those that the host has, and Consul itself answers for .consul only. 文档未写明其他名称的服务器:脚本使用主机当前的服务器。',
        ]
      : []),
    ...bridgeRules(node),
    'Undo it before the agents go. 移除 agent 之前请先恢复:',
    shellBlock([`sh ${DNS_SCRIPT} --undo`]),
  ];
}
