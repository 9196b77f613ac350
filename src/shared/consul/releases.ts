/**
 * Consul's releases: what is in support, which patches to avoid and why, and the way from one to another.
 *
 * Sources: https://developer.hashicorp.com/consul/docs/upgrade/instructions (at most two releases at once, and the dedicated
 * jumps), https://developer.hashicorp.com/consul/docs/upgrade/version-specific (known faults, no way back; 0.6 refuses the LMDB
 * data of 0.5), consul #17098 (0.8.4 → 1.9 fails).
 */
import { compareVersions, parseVersion, reaches, type Version } from './version.js';

/** A line of releases, by its first two numbers. */
export interface Release {
  readonly line: string;
  /** Its last patch that has no fault of {@link FAULTS}; what a way through it stops at. */
  readonly patch: string;
  /** Its free edition is out of support. Of Enterprise, single lines have a longer time. */
  readonly ended: boolean;
}

/** When the table was last looked through. */
export const RELEASES_AS_OF = '2026-11';

/** Oldest first. Lines that are not here are older, and out of support. */
export const RELEASES: readonly Release[] = [
  { line: '0.8', patch: '0.8.5', ended: true },
  { line: '1.2', patch: '1.2.4', ended: true },
  { line: '1.6', patch: '1.6.10', ended: true },
  { line: '1.8', patch: '1.8.19', ended: true },
  { line: '1.9', patch: '1.9.17', ended: true },
  { line: '1.10', patch: '1.10.12', ended: true },
  { line: '1.11', patch: '1.11.11', ended: true },
  { line: '1.12', patch: '1.12.9', ended: true },
  { line: '1.13', patch: '1.13.9', ended: true },
  { line: '1.14', patch: '1.14.11', ended: true },
  { line: '1.15', patch: '1.15.11', ended: true },
  { line: '1.16', patch: '1.16.6', ended: true },
  { line: '1.17', patch: '1.17.3', ended: true },
  { line: '1.18', patch: '1.18.2', ended: true },
  { line: '1.19', patch: '1.19.2', ended: true },
  { line: '1.20', patch: '1.20.6', ended: true },
  { line: '1.21', patch: '1.21.4', ended: true },
  // Until the end of October 2026.
  { line: '1.22', patch: '1.22.7', ended: true },
  { line: '2.0', patch: '2.0.3', ended: false },
];

/** The newest patch without a known fault of the line in support. */
export const RECOMMENDED = '2.0.3';

export interface Fault {
  readonly from: string;
  /** The last that has it. */
  readonly to: string;
  /** One clause, without a full stop. */
  readonly reason: string;
  readonly enterprise?: true;
}

export const FAULTS: readonly Fault[] = [
  {
    from: '1.10.0',
    to: '1.10.4',
    reason: 'its agents take their own services out of the catalog once servers are at 1.11 or later',
    enterprise: true,
  },
  { from: '1.12.1', to: '1.12.1', reason: 'Consul’s own list of versions names it as one to pass over' },
  {
    from: '1.13.0',
    to: '1.13.0',
    reason: 'a server does not read the data of an older version that holds mesh proxies',
  },
  {
    from: '1.13.0',
    to: '1.13.1',
    reason: 'with auto-encrypt it wants TLS of Envoy proxies that have none',
  },
  { from: '1.13.8', to: '1.13.8', reason: 'Nomad does not find out its version, and places nothing there' },
  { from: '1.14.0', to: '1.14.0', reason: 'consul connect envoy asks for TLS where gRPC has none' },
  { from: '1.15.0', to: '1.15.1', reason: 'services of the mesh lose their certificates after 72 hours' },
  {
    from: '1.16.0',
    to: '1.16.1',
    reason: 'after a snapshot is restored, Envoy proxies are given wrong addresses',
  },
  { from: '1.16.5', to: '1.16.5', reason: 'terminating gateways fail' },
  { from: '1.17.2', to: '1.17.2', reason: 'terminating gateways fail' },
  { from: '1.19.0', to: '1.19.1', reason: 'DNS gives wrong answers for SRV records and tags' },
  { from: '1.22.4', to: '1.22.4', reason: 'HTTP answers are cut after 30 seconds, blocking queries too' },
  {
    from: '2.0.4',
    to: '2.0.4',
    reason: 'an open report of connections that end in i/o deadline errors (consul #23923)',
  },
];

const lineOf = ({ major, minor }: Version): string => `${major}.${minor}`;

const releaseOf = (version: Version): Release | undefined =>
  RELEASES.find(({ line }) => line === lineOf(version));

/** Known faults of a version; none where the patch is not known. */
export function faultsOf(version: string | undefined, enterprise = false): readonly Fault[] {
  const have = parseVersion(version ?? '');
  if (have?.patch === undefined) return [];
  return FAULTS.filter((fault) => {
    const from = parseVersion(fault.from);
    const to = parseVersion(fault.to);
    if (from === undefined || to === undefined || (fault.enterprise === true && !enterprise)) return false;
    return compareVersions(have, from) >= 0 && compareVersions(have, to) <= 0;
  });
}

/** Whether a version is out of support; undefined where it cannot be read, or is newer than the table. */
export function isOutOfSupport(version: string | undefined): boolean | undefined {
  const have = parseVersion(version ?? '');
  const last = parseVersion(RELEASES.at(-1)?.line ?? '');
  if (have === undefined || last === undefined) return undefined;
  const known = releaseOf(have);
  if (known !== undefined) return known.ended;
  return compareVersions(have, last) < 0 ? true : undefined;
}

/** First line whose images are under hashicorp/consul for certain. */
const OFFERED_SINCE = '1.16.0';

