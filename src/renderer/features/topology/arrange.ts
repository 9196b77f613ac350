/** Where everything stands: what the person has placed stays, the rest is placed well. Pure. */
import type { Layout, Position } from '../../../shared/ipc/index.js';
import type { Draft, DraftDatacenter, DraftNode } from '../../../shared/topology/index.js';

export const CARD = { width: 196, height: 84 };
/** With many clients their cards are one line high: all names stay readable. */
export const COMPACT = { width: 150, height: 34 };
export const COMPACT_FROM = 13;
export const GRID = 8;
const PAD = 26;
const HEADER = 50;
const GAP = { x: 32, y: 80 };
const AREA_GAP = 64;
const EMPTY_AREA = { width: 248, height: 150 };

export interface PlacedNode {
  /** `node:<datacenter>/<name>`; with `#n` where a faulty document has that name twice. */
  readonly id: string;
  readonly ref: { readonly datacenter: number; readonly node: number };
  readonly draft: DraftNode;
  /** In its area. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedArea {
  /** `dc:<name>` */
  readonly id: string;
  readonly index: number;
  readonly draft: DraftDatacenter;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  /** Clients that are not drawn, because the area is collapsed. */
  readonly hiddenClients: number;
}

export const snap = (value: number): number => Math.round(value / GRID) * GRID;

/** Ids that are unique also in a document with the same name twice. */
export function nodeIds(draft: Draft): Map<DraftNode, string> {
  const taken = new Map<string, number>();
  const ids = new Map<DraftNode, string>();
  for (const datacenter of draft.datacenters)
    for (const node of datacenter.nodes) {
      const name = `node:${datacenter.name ?? ''}/${node.name ?? ''}`;
      const count = (taken.get(name) ?? 0) + 1;
      taken.set(name, count);
      ids.set(node, count === 1 ? name : `${name}#${count}`);
    }
  return ids;
}

function areaIds(draft: Draft): string[] {
  const taken = new Set<string>();
  return draft.datacenters.map((datacenter, index) => {
    const name = `dc:${datacenter.name ?? ''}`;
    const id = taken.has(name) ? `${name}#${index}` : name;
    taken.add(id);
    return id;
  });
}

/** Servers as the tutorial's picture has them: the bootstrap server on top, the others below it. */
function serverPlaces(count: number): Position[] {
  const step = CARD.width + GAP.x;
  const rows = count <= 1 ? [count] : [1, ...chunks(count - 1, count > 5 ? 3 : 2)];
  const widest = Math.max(...rows, 1);
  return rows.flatMap((size, row) =>
    Array.from({ length: size }, (_, i) => ({
      x: ((widest - size) / 2 + i) * step,
      y: row * (CARD.height + GAP.y),
    })),
  );
}

const chunks = (count: number, size: number): number[] =>
  Array.from({ length: Math.ceil(count / size) }, (_, i) => Math.min(size, count - i * size));

/** Places for a datacenter's nodes, in the order of the document. */
function places(nodes: readonly DraftNode[]): Map<DraftNode, Position> {
  const result = new Map<DraftNode, Position>();
  const servers = nodes.filter((node) => node.role !== 'client');
  const flagged = servers.findIndex((node) => node.bootstrap);
  const ordered =
    flagged > 0
      ? [...servers.slice(flagged, flagged + 1), ...servers.filter((_, i) => i !== flagged)]
      : servers;
  const found = serverPlaces(ordered.length);
  for (const [i, node] of ordered.entries()) result.set(node, found[i] ?? { x: 0, y: 0 });
  const clients = nodes.filter((node) => node.role === 'client');
  const bottom = Math.max(0, ...found.map((place) => place.y + CARD.height + GAP.y));
  const compact = clients.length >= COMPACT_FROM;
  const size = compact ? COMPACT : CARD;
  const columns = compact
    ? 6
    : Math.max(2, Math.min(4, servers.length === 0 ? 3 : Math.ceil(servers.length / 2) + 1));
  const gap = compact ? { x: 12, y: 10 } : { x: GAP.x, y: 28 };
  for (const [i, node] of clients.entries())
    result.set(node, {
      x: (i % columns) * (size.width + gap.x),
      y: bottom + Math.floor(i / columns) * (size.height + gap.y),
    });
  return result;
}

