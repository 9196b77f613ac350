/** Finding nodes and hosts by what people know of them. Pure. */
import type { Draft, NodeRef } from '../../../shared/topology/index.js';

export type Found =
  | { readonly kind: 'node'; readonly name: string; readonly address: string; readonly ref: NodeRef }
  | { readonly kind: 'host'; readonly name: string; readonly address: string; readonly host: number };

const MOST = 8;

/** Nodes by name, host and address; hosts without a node by name and address. What begins with the words comes first. */
export function find(draft: Draft, words: string): Found[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === '') return [];
  const hosts = new Map(draft.hosts.map((host) => [host.name, host]));
  const used = new Set(draft.datacenters.flatMap((dc) => dc.nodes.map((node) => node.host)));
  const scored: { found: Found; first: boolean }[] = [];
  const offer = (found: Found, texts: readonly (string | undefined)[]): void => {
    const lower = texts.map((text) => (text ?? '').toLowerCase());
    if (lower.some((text) => text.includes(wanted)))
      scored.push({ found, first: lower.some((text) => text.startsWith(wanted)) });
  };
  for (const [datacenter, dc] of draft.datacenters.entries())
    for (const [node, entry] of dc.nodes.entries()) {
      const host = entry.host === undefined ? undefined : hosts.get(entry.host);
      const address = host?.advertise ?? host?.address ?? '';
      const name = entry.name ?? '';
      offer({ kind: 'node', name, address, ref: { datacenter, node } }, [
        name,
        entry.host,
        host?.address,
        address,
      ]);
    }
  for (const [index, host] of draft.hosts.entries()) {
    if (used.has(host.name)) continue;
    const name = host.name ?? '';
    const address = host.address ?? '';
    offer({ kind: 'host', name, address, host: index }, [name, address, host.advertise]);
  }
  return [...scored.filter(({ first }) => first), ...scored.filter(({ first }) => !first)]
    .slice(0, MOST)
    .map(({ found }) => found);
}