/** Images of which a person is offered one, newest first: full versions of hashicorp/consul, so that a tag stays what it is. */
export const offeredImages = (): readonly { readonly image: string; readonly version: string }[] =>
  RELEASES.filter(({ patch }) => reaches(patch, OFFERED_SINCE) === true)
    .map(({ patch }) => ({ image: `hashicorp/consul:${patch}`, version: patch }))
    .reverse();

/** First version that nobody here has run: what is known of it is from its documentation alone. */
export const UNTRIED_SINCE = '2.0';

/** Whether a version is one that nobody here has run. */
export function isUntried(version: string | undefined): boolean {
  const have = parseVersion(version ?? '');
  const since = parseVersion(UNTRIED_SINCE);
  return have !== undefined && since !== undefined && compareVersions(have, since) >= 0;
}

/** 1.0 came after 0.9, and 2.0 after 1.22. */
const LAST_MINOR = [9, 22];

/** Position in Consul's sequence of releases with a new first or second number; undefined beyond what is known. */
function position({ major, minor }: Version): number | undefined {
  if (major > LAST_MINOR.length) return undefined;
  return LAST_MINOR.slice(0, major).reduce((sum, last) => sum + last + 1, minor);
}

/** Releases that Consul takes at once, without instructions of their own. */
const AT_ONCE = 2;

/** Jumps wider than that, which Consul has its own instructions for: from anything between to the patch or a later one. */
const DEDICATED = [
  { from: '0.8.5', to: '1.2.4' },
  { from: '1.2.4', to: '1.6.10' },
  { from: '1.6.9', to: '1.8.19' },
  { from: '1.8.0', to: '1.10.12' },
] as const;

/** Enterprise only: long-term releases, from one of which to the next is one jump. */
const LONG_TERM = ['1.15', '1.18', '1.21', '2.0'];
/** Enterprise only: what 1.21 has to be at least on the way to 2.0. */
const ENTERPRISE_TO_2 = '1.21.7';

function isDedicated(from: Version, to: Version): boolean {
  return DEDICATED.some((jump) => {
    const first = parseVersion(jump.from);
    const last = parseVersion(jump.to);
    if (first === undefined || last === undefined) return false;
    const lands = to.major === last.major && to.minor === last.minor;
    return lands && compareVersions(from, first) >= 0 && compareVersions(to, last) >= 0;
  });
}

const isLongTerm = (from: Version, to: Version): boolean =>
  LONG_TERM.includes(lineOf(from)) && LONG_TERM.indexOf(lineOf(to)) === LONG_TERM.indexOf(lineOf(from)) + 1;

function isOneJump(from: Version, to: Version, enterprise: boolean): boolean {
  const [start, end] = [position(from), position(to)];
  if (start === undefined || end === undefined) return false;
  return end - start <= AT_ONCE || isDedicated(from, to) || (enterprise && isLongTerm(from, to));
}

/** The farthest patch of the table that one jump reaches, on the way to a version. */
function nextStop(from: Version, to: Version, enterprise: boolean): string | undefined {
  return RELEASES.findLast(({ patch }) => {
    const stop = parseVersion(patch);
    if (stop === undefined) return false;
    return (
      compareVersions(from, stop) < 0 && compareVersions(stop, to) < 0 && isOneJump(from, stop, enterprise)
    );
  })?.patch;
}

/**
 * All stops between two versions, in order, each one jump from the one before; empty where there is none to make, undefined where
 * the table knows no way.
 */
export function stopsBetween(from: string, to: string, enterprise = false): readonly string[] | undefined {
  const end = parseVersion(to);
  const stops: string[] = [];
  let at = parseVersion(from);
  while (at !== undefined && end !== undefined && !isOneJump(at, end, enterprise)) {
    const stop = nextStop(at, end, enterprise);
    if (stop === undefined) return undefined;
    stops.push(stop);
    at = parseVersion(stop);
  }
  return at === undefined || end === undefined ? undefined : stops;
}

/**
 * Why data of one Consul version cannot be taken over by another, in one sentence with the whole way where there is one; null when
 * it can, or when either text is no version.
 *
 * @param enterprise Both are Consul Enterprise, for which other jumps are described.
 */
export function upgradeProblem(from: string, to: string, enterprise = false): string | null {
  const old = parseVersion(from);
  const next = parseVersion(to);
  if (old === undefined || next === undefined) return null;
  if (compareVersions(next, old) < 0) {
    return `Consul has no way back: ${to} may not read the Raft data that ${from} wrote`;
  }
  if (lineOf(old) === lineOf(next)) return null;
  if (old.major === 0 && old.minor < 6) {
    return `Consul ${from} keeps its Raft data in a form that later versions refuse; export the data and rebuild`;
  }
  if (position(old) === undefined || position(next) === undefined) {
    return `no upgrade path from Consul ${from} to ${to} is known here`;
  }
  const least = parseVersion(ENTERPRISE_TO_2);
  if (enterprise && next.major === 2 && lineOf(old) === '1.21' && least !== undefined)
    if (compareVersions(old, least) < 0)
      return `Consul Enterprise goes to 2.0 from ${ENTERPRISE_TO_2} on; go through ${ENTERPRISE_TO_2}`;
  if (isOneJump(old, next, enterprise)) return null;
  if (old.major === 0 && old.minor < 8) {
    return `Consul describes no way from ${from} to ${to}; export the data and rebuild, or go to 0.8.5 first`;
  }
  const stops = stopsBetween(from, to, enterprise);
  return stops === undefined
    ? 'Consul supports at most two releases at once; go through the releases in between, two at a time'
    : `Consul supports at most two releases at once; go through ${stops.join(', then ')}, then ${to}`;
}
