/** Which Consul may follow which on the same data. */

interface Version {
  readonly major: number;
  readonly minor: number;
  /** Absent for a floating tag such as `1.22`. */
  readonly patch?: number;
}

function parse(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text.trim());
  if (match === null) return undefined;
  const patch = match[3] === undefined ? {} : { patch: Number(match[3]) };
  return { major: Number(match[1]), minor: Number(match[2]), ...patch };
}

/** Negative, zero or positive; a missing patch is equal to any. */
function compare(a: Version, b: Version): number {
  if (a.major !== b.major) return a.major - b.major;
  if (a.minor !== b.minor) return a.minor - b.minor;
  return a.patch === undefined || b.patch === undefined ? 0 : a.patch - b.patch;
}

/** 1.0 came after 0.9, and 2.0 after 1.22. */
const LAST_MINOR = [9, 22];

/** Position in Consul's sequence of releases with a new first or second number; undefined beyond what is known. */
function position({ major, minor }: Version): number | undefined {
  if (major > LAST_MINOR.length) return undefined;
  return LAST_MINOR.slice(0, major).reduce((sum, last) => sum + last + 1, minor);
}

/**
 * Jumps wider than two releases that Consul has its own instructions for, and so the stops of a long way:
 * https://developer.hashicorp.com/consul/docs/upgrade/instructions
 */
const STOPS = [
  { from: '0.8.5', to: '1.2.4' },
  { from: '1.2.4', to: '1.6.10' },
  { from: '1.6.9', to: '1.8.19' },
  { from: '1.8.0', to: '1.10.12' },
] as const;

function isDedicated(from: Version, to: Version): boolean {
  return STOPS.some((stop) => {
    const first = parse(stop.from);
    const last = parse(stop.to);
    if (first === undefined || last === undefined) return false;
    const lands = to.major === last.major && to.minor === last.minor;
    return lands && compare(from, first) >= 0 && compare(to, last) >= 0;
  });
}

/** The stops between, as far as Consul's instructions name them. */
function wayBetween(from: Version, to: Version): string {
  const stops = STOPS.map((stop) => stop.to).filter((stop) => {
    const version = parse(stop);
    return version !== undefined && compare(from, version) < 0 && compare(version, to) < 0;
  });
  return stops.length === 0 ? 'the releases in between, two at a time' : stops.join(', then ');
}

/**
 * Why data of one Consul version cannot be taken over by another, in one sentence; null when it can, or when either
 * text is no version.
 *
 * Sources: https://developer.hashicorp.com/consul/docs/upgrade/instructions (at most two releases at once, and the
 * dedicated jumps), https://developer.hashicorp.com/consul/docs/upgrade/version-specific (no way back; 0.6 refuses the
 * LMDB data of 0.5), consul #17098 (0.8.4 → 1.9 fails).
 */
export function upgradeProblem(from: string, to: string): string | null {
  const old = parse(from);
  const next = parse(to);
  if (old === undefined || next === undefined) return null;
  if (compare(next, old) < 0) {
    return `Consul has no way back: ${to} may not read the Raft data that ${from} wrote`;
  }
  if (old.major === next.major && old.minor === next.minor) return null;
  if (old.major === 0 && old.minor < 6) {
    return `Consul ${from} keeps its Raft data in a form that later versions refuse; export the data and rebuild`;
  }
  const start = position(old);
  const end = position(next);
  if (start === undefined || end === undefined) {
    return `no upgrade path from Consul ${from} to ${to} is known here`;
  }
  if (end - start <= 2 || isDedicated(old, next)) return null;
  if (old.major === 0 && old.minor < 8) {
    return `Consul describes no way from ${from} to ${to}; export the data and rebuild, or go to 0.8.5 first`;
  }
  return `Consul supports at most two releases at once; go through ${wayBetween(old, next)}`;
}

/** Whether a version is at least another; a version that is absent or cannot be read is taken for a current one. */
export function isAtLeast(version: string | undefined, least: string): boolean {
  const have = parse(version ?? '');
  const want = parse(least);
  return have === undefined || want === undefined || compare(have, want) >= 0;
}

/** First version that knows an agent option; options that are not here are older than 0.5.2. */
const SINCE: Readonly<Record<string, string>> = {
  dev: '0.6.0',
  ui: '0.6.0',
  datacenter: '0.8.0',
  'dns-port': '0.8.0',
  'disable-host-node-id': '0.8.1',
  'node-id': '0.7.3',
  'node-meta': '0.7.3',
  'non-voting-server': '0.8.0',
  'raft-protocol': '0.8.0',
  'serf-lan-bind': '0.8.0',
  'serf-wan-bind': '0.8.0',
  'disable-keyring-file': '0.8.2',
  'enable-script-checks': '0.9.0',
  'enable-local-script-checks': '1.0.4',
  hcl: '1.0.0',
  'config-format': '1.0.0',
  'grpc-port': '1.3.0',
  'server-port': '1.2.0',
  'https-port': '1.3.0',
  'serf-lan-port': '1.3.0',
  'serf-wan-port': '1.3.0',
  'log-file': '1.4.0',
  'log-rotate-bytes': '1.4.0',
  'log-rotate-duration': '1.4.0',
  'log-rotate-max-files': '1.5.3',
  'allow-write-http-from': '1.2.0',
  'alt-domain': '1.5.2',
  'log-json': '1.7.0',
  'primary-gateway': '1.8.0',
  'auto-reload-config': '1.10.0',
  'read-replica': '1.10.0',
  'grpc-tls-port': '1.14.0',
};

/** Every option of Consul 0.5.2's agent. */
const OPTIONS_0_5_2: ReadonlySet<string> = new Set(
  (
    'advertise advertise-wan atlas atlas-endpoint atlas-join atlas-token bind bootstrap bootstrap-expect client ' +
    'config-dir config-file data-dir dc domain encrypt http-port join join-wan log-level node pid-file protocol ' +
    'recursor rejoin retry-interval retry-interval-wan retry-join retry-join-wan retry-max retry-max-wan server ' +
    'syslog ui-dir'
  ).split(' '),
);

/** Options that 0.5.2 knew and a later version dropped. */
const UNTIL: Readonly<Record<string, string>> = {
  atlas: '1.0.0',
  'atlas-endpoint': '1.0.0',
  'atlas-join': '1.0.0',
  'atlas-token': '1.0.0',
  dc: '1.0.0',
};

/** `-name`, `--name`, `-name=value` → `name`. */
export function flagName(flag: string): string {
  return flag.replace(/^--?/, '').replace(/=.*$/s, '');
}

/**
 * Whether the agent of a version knows an option. A version that cannot be read is taken for a current one; an option
 * that is in no table here is taken to be known from 0.6 on, since Consul itself is the judge of it.
 */
export function knowsFlag(version: string, flag: string): boolean {
  const name = flagName(flag);
  const asked = parse(version);
  if (asked === undefined) return UNTIL[name] === undefined;
  if (asked.major === 0 && asked.minor <= 5) return OPTIONS_0_5_2.has(name);
  const since = parse(SINCE[name] ?? '0.0');
  const until = UNTIL[name] === undefined ? undefined : parse(UNTIL[name]);
  return (
    (since === undefined || compare(asked, since) >= 0) && (until === undefined || compare(asked, until) < 0)
  );
}
