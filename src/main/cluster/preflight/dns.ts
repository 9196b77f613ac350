/** How a host resolves names: its own resolvers, systemd-resolved, the engine's bridge and what tells it whom to ask. */
import { DEFAULT_BRIDGE } from '../../../shared/desired/index.js';
import type { DesiredNode } from '../../../shared/desired/types.js';
import type { DnsFacts, EngineFileFacts, ResolvedFacts } from '../../../shared/plan/dns-facts.js';
import type { HostState, ReachableFacts } from '../../../shared/plan/facts.js';
import {
  DOCKER_OPTS_PATH,
  dnsFlags,
  type EngineFile,
  readEngineFile,
} from '../../../shared/shell/engine-file.js';
import { BUS_FUNCTIONS } from '../../../shared/shell/firewalld-bus.js';
import { ipv4Network } from '../../../shared/shell/subnet.js';
import { isIpAddress, isLoopback } from '../../../shared/topology/index.js';
import { busSetting } from '../../host/firewall/bus-answer.js';
import type { Sections } from '../../host/firewall/sections.js';
import { sha256 } from '../sha256.js';
import type { Engine } from './docker.js';
import { clean } from './parse.js';

/**
 * As root where possible, read-only. $1: the file of ours that systemd-resolved reads; $2: the directory where we keep
 * what was there before. Files go through base64, since they may hold anything. Which bridge is the engine's only its API
 * tells for sure: asked is about its default name and those that it was told, by D-Bus where that is there (firewalld's
 * own program takes a quarter of a second a question).
 */
export const DNS_SCRIPT = `LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/sbin:/sbin; export PATH
section() { sed "s/^/$1=/"; }
have() { command -v "$1" >/dev/null 2>&1; }
${BUS_FUNCTIONS}file() {
  [ -e "$2" ] || return 0
  echo "$1-mode=$(stat -L -c %a -- "$2" 2>/dev/null)"
  echo "$1-size=$(stat -L -c %s -- "$2" 2>/dev/null)"
  echo "$1=$(head -c 262144 -- "$2" | base64 | tr -d '\\n')"
}
pid=$(cat /var/run/docker.pid 2>/dev/null || pidof dockerd 2>/dev/null)
pid=\${pid%% *}
config=/etc/docker/daemon.json
if [ -n "$pid" ] && [ -r "/proc/$pid/cmdline" ]; then
  tr '\\000' '\\n' < "/proc/$pid/cmdline" | section arg
  next=
  named=$(tr '\\000' '\\n' < "/proc/$pid/cmdline" | sed -n 's/^--config-file=//p; /^--config-file$/{n;p}' | tail -n 1)
  [ -z "$named" ] || config=$named
fi
echo "config-path=$config"
file config "$config"
file opts ${DOCKER_OPTS_PATH}
if have systemctl && [ -d /run/systemd/system ]; then
  systemctl show docker.service -p EnvironmentFiles 2>/dev/null | sed -n 's/^EnvironmentFiles=//p' | section unit-env
  systemctl show docker.service -p ExecStart 2>/dev/null | section unit-exec
  echo "resolved=$(systemctl is-active systemd-resolved.service 2>/dev/null)"
  systemctl --version 2>/dev/null | head -n 1 | section systemd
fi
sed 's/[#;].*//' /etc/resolv.conf 2>/dev/null | grep -E '^(nameserver|search|domain)[[:space:]]' | section resolv
sed 's/[#;].*//' /run/systemd/resolve/resolv.conf 2>/dev/null | grep -E '^(nameserver|search)[[:space:]]' | section uplink
grep '^hosts:' /etc/nsswitch.conf 2>/dev/null | section nss
if have resolvectl; then resolvectl dns 2>/dev/null | section global; fi
file ours "$1"
[ -e "$2/engine.pending" ] && echo pending=yes
bridge_over_bus() {
  have busctl || return 1
  zone=$(bus '' .zone getZoneOfInterface s "$1" 2>/dev/null) || return 1
  [ "$zone" != 's ""' ] || return 0
  zone=$(bus_text "$zone")
  [ -n "$zone" ] || return 1
  settings=$(bus '' .zone getZoneSettings2 s "$zone" 2>/dev/null) || return 1
  printf 'bridge-settings=%s %s\\n' "$1" "$settings"
}
bridge_over_programs() {
  zone=$(firewall-cmd --get-zone-of-interface="$1" 2>/dev/null)
  [ -z "$zone" ] || firewall-cmd --zone="$zone" --list-all 2>/dev/null | sed -n 's/^ *target: //p' | sed "s/^/bridge-target=$1 /"
}
if have firewall-cmd && [ "$(firewalld_state)" = running ]; then
  for path in /sys/class/net/*/bridge; do
    [ -d "$path" ] || continue
    bridge=\${path%/bridge}; bridge=\${bridge##*/}
    [ "$bridge" = ${DEFAULT_BRIDGE} ] || grep -qsF -- "$bridge" "$config" "/proc/$pid/cmdline" || continue
    bridge_over_bus "$bridge" || bridge_over_programs "$bridge"
  done
fi
exit 0
`;

