/** With which token the use cases ask: the least that does. */
import { createHash } from 'node:crypto';
import { MANAGEMENT_TOKEN, READ_TOKEN } from '../../shared/desired/index.js';
import { bearing } from '../host/bearing.js';
import type { HostConnector } from '../host/types.js';
import type { ClusterSecrets } from './secrets.js';

type Known = ClusterSecrets | undefined | null;

/**
 * A context whose connector asks with the read-only token, where the cluster has one.
 * @param secrets a function where they may become known while it is used
 */
export function reading<C extends { readonly connector: HostConnector }>(
  context: C,
  secrets: Known | (() => Known),
): C {
  if (secrets == null) return context;
  const now = typeof secrets === 'function' ? secrets : (): Known => secrets;
  return { ...context, connector: bearing(context.connector, () => now()?.token(READ_TOKEN) ?? null) };
}

/** The same with the management token, as soon as there is one: for an apply, and for nothing else. */
export function managing<C extends { readonly connector: HostConnector }>(
  context: C,
  secrets: ClusterSecrets | undefined,
): C {
  if (secrets === undefined) return context;
  return { ...context, connector: bearing(context.connector, () => secrets.token(MANAGEMENT_TOKEN)) };
}

/** The same accessor for the same token, run after run: a UUID that is made of its name. It is no secret. */
export function accessorOf(clusterId: string, name: string): string {
  const digest = createHash('sha256').update(`${clusterId}/${name}`).digest('hex');
  const variant = ((Number.parseInt(digest.slice(16, 17), 16) & 3) | 8).toString(16);
  // Version 8: of one's own making. RFC 9562, section 5.8.
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}
