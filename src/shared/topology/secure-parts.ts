/** The parts of `secure`, in one place: what the document writes, what is read from it. */
import type { Secure } from './types.js';

export type SecurePart = keyof Secure;

/** In the order in which people read of them. */
export const SECURE_PARTS = ['gossip', 'tls', 'acl'] as const satisfies readonly SecurePart[];

export const NOT_SECURED: Secure = { gossip: false, tls: false, acl: false };

/** What a new cluster begins with, where its style and its image allow it. */
export const WHOLLY_SECURED: Secure = { gossip: true, tls: true, acl: true };

export const isSecured = (secure: Secure): boolean => SECURE_PARTS.some((part) => secure[part]);

/** From a mapping that may lack any of them. */
export function secureFrom(written: Readonly<Partial<Record<SecurePart, unknown>>>): Secure {
  return { gossip: written.gossip === true, tls: written.tls === true, acl: written.acl === true };
}

/** As the document has it: only what is on. */
export function writeSecure(secure: Secure): Readonly<Partial<Record<SecurePart, true>>> {
  return Object.fromEntries(SECURE_PARTS.filter((part) => secure[part]).map((part) => [part, true]));
}
