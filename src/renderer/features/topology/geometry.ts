/** Boxes, and lines between them from border to border. Pure. */

export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

const centre = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

/** Whether two boxes come closer than `gap`. */
export const overlaps = (a: Box, b: Box, gap = 0): boolean =>
  a.x < b.x + b.width + gap &&
  b.x < a.x + a.width + gap &&
  a.y < b.y + b.height + gap &&
  b.y < a.y + a.height + gap;

/** Everything on the canvas snaps to this, in pixels. */
export const GRID = 8;
const RINGS = 24;

/**
 * The place nearest to a wanted one where a box covers none of the others; the wanted one where it does not.
 * `from`: no place above or left of this.
 */
export function freeSpot(wanted: Box, others: readonly Box[], gap: number, from?: Point): Point {
  const free = (box: Box): boolean => !others.some((other) => overlaps(box, other, gap));
  if (free(wanted)) return { x: wanted.x, y: wanted.y };
  const onGrid = (size: number): number => Math.ceil((size + gap) / 4 / GRID) * GRID;
  const step = { x: onGrid(wanted.width), y: onGrid(wanted.height) };
  for (let ring = 1; ring <= RINGS; ring++) {
    const found = ringAround(ring)
      .map(([i, j]): Box => ({ ...wanted, x: wanted.x + i * step.x, y: wanted.y + j * step.y }))
      .filter((box) => from === undefined || (box.x >= from.x && box.y >= from.y))
      .filter(free)
      .sort(
        (a, b) => Math.hypot(a.x - wanted.x, a.y - wanted.y) - Math.hypot(b.x - wanted.x, b.y - wanted.y),
      )[0];
    if (found !== undefined) return { x: found.x, y: found.y };
  }
  return { x: wanted.x, y: Math.max(...others.map((other) => other.y + other.height)) + gap };
}

function ringAround(ring: number): (readonly [number, number])[] {
  const line = Array.from({ length: 2 * ring + 1 }, (_, i) => i - ring);
  return [
    ...line.flatMap((i) => [[i, -ring] as const, [i, ring] as const]),
    ...line.slice(1, -1).flatMap((j) => [[-ring, j] as const, [ring, j] as const]),
  ];
}

/** Where the line from a box's centre towards a point crosses its border. */
export function border(box: Box, towards: Point): Point {
  const from = centre(box);
  const dx = towards.x - from.x;
  const dy = towards.y - from.y;
  if (dx === 0 && dy === 0) return from;
  const scale = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : box.width / 2 / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : box.height / 2 / Math.abs(dy),
  );
  return { x: from.x + dx * scale, y: from.y + dy * scale };
}

export interface Drawn {
  /** SVG path. */
  readonly path: string;
  /** Where a label sits on the line. */
  readonly label: Point;
}

/** A straight line between two boxes. */
export function straight(a: Box, b: Box): Drawn {
  const from = border(a, centre(b));
  const to = border(b, centre(a));
  return {
    path: `M ${from.x} ${from.y} L ${to.x} ${to.y}`,
    label: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 },
  };
}

/** A bow between two boxes, for links over other things: above them, or beside them where one is below the other. */
export function bow(a: Box, b: Box): Drawn {
  const [left, right] = a.x <= b.x ? [a, b] : [b, a];
  const between = right.x - left.x - left.width;
  if (between < 24) {
    const [upper, lower] = a.y <= b.y ? [a, b] : [b, a];
    const from = { x: upper.x + upper.width, y: upper.y + upper.height / 2 };
    const to = { x: lower.x + lower.width, y: lower.y + lower.height / 2 };
    return curve(from, { x: Math.max(from.x, to.x) + 72, y: (from.y + to.y) / 2 }, to);
  }
  const from = { x: left.x + left.width, y: left.y + left.height / 2 };
  const to = { x: right.x, y: right.y + right.height / 2 };
  const lift = Math.min(60, between / 5 + 12);
  return curve(from, { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 - lift }, to);
}

const curve = (from: Point, bend: Point, to: Point): Drawn => ({
  path: `M ${from.x} ${from.y} Q ${bend.x} ${bend.y} ${to.x} ${to.y}`,
  label: { x: (from.x + 2 * bend.x + to.x) / 4, y: (from.y + 2 * bend.y + to.y) / 4 },
});