const first = (all: Sections, name: string): string => all.get(name)?.[0] ?? '';

/** What firewalld does with traffic of a bridge's zone that no rule names. */
function targetOf(all: Sections, bridge: string): string | undefined {
  const of = (name: string): string | undefined =>
    all
      .get(name)
      ?.find((line) => line.startsWith(`${bridge} `))
      ?.slice(bridge.length + 1);
  const settings = of('bridge-settings');
  return settings === undefined ? of('bridge-target') : busSetting(settings, 'target');
}

function engineFile(all: Sections, kind: EngineFile, name: string, path: string): EngineFileFacts {
  const encoded = all.get(name)?.[0];
  const none = { path, used: false, mode: 0o644, dns: [], search: [] };
  if (encoded === undefined) return { ...none, state: 'absent' };
  const bytes = Buffer.from(encoded, 'base64');
  const text = bytes.toString('utf8');
  const found = {
    ...none,
    sha256: sha256(bytes),
    mode: Number.parseInt(first(all, `${name}-mode`), 8) || 0o644,
  };
  const whole = Number(first(all, `${name}-size`)) === bytes.length;
  // Bytes that are no UTF-8 would be lost when it is written.
  const problem = !whole
    ? 'it is larger than 256 KiB'
    : Buffer.from(text, 'utf8').equals(bytes)
      ? undefined
      : 'it is not in UTF-8';
  const read = readEngineFile(kind, text);
  if (problem !== undefined || !read.good)
    return { ...found, state: 'bad', used: true, problem: problem ?? (read.good ? '' : read.problem) };
  return { ...found, state: 'good', used: read.used, dns: read.dns, search: read.search };
}

/** The words of a kind of line, in order, each once. */
function words(lines: readonly string[], kind: RegExp): string[] {
  return [
    ...new Set(lines.filter((line) => kind.test(line)).flatMap((line) => line.trim().split(/\s+/).slice(1))),
  ];
}

const isServer = (address: string): boolean =>
  isIpAddress(address) && !isLoopback(address) && !/^fe80:/i.test(address);

/** What the host asks now; ours and loopback left out, and what hides behind a stub taken in its place. */
export function resolversOf(
  all: Sections,
  ours: readonly string[],
): { resolvers: string[]; search: string[] } {
  const plain = all.get('resolv') ?? [];
  const uplink = all.get('uplink') ?? [];
  const stubbed = words(plain, /^nameserver/).some((address) => /^127\.0\.0\.5[34]$/.test(address));
  const servers = [...(stubbed ? words(uplink, /^nameserver/) : []), ...words(plain, /^nameserver/)];
  const search = words(plain, /^search/);
  return {
    resolvers: [...new Set(servers.filter((address) => isServer(address) && !ours.includes(address)))],
    search: (search.length > 0 ? search : words(plain, /^domain/))
      .map((domain) => clean(domain, 253))
      .filter((domain) => domain !== '.'),
  };
}

