/** Consul's version numbers: reading and comparing them. What a version can is in capabilities.ts, what is wrong with one in releases.ts. */

export interface Version {
  readonly major: number;
  readonly minor: number;
  /** Absent for a floating tag such as `1.22`. */
  readonly patch?: number;
}

/** `1.22`, `v1.22.1`, `1.21.4+ent`; undefined for anything that does not begin so. */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text.trim());
  if (match === null) return undefined;
  const patch = match[3] === undefined ? {} : { patch: Number(match[3]) };
  return { major: Number(match[1]), minor: Number(match[2]), ...patch };
}

/** Negative, zero or positive; a missing patch is equal to any. */
export function compareVersions(a: Version, b: Version): number {
  if (a.major !== b.major) return a.major - b.major;
  if (a.minor !== b.minor) return a.minor - b.minor;
  return a.patch === undefined || b.patch === undefined ? 0 : a.patch - b.patch;
}

/** Whether a version is another or later; undefined where one of them cannot be read. */
export function reaches(version: string | undefined, least: string): boolean | undefined {
  const have = parseVersion(version ?? '');
  const want = parseVersion(least);
  return have === undefined || want === undefined ? undefined : compareVersions(have, want) >= 0;
}

const FULL = /^\d{1,3}\.\d{1,3}\.\d{1,3}(?:-ent)?$/;

/** Those of a registry's tags that are full versions of Consul (`1.21.4`, `1.21.4-ent`), the newest first, each once. */
export function fullVersions(tags: readonly unknown[]): string[] {
  const full = tags.filter((tag): tag is string => typeof tag === 'string' && FULL.test(tag));
  return [...new Set(full)].sort((a, b) => {
    const [one, other] = [parseVersion(a), parseVersion(b)];
    if (one === undefined || other === undefined) return 0;
    // Of two editions the free one.
    return compareVersions(other, one) || a.length - b.length;
  });
}
