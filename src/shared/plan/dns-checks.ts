/** What preflight says of a host's names. Pure. */
import { desiredNodes } from '../desired/index.js';
import type { DesiredNode } from '../desired/types.js';
import type { Topology } from '../topology/types.js';
import { dnsBlockers } from './dns-issues.js';
import { endpointOf, upstreamOf } from './dns-need.js';
import type { Facts, ReachableFacts } from './facts.js';
import { foundOf } from './found.js';

type Add = (check: 'dns', severity: 'ok' | 'blocker', message: string, hint?: string) => void;

/** The nodes as their hosts' agents are told of them, by host; empty where nobody is to ask Consul. */
export function namedNodes(topology: Topology, facts: Facts): ReadonlyMap<string, DesiredNode> {
  if (topology.dns === undefined) return new Map();
  return new Map(desiredNodes(topology, foundOf(topology, facts)).map((node) => [node.host, node]));
}

/** Adds the rows of a host: all that stops, or one that says who will be asked. */
export function names(node: DesiredNode | undefined, facts: ReachableFacts, add: Add): void {
  if (node?.dns === undefined) return;
  const blockers = dnsBlockers(node, facts, facts.workdir.state?.adopted === true);
  for (const { message, hint } of blockers) add('dns', 'blocker', message, hint);
  const at = facts.dns === undefined ? undefined : endpointOf(node.dns, facts.dns);
  if (blockers.length > 0 || at === undefined) return;
  const upstream = upstreamOf(node.dns.upstream, facts).join(', ');
  add('dns', 'ok', `Consul answers DNS on ${at.address}:${at.port}; other names are asked of ${upstream}`);
}
