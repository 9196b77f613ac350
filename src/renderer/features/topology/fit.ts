/** How everything is brought onto the screen without standing below the tools or the overview. Pure. */
import { type Box, overlaps } from './geometry.js';

export const MINIMAP = { width: 124, height: 84, margin: 15 };
const EDGE = 24;
/** The toolbar at the left edge. */
const TOOLS = 60;

export interface Padding {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

interface Pane {
  readonly width: number;
  readonly height: number;
}

export function boundsOf(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  };
}

/** Zoom with which bounds fit into what the padding leaves. */
export function zoomOf(bounds: Box, pane: Pane, padding: Padding, maxZoom: number): number {
  const { top, right, bottom, left } = padding;
  return Math.min(
    maxZoom,
    (pane.width - left - right) / bounds.width,
    (pane.height - top - bottom) / bounds.height,
  );
}

/** Where a box is in the pane once its bounds are fitted: in the middle, aside where the padding wants it. */
export function fittedBox(box: Box, bounds: Box, pane: Pane, padding: Padding, maxZoom: number): Box {
  const zoom = zoomOf(bounds, pane, padding, maxZoom);
  const along = (size: number, content: number, before: number, after: number): number => {
    const middle = (size - content * zoom) / 2;
    return Math.min(Math.max(middle, before), size - after - content * zoom);
  };
  const x = along(pane.width, bounds.width, padding.left, padding.right);
  const y = along(pane.height, bounds.height, padding.top, padding.bottom);
  return {
    x: x + (box.x - bounds.x) * zoom,
    y: y + (box.y - bounds.y) * zoom,
    width: box.width * zoom,
    height: box.height * zoom,
  };
}

/**
 * Padding, in pixels, with which everything is seen as large as can be and nothing is covered.
 *
 * @param aside what lies over the pane's right side, in pixels
 */
export function fitPadding(boxes: readonly Box[], pane: Pane, maxZoom: number, aside = 0): Padding {
  const plain: Padding = { top: EDGE, right: EDGE + aside, bottom: EDGE, left: TOOLS };
  // What lies there covers the overview too.
  if (boxes.length === 0 || aside > 0) return plain;
  const bounds = boundsOf(boxes);
  const overview: Box = {
    x: pane.width - MINIMAP.width - MINIMAP.margin,
    y: pane.height - MINIMAP.height - MINIMAP.margin,
    width: MINIMAP.width,
    height: MINIMAP.height,
  };
  const covered = boxes.some((box) => overlaps(fittedBox(box, bounds, pane, plain, maxZoom), overview));
  if (!covered) return plain;
  const above: Padding = { ...plain, bottom: MINIMAP.height + 2 * MINIMAP.margin };
  const beside: Padding = { ...plain, right: MINIMAP.width + 2 * MINIMAP.margin };
  const [a, b] = [above, beside].map((padding) => zoomOf(bounds, pane, padding, maxZoom));
  return (a ?? 0) >= (b ?? 0) ? above : beside;
}

/** With less zoom than this nobody can read the names on compact cards. */
export const READABLE = 0.65;

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/**
 * The viewport that begins where a box does, at a zoom with which not everything has room; an axis that has room for
 * everything is shown whole, and nothing lies empty where there is more to see.
 */
export function beginningAt(
  box: Box,
  boxes: readonly Box[],
  pane: Pane,
  padding: Padding,
  zoom: number,
): Viewport {
  const bounds = boundsOf(boxes);
  const along = (room: number, before: number, from: number, start: number, size: number): number => {
    const spare = room - size * zoom;
    if (spare >= 0) return before + spare / 2 - start * zoom;
    return before - Math.min(from, start + size - room / zoom) * zoom;
  };
  const { top, right, bottom, left } = padding;
  return {
    x: along(pane.width - left - right, left, box.x, bounds.x, bounds.width),
    y: along(pane.height - top - bottom, top, box.y, bounds.y, bounds.height),
    zoom,
  };
}
