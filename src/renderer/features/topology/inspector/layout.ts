/** Cards and areas stay where they are when their names change. Pure. */
import type { Layout } from '../../../../shared/ipc/index.js';
import type { Draft } from '../../../../shared/topology/index.js';
import { arrange } from '../arrange.js';

const NONE: ReadonlySet<string> = new Set();

/** The names under which the layout keeps areas and cards, in the order of the document. */
function idsOf(draft: Draft): Map<string, string> {
  const ids = new Map<string, string>();
  for (const area of arrange(draft, {}, NONE)) {
    ids.set(`${area.index}`, area.id);
    for (const node of area.nodes) ids.set(`${node.ref.datacenter}.${node.ref.node}`, node.id);
  }
  return ids;
}

/** The layout under the names of a document in which something was renamed, and nothing moved. */
export function carryLayout(before: Draft, after: Draft, layout: Layout): Layout {
  const now = idsOf(after);
  const old = [...idsOf(before)];
  const moved = old.filter(([place, id]) => now.get(place) !== undefined && now.get(place) !== id);
  if (!moved.some(([, id]) => layout[id] !== undefined)) return layout;
  const gone = new Set(moved.map(([, id]) => id));
  const next = Object.fromEntries(Object.entries(layout).filter(([id]) => !gone.has(id)));
  for (const [place, id] of moved) {
    const position = layout[id];
    const name = now.get(place);
    if (position !== undefined && name !== undefined) next[name] = position;
  }
  return next;
}
