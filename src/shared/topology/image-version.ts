/** Which Consul an image of the document is, as far as its tag says. */
import { parseImage } from './fields.js';

interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch?: number;
}

/** The tutorial's image, in any of Docker Hub's spellings. */
export const PROGRIUM = /^((registry-1\.|index\.)?docker\.io\/)?progrium\/consul$/;

/** What is in progrium/consul. */
const FROZEN: Version = { major: 0, minor: 5, patch: 2 };

function versionOf(reference: string): Version | undefined {
  const image = parseImage(reference);
  if (image === undefined) return undefined;
  if (PROGRIUM.test(image.name)) return FROZEN;
  return parsed(image.tag ?? '');
}

function parsed(text: string): Version | undefined {
  const match = /^(?:v|consul-)?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch] = match;
  return {
    major: Number(major),
    minor: Number(minor),
    ...(patch === undefined ? {} : { patch: Number(patch) }),
  };
}

/** Whether the tag names a Consul before that one; a tag that names no version is taken for a current one. */
export function isOlder(reference: string, least: string): boolean {
  const have = versionOf(reference);
  const want = parsed(least);
  if (have === undefined || want === undefined) return false;
  if (have.major !== want.major) return have.major < want.major;
  if (have.minor !== want.minor) return have.minor < want.minor;
  // A floating tag is the newest of its line.
  return have.patch !== undefined && have.patch < (want.patch ?? 0);
}
