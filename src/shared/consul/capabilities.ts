/** What a version of Consul can: the questions that may be asked of the one table. */
import { CAPABILITIES, type Capability, type CapabilityKind } from './capability-rows.js';
import { parseVersion, reaches } from './version.js';

export { CAPABILITIES, type Capability, type CapabilityKind };

const idOf = (kind: CapabilityKind, name: string): string => `${kind} ${name}`;
const BY_ID: ReadonlyMap<string, Capability> = new Map(
  CAPABILITIES.map((capability) => [idOf(capability.kind, capability.name), capability]),
);

/** The row of the table; undefined where it has none. */
export const capability = (kind: CapabilityKind, name: string): Capability | undefined =>
  BY_ID.get(idOf(kind, name));

function within({ since, until, unknown }: Capability, version: string | undefined): boolean {
  if (parseVersion(version ?? '') === undefined) return unknown ?? until === undefined;
  return (
    (since === undefined || reaches(version, since) === true) &&
    (until === undefined || reaches(version, until) === false)
  );
}

/**
 * Whether a version has something of the table. Where the version is absent or cannot be read: what the row says is then
 * taken, else what the newest version has.
 *
 * @throws Error for what the table does not hold: that is a mistake of the program
 */
export function has(version: string | undefined, kind: CapabilityKind, name: string): boolean {
  const found = capability(kind, name);
  if (found === undefined) throw new Error(`${idOf(kind, name)} is not in the table`);
  return within(found, version);
}

/** `-name`, `--name`, `-name=value` → `name`. */
export function flagName(flag: string): string {
  return flag.replace(/^--?/, '').replace(/=.*$/s, '');
}

/**
 * Whether the agent of a version knows an option. An option that is in no row is taken to be known from 0.6 on, since
 * Consul itself is the judge of it.
 */
export function knowsFlag(version: string | undefined, flag: string): boolean {
  const found = capability('flag', flagName(flag));
  return found === undefined ? reaches(version, '0.6') !== false : within(found, version);
}

/** Whether a version takes a value for a flag or key that it knows; true where the table says nothing of values. */
export function takesValue(
  version: string | undefined,
  kind: 'flag' | 'key',
  name: string,
  value: string | undefined,
): boolean {
  const only = capability(kind, name)?.only;
  if (only === undefined || value === undefined || reaches(version, only.since) !== true) return true;
  return only.values.includes(value);
}

/** The key that has taken another's place in a version; the key itself where none has. */
export function currentKey(version: string | undefined, name: string): string {
  const deprecated = capability('key', name)?.deprecated;
  return deprecated !== undefined && reaches(version, deprecated.since) !== false ? deprecated.instead : name;
}
