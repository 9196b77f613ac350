/** Host keys are verified before anything is sent to a host. */
import { RaftyardError } from '../../../shared/errors.js';
import type { Host } from '../../../shared/topology/types.js';
import { fingerprint, type KnownKey, readKnownHosts, trustKey } from '../../store/known-hosts.js';
import type { ConnectorPrompts } from '../types.js';

export interface HostKeyPolicy {
  readonly trustStore: string;
  readonly knownHosts: readonly string[];
  readonly prompts: ConnectorPrompts;
}

/**
 * All keys known for a host. Keys pinned in the document stand alone: nothing else is accepted then. Without them, our
 * own store and the user's known_hosts count together. Revoked keys always count.
 */
export function knownKeys(host: Host, policy: HostKeyPolicy): KnownKey[] {
  const pinned = host.ssh.hostKeys.flatMap((entry): KnownKey[] => {
    const [type, key] = entry.trim().split(/\s+/);
    return type === undefined || key === undefined
      ? []
      : [{ type, key, revoked: false, from: 'the topology' }];
  });
  const stored = readKnownHosts([policy.trustStore, ...policy.knownHosts], host.address, host.ssh.port);
  return [...pinned, ...(pinned.length === 0 ? stored : stored.filter((key) => key.revoked))];
}

/** Host key algorithms that ssh2 can verify; it throws for others (certificates, security keys, ssh-dss). */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
};

/** Key algorithms to offer first, so that a host with several keys shows one that is known. */
export function preferredAlgorithms(keys: readonly KnownKey[]): string[] {
  const types = keys.filter((key) => !key.revoked).map((key) => key.type);
  return [...new Set(types.flatMap((type) => ALGORITHMS[type] ?? []))];
}

/** The type named in a key blob: its first length-prefixed string (RFC 4253, section 6.6). */
export function keyType(key: Buffer): string {
  if (key.length < 4) return 'unknown';
  const length = key.readUInt32BE(0);
  return length > 64 || key.length < 4 + length ? 'unknown' : key.subarray(4, 4 + length).toString('latin1');
}

/** null when the key is accepted, else why not. */
export async function verifyHostKey(
  host: Host,
  key: Buffer,
  policy: HostKeyPolicy,
): Promise<RaftyardError | null> {
  const known = knownKeys(host, policy);
  const encoded = key.toString('base64');
  const type = keyType(key);
  const shown = fingerprint(key);
  const where = `${host.address} port ${host.ssh.port}`;
  if (known.some((entry) => entry.revoked && entry.key === encoded))
    return new RaftyardError('host-key-revoked', `the key ${shown} of ${where} is marked as revoked`, {
      host: host.name,
      hint: 'Do not connect; ask whoever runs the host for its new key.',
    });
  const valid = known.filter((entry) => !entry.revoked);
  if (valid.some((entry) => entry.key === encoded)) return null;
  const expected = valid.find((entry) => entry.type === type) ?? valid[0];
  if (expected !== undefined)
    return new RaftyardError(
      'host-key-changed',
      `${where} shows the ${type} key ${shown}, but ${fingerprint(Buffer.from(expected.key, 'base64'))} is known from ${expected.from}`,
      {
        host: host.name,
        hint: 'Someone may be in between, or the host was installed anew. Check the fingerprint at the host itself before you remove the old key.',
      },
    );
  const question = {
    host: host.name,
    address: host.address,
    port: host.ssh.port,
    keyType: type,
    fingerprint: shown,
  };
  if (await policy.prompts.hostKey(question)) {
    await trustKey(policy.trustStore, host.address, host.ssh.port, type, encoded);
    return null;
  }
  return new RaftyardError('host-key-unknown', `the ${type} key ${shown} of ${where} is not known`, {
    host: host.name,
    hint: 'Compare it with `ssh-keygen -lf` on the host, then accept it (--accept-new-host-keys accepts all new ones).',
  });
}
