/**
 * Which way a request goes: an agent passes it on to a server, a server of one datacenter to some server of another, and
 * that one to its leader, unless an answer that may be a little old is enough
 * (https://developer.hashicorp.com/consul/docs/architecture, https://developer.hashicorp.com/consul/api-docs/features/consistency).
 * Pure.
 */

export interface AskedAgent {
  readonly node: string;
  readonly role: 'server' | 'client';
  readonly datacenter: string;
}

export type Hop =
  | ({ readonly kind: 'agent' } & AskedAgent)
  /** Some server: which one is chosen by whoever asks it. */
  | { readonly kind: 'server'; readonly datacenter: string }
  /** `node` is null where its name is not known. */
  | { readonly kind: 'leader'; readonly datacenter: string; readonly node: string | null };

export interface PathOf {
  readonly asked: AskedAgent;
  /** The datacenter that is asked about. */
  readonly datacenter: string;
  /** Its leader; null where its name is not known. */
  readonly leader: string | null;
  /** Any server may answer from what it knows. */
  readonly stale: boolean;
}

export function requestPath({ asked, datacenter, leader, stale }: PathOf): Hop[] {
  const hops: Hop[] = [{ kind: 'agent', ...asked }];
  if (asked.role === 'client') hops.push({ kind: 'server', datacenter: asked.datacenter });
  if (asked.datacenter !== datacenter) hops.push({ kind: 'server', datacenter });
  const itself = asked.datacenter === datacenter && asked.node === leader;
  if (!stale && !itself) hops.push({ kind: 'leader', datacenter, node: leader });
  return hops;
}

/** Whether it crosses from one datacenter to another. */
export const isForwarded = (path: readonly Hop[]): boolean =>
  path.some((hop) => hop.datacenter !== path[0]?.datacenter);

function hopText(hop: Hop): string {
  if (hop.kind === 'agent') return `${hop.node} (${hop.datacenter})`;
  if (hop.kind === 'server') return `a server of ${hop.datacenter}`;
  return hop.node === null ? `the leader of ${hop.datacenter}` : `${hop.node}, leader of ${hop.datacenter}`;
}

/** `asked node1 (dc1) → a server of east → node3, leader of east` */
export const pathText = (path: readonly Hop[]): string => `asked ${path.map(hopText).join(' → ')}`;
