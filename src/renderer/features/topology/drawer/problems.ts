/** The order of findings, and what on the canvas a live problem is about. Pure. */
import type { LiveProblem } from '../../../../shared/live/index.js';
import type { Draft, Finding } from '../../../../shared/topology/index.js';
import type { Selected } from '../../../stores/ui.js';

/** Errors before warnings, each in the order of the text. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const rank = (finding: Finding): number => (finding.severity === 'error' ? 0 : 1);
  return findings.toSorted((a, b) => rank(a) - rank(b));
}

/** The node, host or datacenter that a problem names; null where the document has none of that name. */
export function nodeNamed(
  draft: Draft,
  { datacenter, node, host }: Pick<LiveProblem, 'datacenter' | 'node' | 'host'>,
): Selected | null {
  if (node === undefined && host !== undefined) {
    const index = draft.hosts.findIndex((entry) => entry.name === host);
    return index < 0 ? null : { kind: 'host', host: index };
  }
  const place = draft.datacenters.findIndex((entry) => entry.name === datacenter);
  if (place < 0) return null;
  if (node === undefined) return { kind: 'datacenter', datacenter: place };
  const index = draft.datacenters[place]?.nodes.findIndex((entry) => entry.name === node) ?? -1;
  return index < 0 ? null : { kind: 'node', datacenter: place, node: index };
}
