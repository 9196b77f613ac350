/** Which Consul an image of the document is, as far as its tag says. */
import { parseImage } from './fields.js';
import { PROGRIUM } from './risks.js';

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch?: number;
}

/** What is in progrium/consul. */
const FROZEN: Version = { major: 0, minor: 5, patch: 2 };

function versionOf(reference: string): Version | undefined {
  const image = parseImage(reference);
  if (image === undefined) return undefined;
  if (PROGRIUM.test(image.name)) return FROZEN;
  const match = /^(?:v|consul-)?(\d+)\.(\d+)(?:\.(\d+))?/.exec(image.tag ?? '');
  if (match === null) return undefined;
  const [, major, minor, patch] = match;
  return {
    major: Number(major),
    minor: Number(minor),
    ...(patch === undefined ? {} : { patch: Number(patch) }),
  };
}

/** Whether the tag names a Consul before that one; a tag that names no version is taken for a current one. */
export function isOlder(reference: string, least: Version): boolean {
  const have = versionOf(reference);
  if (have === undefined) return false;
  if (have.major !== least.major) return have.major < least.major;
  if (have.minor !== least.minor) return have.minor < least.minor;
  // A floating tag is the newest of its line.
  return have.patch !== undefined && have.patch < (least.patch ?? 0);
}
