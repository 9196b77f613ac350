/** Copy, paste, duplicate, remove, select all; each change one step of undo. */
import type { Layout } from '../../../shared/ipc/index.js';
import {
  addNode,
  type NodeRef,
  removeDatacenter,
  removeHost,
  removeNodes,
} from '../../../shared/topology/index.js';
import { type Selected, useUi } from '../../stores/ui.js';
import { settle } from './arrange.js';
import { addToLayout, attempt, currentAreas, doc, idOf } from './canvas-doc.js';
import { type Copied, useCanvas } from './canvas-store.js';

const ui = () => useUi.getState();
/** How far a copy stands from what it is a copy of. */
const ASIDE = 24;

export const nodeRefs = (selection: readonly Selected[]): NodeRef[] =>
  selection.flatMap((item) =>
    item.kind === 'node' ? [{ datacenter: item.datacenter, node: item.node }] : [],
  );

function copies(): Copied[] {
  const { draft } = doc().model;
  const cards = currentAreas().flatMap((area) => area.nodes);
  return nodeRefs(ui().selection).flatMap(({ datacenter, node }): Copied[] => {
    const found = draft.datacenters[datacenter]?.nodes[node];
    if (found === undefined) return [];
    const card = cards.find(({ ref }) => ref.datacenter === datacenter && ref.node === node);
    const at = card === undefined ? undefined : { x: card.x, y: card.y };
    return [{ datacenter, role: found.role === 'client' ? 'client' : 'server', at }];
  });
}

export function copySelected(): void {
  const copied = copies();
  if (copied.length > 0) useCanvas.setState({ clipboard: copied });
}

/** Puts copies onto free hosts, or onto new ones whose addresses are still to be given. */
function insertCopies(copied: readonly Copied[]): void {
  if (copied.length === 0) return;
  attempt(() => {
    const last = Math.max(0, doc().model.draft.datacenters.length - 1);
    let { text } = doc();
    const made: { ref: NodeRef; from: Copied }[] = [];
    for (const from of copied) {
      const added = addNode(text, { datacenter: Math.min(from.datacenter, last), role: from.role });
      text = added.text;
      made.push({ ref: added.ref, from });
    }
    doc().change({ text });
    standAside(made);
    ui().select(made.map(({ ref }) => ({ kind: 'node', ...ref })));
  });
}

/** Where cards were placed by hand, copies stand beside what they are copies of; else all is arranged anew. */
function standAside(made: readonly { readonly ref: NodeRef; readonly from: Copied }[]): void {
  for (const { ref, from } of made) {
    const id = idOf(ref);
    const area = currentAreas()[ref.datacenter];
    if (id === undefined || area === undefined || from.at === undefined) continue;
    if (!area.nodes.some((node) => doc().layout[node.id] !== undefined)) continue;
    const placed: Layout = settle(area, { [id]: { x: from.at.x + ASIDE, y: from.at.y + ASIDE } });
    addToLayout(placed);
  }
}

export const paste = (): void => insertCopies(useCanvas.getState().clipboard);

export const duplicateSelected = (): void => insertCopies(copies());

/** Takes out what is selected: nodes (their hosts stay), datacenters with their nodes, hosts with theirs. */
export function removeSelected(): void {
  const { selection } = ui();
  if (selection.length === 0) return;
  attempt(() => {
    let { text } = doc();
    const refs = nodeRefs(selection);
    if (refs.length > 0) text = removeNodes(text, refs);
    for (const index of indexes(selection, 'datacenter')) text = removeDatacenter(text, index);
    for (const index of indexes(selection, 'host')) text = removeHost(text, index);
    doc().change({ text });
    addToLayout({});
    ui().select([]);
  });
}

/** Places in the document, last first: the places of the rest stay what they were. */
function indexes(selection: readonly Selected[], kind: 'datacenter' | 'host'): number[] {
  return selection
    .flatMap((item) =>
      item.kind === 'datacenter' && kind === 'datacenter'
        ? [item.datacenter]
        : item.kind === 'host' && kind === 'host'
          ? [item.host]
          : [],
    )
    .sort((a, b) => b - a);
}

export function selectAll(): void {
  ui().select(
    doc().model.draft.datacenters.flatMap((dc, datacenter) =>
      dc.nodes.map((_, node) => ({ kind: 'node' as const, datacenter, node })),
    ),
  );
}
