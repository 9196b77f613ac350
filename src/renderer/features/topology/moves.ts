/** Cards and datacenters that were moved; each move is one step of undo. */
import type { Layout, Position } from '../../../shared/ipc/index.js';
import { moveNode, type NodeRef } from '../../../shared/topology/index.js';
import { type Selected, useUi } from '../../stores/ui.js';
import { type PlacedArea, type PlacedNode, pinned, settle, snap } from './arrange.js';
import { addToLayout, attempt, currentAreas, doc, idOf, place } from './canvas-doc.js';

interface Leaving {
  readonly node: PlacedNode;
  readonly to: number;
  /** On the canvas. */
  readonly at: Position;
}

interface Moves {
  readonly layout: Layout;
  readonly leaving: readonly Leaving[];
}

/**
 * Sorts moves into those within a datacenter and those into another one. Pure.
 *
 * @param target id of the area that takes all cards that were let go over it; null: each stays in its own
 */
export function sortMoves(
  areas: readonly PlacedArea[],
  moved: ReadonlyMap<string, Position>,
  target: string | null,
): Moves {
  const layout: Record<string, Position> = {};
  const leaving: Leaving[] = [];
  const to = areas.find((area) => area.id === target);
  for (const area of areas) {
    const own = moved.get(area.id);
    if (own !== undefined && (own.x !== area.x || own.y !== area.y))
      layout[area.id] = { x: snap(own.x), y: snap(own.y) };
    const mine: Record<string, Position> = {};
    for (const node of area.nodes) {
      const at = moved.get(node.id);
      if (at === undefined || (at.x === node.x && at.y === node.y)) continue;
      if (to === undefined || to === area) mine[node.id] = at;
      else leaving.push({ node, to: to.index, at: { x: area.x + at.x, y: area.y + at.y } });
    }
    if (Object.keys(mine).length > 0) Object.assign(layout, settle(area, mine));
  }
  return { layout, leaving };
}

/** Moves nodes to other datacenters, last ones first: the places of the rest stay what they were. */
function moveAll(text: string, leaving: readonly { ref: NodeRef; to: number }[]): string {
  const order = [...leaving].sort((a, b) => b.ref.datacenter - a.ref.datacenter || b.ref.node - a.ref.node);
  return order.reduce((now, { ref, to }) => moveNode(now, ref, to).text, text);
}

/** Where a node is after moves, by its name: the last of that name, as moved nodes go to the end. */
function refOf(name: string | undefined, datacenter: number): NodeRef | undefined {
  const nodes = doc().model.draft.datacenters[datacenter]?.nodes ?? [];
  const node = nodes.findLastIndex((entry) => entry.name === name);
  return node < 0 ? undefined : { datacenter, node };
}

/**
 * Keeps where cards and areas were moved to; cards that were let go in another datacenter belong there.
 *
 * @param target id of that datacenter's area; null: none
 * @param merge joins moves of the same word that follow each other, as arrow keys make them, into one step of undo
 */
export function commitMoves(
  moved: ReadonlyMap<string, Position>,
  target: string | null,
  merge?: string,
): void {
  attempt(() => {
    const areas = currentAreas();
    const { layout, leaving } = sortMoves(areas, moved, target);
    if (leaving.length === 0) {
      if (Object.keys(layout).length > 0) doc().change({ layout: { ...doc().layout, ...layout } }, merge);
      return;
    }
    const text = moveAll(
      doc().text,
      leaving.map(({ node, to }) => ({ ref: node.ref, to })),
    );
    doc().change({ text, layout: { ...doc().layout, ...pinned(areas), ...layout } });
    const selected: Selected[] = [];
    for (const { node, to, at } of leaving) {
      const ref = refOf(node.draft.name, to);
      if (ref === undefined) continue;
      place(ref, at);
      selected.push({ kind: 'node', ...ref });
    }
    useUi.getState().select(selected);
  });
}

/** Moves the selected nodes to another datacenter, where they stand in free places. */
export function moveTo(refs: readonly NodeRef[], datacenter: number): void {
  attempt(() => {
    const { draft } = doc().model;
    const going = refs.filter((ref) => ref.datacenter !== datacenter);
    const names = going.map((ref) => draft.datacenters[ref.datacenter]?.nodes[ref.node]?.name);
    const text = moveAll(
      doc().text,
      going.map((ref) => ({ ref, to: datacenter })),
    );
    doc().change({ text });
    addToLayout({});
    const found = names.flatMap((name) => refOf(name, datacenter) ?? []);
    useUi.getState().select(found.filter(idOf).map((ref) => ({ kind: 'node', ...ref })));
  });
}
