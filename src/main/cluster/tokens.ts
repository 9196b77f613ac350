/** With which token the use cases ask: the least that does. */
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