/** Servers on the line `Global: 192.0.2.1 127.0.0.1:8600#name` of `resolvectl dns`. */
function resolvedFacts(all: Sections, ours: readonly string[]): ResolvedFacts | undefined {
  const state = first(all, 'resolved');
  if (state === '') return undefined;
  const file = all.get('ours')?.[0];
  const stub = words(all.get('resolv') ?? [], /^nameserver/).some((a) => /^127\.0\.0\.5[34]$/.test(a));
  const nss = /\bresolve\b/.test(first(all, 'nss'));
  const global = (all.get('global') ?? []).find((line) => line.startsWith('Global:')) ?? '';
  return {
    active: state === 'active',
    version: Number(/^systemd (\d+)/.exec(first(all, 'systemd'))?.[1] ?? 0),
    asked: stub || nss,
    global: global
      .slice('Global:'.length)
      .trim()
      .split(/\s+/)
      .map((server) => clean(server, 60).replace(/#.*$/, ''))
      .filter(
        (server) => server !== '' && !ours.includes(server.replace(/:\d+$/, '')) && !/^127\./.test(server),
      ),
    ...(file === undefined ? {} : { sha256: sha256(Buffer.from(file, 'base64')) }),
  };
}

/** What the script printed, with what Docker said, as facts. Pure. */
export function parseDns(
  all: Sections,
  engine: Pick<DnsFacts, 'subnets' | 'running'> & { readonly bridge?: string },
  addresses: ReachableFacts['addresses'],
): DnsFacts {
  const address = addresses.find(
    (entry) => entry.interface === engine.bridge && !entry.address.includes(':'),
  )?.address;
  const bridge =
    engine.bridge === undefined || address === undefined ? undefined : { interface: engine.bridge, address };
  const ours = address === undefined ? [] : [address];
  const read =
    (all.get('unit-env') ?? []).some((line) => line.startsWith(DOCKER_OPTS_PATH)) &&
    (all.get('unit-exec') ?? []).some((line) => /\$\{?DOCKER_OPTS\}?/.test(line));
  const resolved = resolvedFacts(all, ours);
  return {
    ...(bridge === undefined ? {} : { bridge }),
    subnets: engine.subnets,
    bridgeTrusted: engine.bridge !== undefined && targetOf(all, engine.bridge) === 'ACCEPT',
    ...resolversOf(all, ours),
    daemonJson: engineFile(all, 'daemon-json', 'config', clean(first(all, 'config-path'), 255)),
    ...(read ? { dockerOpts: engineFile(all, 'docker-opts', 'opts', DOCKER_OPTS_PATH) } : {}),
    flags: dnsFlags(all.get('arg') ?? []),
    pending: first(all, 'pending') === 'yes',
    running: engine.running,
    ...(resolved === undefined ? {} : { resolved }),
  };
}

/** States of containers that `docker ps` shows without being asked for all. */
const UP: ReadonlySet<string> = new Set(['running', 'paused', 'restarting']);

/** The engine's bridge, its networks' subnets, and who else runs. */
async function engineFacts(engine: Engine, own: string | undefined) {
  const [networks, listed] = await Promise.all([
    engine.docker.listNetworks({ filters: { driver: ['bridge'] } }),
    engine.containers(),
  ]);
  const infos = await Promise.all(
    listed.filter(({ State }) => UP.has(State)).map((entry) => engine.container(entry.Id).catch(() => null)),
  );
  const standard = networks.find(({ Name }) => Name === 'bridge');
  const bridge =
    standard === undefined
      ? undefined
      : (standard.Options?.['com.docker.network.bridge.name'] ?? DEFAULT_BRIDGE);
  return {
    ...(bridge === undefined ? {} : { bridge: clean(bridge, 15) }),
    subnets: [
      ...new Set(
        networks
          .flatMap((network) => (network.IPAM?.Config ?? []).map((config) => config.Subnet ?? ''))
          .flatMap((subnet) => ipv4Network(subnet) ?? []),
      ),
    ].sort(),
    running: infos
      .flatMap((info) => {
        const name = info?.Name.replace(/^\//, '');
        if (info === null || name === undefined || name === own) return [];
        const policy = info.HostConfig.RestartPolicy?.Name ?? '';
        return [{ name, returns: policy !== '' && policy !== 'no' }];
      })
      .sort((a, b) => a.name.localeCompare(b.name)),
  };
}

/** Facts of names; none where {@link DNS_SCRIPT} was not asked, or no engine answers. */
export async function dnsFacts(
  engine: Engine | undefined,
  node: DesiredNode | undefined,
  known: {
    /** What the script printed. */
    readonly names: Sections;
    readonly addresses: ReachableFacts['addresses'];
    readonly state: HostState | undefined;
  },
): Promise<{ readonly dns?: DnsFacts }> {
  const wanted = node !== undefined && (node.dns !== undefined || known.state?.dns !== undefined);
  if (!wanted || engine === undefined) return {};
  return {
    dns: parseDns(known.names, await engineFacts(engine, node.container.name), known.addresses),
  };
}
