/** Automatic places inside a datacenter: what one sees before anything was moved by hand. Pure. */
import type { Position } from '../../../shared/ipc/index.js';
import type { DraftNode } from '../../../shared/topology/index.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const CARD: Size = { width: 196, height: 84 };
/** With many clients their cards are one line high: all names stay readable. */
export const COMPACT: Size = { width: 136, height: 32 };
export const COMPACT_FROM = 13;
/** More servers than this are drawn as one pool, not as links between each two. */
export const MOST_LINKED = 7;
/** Steps of a card and its gap are multiples of the grid: snapped columns stay even. */
const GAP = { x: 68, y: 76 };
const CLOSE = { x: 28, y: 28 };

/**
 * Servers up to `MOST_LINKED`, in half columns and rows: the bootstrap server on top, the corners of a convex
 * shape, so that no link runs behind a third card.
 */
const SHAPES: readonly (readonly (readonly [number, number])[])[] = [
  [],
  [[0, 0]],
  [
    [0, 0],
    [2, 0],
  ],
  [
    [1, 0],
    [0, 1],
    [2, 1],
  ],
  [
    [1.2, 0],
    [0, 1],
    [2.4, 1],
    [1.2, 2],
  ],
  [
    [1.6, 0],
    [0, 1],
    [3.2, 1],
    [0.5, 2],
    [2.7, 2],
  ],
  [
    [1.75, 0],
    [0, 0.8],
    [3.5, 0.8],
    [0, 2],
    [3.5, 2],
    [1.75, 2.8],
  ],
  [
    [2.6, 0],
    [0.4, 0.7],
    [4.8, 0.7],
    [0, 1.9],
    [5.2, 1.9],
    [1.5, 2.9],
    [3.7, 2.9],
  ],
];

function serverPlaces(count: number): Position[] {
  const half = (CARD.width + GAP.x) / 2;
  const row = CARD.height + GAP.y;
  const shape = SHAPES[count];
  if (shape !== undefined) return shape.map(([x, y]) => ({ x: x * half, y: y * row }));
  // A pool: no lines between them, so they stand close.
  return grid(count, Math.ceil(Math.sqrt(count)), CARD, CLOSE);
}

function grid(count: number, columns: number, size: Size, gap: Position): Position[] {
  return Array.from({ length: count }, (_, i) => ({
    x: (i % columns) * (size.width + gap.x),
    y: Math.floor(i / columns) * (size.height + gap.y),
  }));
}

const right = (places: readonly Position[], size: Size): number =>
  Math.max(0, ...places.map((place) => place.x + size.width));

/** Two columns of clients stand below two of three servers, as their lines are shortest so. */
const inServersColumns = (clients: number, servers: number): boolean => servers === 3 && clients <= 4;

/** Clients in rows below the servers. */
function clientPlaces(count: number, servers: number): Position[] {
  if (isCompact(count)) return grid(count, Math.max(4, Math.ceil(Math.sqrt(count))), COMPACT, { x: 8, y: 8 });
  if (inServersColumns(count, servers)) return grid(count, 2, CARD, { x: GAP.x, y: 28 });
  // Wide rather than high, as windows are.
  return grid(count, count > 4 ? 4 : 2, CARD, CLOSE);
}

export const isCompact = (clients: number): boolean => clients >= COMPACT_FROM;

/** Places for a datacenter's nodes, from 0/0; the bootstrap server comes first. */
export function slots(nodes: readonly DraftNode[]): Map<DraftNode, Position> {
  const flagged = nodes.find((node) => node.role !== 'client' && node.bootstrap);
  const rest = nodes.filter((node) => node.role !== 'client' && node !== flagged);
  const servers = flagged === undefined ? rest : [flagged, ...rest];
  const clients = nodes.filter((node) => node.role === 'client');
  const above = serverPlaces(servers.length);
  const below = clientPlaces(clients.length, servers.length);
  const widths = [right(above, CARD), right(below, isCompact(clients.length) ? COMPACT : CARD)];
  const widest = Math.max(...widths);
  const inColumns = inServersColumns(clients.length, servers.length);
  const [aboveBy = 0, belowBy = 0] = widths.map((width) => (inColumns ? 0 : (widest - width) / 2));
  const bottom = Math.max(0, ...above.map((place) => place.y + CARD.height + GAP.y));
  const result = new Map<DraftNode, Position>();
  for (const [i, node] of servers.entries()) {
    const { x, y } = above[i] ?? { x: 0, y: 0 };
    result.set(node, { x: x + aboveBy, y });
  }
  for (const [i, node] of clients.entries()) {
    const { x, y } = below[i] ?? { x: 0, y: 0 };
    result.set(node, { x: x + belowBy, y: y + bottom });
  }
  return result;
}
