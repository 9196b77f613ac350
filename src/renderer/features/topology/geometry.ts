/** Lines between cards: from border to border. Pure. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}

const centre = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

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

/** A bow above two boxes, for links over other things. */
export function bow(a: Box, b: Box): Drawn {
  const [left, right] = a.x <= b.x ? [a, b] : [b, a];
  const from = { x: left.x + left.width, y: left.y + left.height / 2 };
  const to = { x: right.x, y: right.y + right.height / 2 };
  const lift = Math.min(60, Math.abs(to.x - from.x) / 5 + 12);
  const bend = { x: (from.x + to.x) / 2, y: Math.min(from.y, to.y) - lift };
  return {
    path: `M ${from.x} ${from.y} Q ${bend.x} ${bend.y} ${to.x} ${to.y}`,
    label: { x: (from.x + 2 * bend.x + to.x) / 4, y: (from.y + 2 * bend.y + to.y) / 4 },
  };
}
