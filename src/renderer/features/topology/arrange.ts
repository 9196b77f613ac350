/** Where everything stands: what the person has placed stays, the rest is placed well. Pure. */
import type { Layout, Position } from '../../../shared/ipc/index.js';
import type { Draft, DraftDatacenter, DraftNode } from '../../../shared/topology/index.js';
import { type Box, freeSpot, GRID, overlaps } from './geometry.js';
import { CARD, COMPACT, isCompact, MOST_LINKED, slots } from './slots.js';

export const PAD = 24;
export const HEADER = 48;
const AREA_GAP = 72;
const CARD_GAP = 16;
/** Room for the line that says what the outline stands for. */
const NOTE = 12;
const EMPTY_AREA = { width: 248, height: 152 };

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

/** Ids of datacenters, in the order of the document. */
export function areaIds(draft: Draft): string[] {
  const taken = new Set<string>();
  return draft.datacenters.map((datacenter, index) => {
    const name = `dc:${datacenter.name ?? ''}`;
    const id = taken.has(name) ? `${name}#${index}` : name;
    taken.add(id);
    return id;
  });
}

function placeArea(
  datacenter: DraftDatacenter,
  index: number,
  id: string,
  ids: ReadonlyMap<DraftNode, string>,
  layout: Layout,
  collapsed: boolean,
): Omit<PlacedArea, 'x' | 'y'> {
  const automatic = slots(datacenter.nodes);
  const clients = datacenter.nodes.filter((node) => node.role === 'client').length;
  const servers = datacenter.nodes.filter((node) => node.role === 'server').length;
  const drawn = datacenter.nodes.map((draft, node) => {
    const own = ids.get(draft) ?? '';
    const size = draft.role === 'client' && isCompact(clients) ? COMPACT : CARD;
    return { id: own, ref: { datacenter: index, node }, draft, ...size, given: layout[own] };
  });
  // Where some were placed by hand, the others look for room between them.
  const taken: Box[] = drawn.flatMap(({ given, width, height }) =>
    given === undefined ? [] : [{ ...given, width, height }],
  );
  const byHand = taken.length > 0;
  const nodes = drawn.map(({ given, ...node }): PlacedNode => {
    if (given !== undefined) return { ...node, ...given };
    const slot = automatic.get(node.draft) ?? { x: 0, y: 0 };
    const wanted = { ...node, x: snap(slot.x + PAD), y: snap(slot.y + HEADER) };
    const place = byHand ? freeSpot(wanted, taken, CARD_GAP, { x: PAD, y: HEADER }) : wanted;
    const { width, height } = node;
    const box = { x: snap(place.x), y: snap(place.y), width, height };
    if (byHand) taken.push(box);
    return { ...node, ...box };
  });
  const shown = collapsed ? nodes.filter((node) => node.draft.role !== 'client') : nodes;
  const right = Math.max(0, ...shown.map((node) => node.x + node.width));
  const bottom = Math.max(0, ...shown.map((node) => node.y + node.height));
  return {
    id,
    index,
    draft: datacenter,
    nodes: shown,
    width: Math.max(EMPTY_AREA.width, right + PAD),
    height: Math.max(EMPTY_AREA.height, bottom + PAD + (servers > MOST_LINKED ? NOTE : 0)),
    hiddenClients: collapsed ? clients : 0,
  };
}

/** All datacenters with their nodes: those without a place of their own stand in a row, none covers another. */
export function arrange(
  draft: Draft,
  layout: Layout,
  collapsed: ReadonlySet<string> = new Set(),
): PlacedArea[] {
  const ids = nodeIds(draft);
  const names = areaIds(draft);
  const placed: PlacedArea[] = [];
  for (const [index, datacenter] of draft.datacenters.entries()) {
    const id = names[index] ?? `dc:${index}`;
    const area = placeArea(datacenter, index, id, ids, layout, collapsed.has(id));
    const next = Math.max(0, ...placed.map((other) => other.x + other.width + AREA_GAP));
    placed.push(aside({ ...area, ...(layout[id] ?? { x: next, y: placed[0]?.y ?? 0 }) }, placed));
  }
  return placed;
}

/** An area that would cover earlier ones stands to the right of them. */
function aside(area: PlacedArea, others: readonly PlacedArea[]): PlacedArea {
  const hit = others.find((other) => overlaps(area, other));
  return hit === undefined ? area : aside({ ...area, x: snap(hit.x + hit.width + AREA_GAP) }, others);
}

/** Where areas and their cards stand now, to keep them there while something is put between them by hand. */
export function pinned(areas: readonly PlacedArea[]): Layout {
  return Object.fromEntries(
    areas.flatMap((area) => [area, ...area.nodes].map(({ id, x, y }): [string, Position] => [id, { x, y }])),
  );
}

const inside = (box: Box, { x, y }: Position): boolean =>
  x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;

/** The area that a point of the canvas is in. */
export const areaAt = (areas: readonly PlacedArea[], at: Position): PlacedArea | undefined =>
  areas.findLast((area) => inside(area, at));

/** The area at a point, or the nearest to it. */
export function areaNear(areas: readonly PlacedArea[], at: Position): PlacedArea | undefined {
  const distance = (a: PlacedArea): number =>
    Math.hypot(Math.max(a.x - at.x, 0, at.x - a.x - a.width), Math.max(a.y - at.y, 0, at.y - a.y - a.height));
  return [...areas].sort((a, b) => distance(a) - distance(b))[0];
}

/** The card that a point of the canvas is on. */
export function cardAt(areas: readonly PlacedArea[], at: Position): PlacedNode | undefined {
  for (const area of areas) {
    const found = area.nodes.findLast((n) => inside({ ...n, x: area.x + n.x, y: area.y + n.y }, at));
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Positions after cards were moved: an area grows to the left and the top by moving itself, so that its
 * cards stay where they are on the canvas; a single card that was put onto another moves beside it.
 */
export function settle(area: PlacedArea, moved: Readonly<Record<string, Position>>): Layout {
  const alone = Object.keys(moved).length === 1;
  const nodes = area.nodes.map((node) => {
    const to = moved[node.id];
    if (to === undefined) return { id: node.id, x: node.x, y: node.y };
    const others = area.nodes.filter((other) => moved[other.id] === undefined);
    const box = { x: snap(to.x), y: snap(to.y), width: node.width, height: node.height };
    const covers = alone && others.some((other) => overlaps(box, other));
    return { id: node.id, ...(covers ? freeSpot(box, others, CARD_GAP) : to) };
  });
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
