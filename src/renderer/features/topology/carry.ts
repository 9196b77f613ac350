/** What follows the document when it changes: places of what was renamed, the selection of what is gone. Pure. */
import type { Layout } from '../../../shared/ipc/index.js';
import type { Draft } from '../../../shared/topology/index.js';
import type { Selected } from '../../stores/ui.js';
import { areaIds, nodeIds } from './arrange.js';

/**
 * Ids of areas and cards before and after, in the order of the document; null where the two have not the same
 * shape, or the same names in another order: nothing was renamed there.
 */
function pairs(before: Draft, after: Draft): (readonly [string, string])[] | null {
  const sizes = (draft: Draft): string => draft.datacenters.map((dc) => dc.nodes.length).join();
  if (sizes(before) !== sizes(after)) return null;
  const ids = (draft: Draft): string[] => [...areaIds(draft), ...nodeIds(draft).values()];
  const [old, now] = [ids(before), ids(after)];
  if ([...old].sort().join('\n') === [...now].sort().join('\n')) return null;
  return old.map((id, i) => [id, now[i] ?? id] as const);
}

/** A renamed node or datacenter stays where it was; the same layout where nothing was renamed. */
export function carryLayout(before: Draft, after: Draft, layout: Layout): Layout {
  const renamed = (pairs(before, after) ?? []).filter(([old, now]) => old !== now);
  if (!renamed.some(([old]) => layout[old] !== undefined)) return layout;
  const left = new Set(renamed.map(([old]) => old));
  const kept = Object.entries(layout).filter(([id]) => !left.has(id));
  const carried = renamed.flatMap(([old, now]) => {
    const place = layout[old];
    return place === undefined ? [] : [[now, place] as const];
  });
  return Object.fromEntries([...kept, ...carried]);
}

/** Places without those of nodes and datacenters that are no more. */
export function prunedLayout(draft: Draft, layout: Layout): Layout {
  const known = new Set([...areaIds(draft), ...nodeIds(draft).values()]);
  return Object.fromEntries(Object.entries(layout).filter(([id]) => known.has(id)));
}

/** The selection without what the document no longer has; the same list where all is there. */
export function keptSelection(draft: Draft, selection: readonly Selected[]): readonly Selected[] {
  const there = (item: Selected): boolean =>
    item.kind === 'host'
      ? item.host < draft.hosts.length
      : item.kind === 'datacenter'
        ? item.datacenter < draft.datacenters.length
        : item.node < (draft.datacenters[item.datacenter]?.nodes.length ?? 0);
  return selection.every(there) ? selection : selection.filter(there);
}