function placeArea(
  datacenter: DraftDatacenter,
  index: number,
  id: string,
  ids: ReadonlyMap<DraftNode, string>,
  layout: Layout,
  collapsed: boolean,
): Omit<PlacedArea, 'x' | 'y'> {
  const automatic = places(datacenter.nodes);
  const clients = datacenter.nodes.filter((node) => node.role === 'client').length;
  const compact = clients >= COMPACT_FROM;
  const nodes = datacenter.nodes.flatMap((draft, node): PlacedNode[] => {
    if (collapsed && draft.role === 'client') return [];
    const own = ids.get(draft) ?? '';
    const place = automatic.get(draft) ?? { x: 0, y: 0 };
    const { x, y } = layout[own] ?? { x: snap(place.x + PAD), y: snap(place.y + HEADER) };
    const size = compact && draft.role === 'client' ? COMPACT : CARD;
    return [{ id: own, ref: { datacenter: index, node }, draft, x, y, ...size }];
  });
  const right = Math.max(0, ...nodes.map((node) => node.x + node.width));
  const bottom = Math.max(0, ...nodes.map((node) => node.y + node.height));
  return {
    id,
    index,
    draft: datacenter,
    nodes,
    width: Math.max(EMPTY_AREA.width, right + PAD),
    height: Math.max(EMPTY_AREA.height, bottom + PAD),
    hiddenClients: collapsed ? clients : 0,
  };
}

/** All datacenters with their nodes; those without a place of their own stand in a row. */
export function arrange(
  draft: Draft,
  layout: Layout,
  collapsed: ReadonlySet<string> = new Set(),
): PlacedArea[] {
  const ids = nodeIds(draft);
  const names = areaIds(draft);
  let next = 0;
  return draft.datacenters.map((datacenter, index) => {
    const id = names[index] ?? `dc:${index}`;
    const area = placeArea(datacenter, index, id, ids, layout, collapsed.has(id));
    const place = layout[id] ?? { x: next, y: 0 };
    next = Math.max(next, place.x + area.width + AREA_GAP);
    return { ...area, ...place };
  });
}

/** The area that a point of the canvas is in; the last drawn is on top. */
export function areaAt(areas: readonly PlacedArea[], { x, y }: Position): PlacedArea | undefined {
  return areas.findLast((a) => x >= a.x && x <= a.x + a.width && y >= a.y && y <= a.y + a.height);
}

/** The card that a point of the canvas is on. */
export function cardAt(areas: readonly PlacedArea[], { x, y }: Position): PlacedNode | undefined {
  for (const area of areas) {
    const found = area.nodes.findLast(
      (n) =>
        x >= area.x + n.x && x <= area.x + n.x + n.width && y >= area.y + n.y && y <= area.y + n.y + n.height,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Positions after cards were moved: an area grows to the left and the top by moving itself, so that its
 * cards stay where they are on the canvas.
 */
export function settle(area: PlacedArea, moved: Readonly<Record<string, Position>>): Layout {
  const nodes = area.nodes.map((node) => ({ id: node.id, ...(moved[node.id] ?? { x: node.x, y: node.y }) }));
  const left = Math.min(PAD, ...nodes.map((node) => node.x));
  const top = Math.min(HEADER, ...nodes.map((node) => node.y));
  const by = { x: snap(left - PAD), y: snap(top - HEADER) };
  const placed = nodes.map((node): [string, Position] => [
    node.id,
    { x: snap(node.x) - by.x, y: snap(node.y) - by.y },
  ]);
  const shifted: [string, Position][] =
    by.x === 0 && by.y === 0 ? [] : [[area.id, { x: area.x + by.x, y: area.y + by.y }]];
  return Object.fromEntries([...placed, ...shifted]);
}
