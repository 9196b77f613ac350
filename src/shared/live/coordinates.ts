/** Round-trip times from Consul's network coordinates. */
import type { LiveRtt } from './types.js';

/** Vivaldi coordinate as Consul tells it; lengths are seconds. */
export interface Coordinate {
  readonly vec: readonly number[];
  readonly height: number;
  readonly adjustment: number;
}

export interface NodeCoordinate {
  readonly node: string;
  /** Network segment; coordinates of different segments cannot be compared. */
  readonly segment: string;
  readonly coordinate: Coordinate;
}

/** Above this, only pairs with a server are told: a thousand nodes have half a million pairs. */
const ALL_PAIRS = 40;

/**
 * Estimated round-trip time in milliseconds, rounded to 0.01; null when the two cannot be compared.
 * The distance of the vectors plus both heights, plus both adjustments unless that would not be positive
 * (https://developer.hashicorp.com/consul/docs/architecture/coordinates).
 */
export function roundTripMs(a: Coordinate, b: Coordinate): number | null {
  if (a.vec.length !== b.vec.length || a.vec.length === 0) return null;
  const squares = a.vec.reduce((sum, value, index) => sum + (value - (b.vec[index] ?? 0)) ** 2, 0);
  const plain = Math.sqrt(squares) + a.height + b.height;
  const adjusted = plain + a.adjustment + b.adjustment;
  const seconds = adjusted > 0 ? adjusted : plain;
  return Number.isFinite(seconds) ? Math.round(seconds * 100_000) / 100 : null;
}

/** Every pair of nodes once, `a` before `b` in name order; with many nodes, the pairs that a server is part of. */
export function lanRtt(
  coordinates: readonly NodeCoordinate[],
  isServer: (node: string) => boolean,
): LiveRtt[] {
  const sorted = [...coordinates].sort((a, b) => (a.node < b.node ? -1 : a.node > b.node ? 1 : 0));
  const all = sorted.length <= ALL_PAIRS;
  return sorted.flatMap((a, index) =>
    sorted.slice(index + 1).flatMap((b): LiveRtt[] => {
      if (a.node === b.node || a.segment !== b.segment) return [];
      if (!all && !isServer(a.node) && !isServer(b.node)) return [];
      const ms = roundTripMs(a.coordinate, b.coordinate);
      return ms === null ? [] : [{ a: a.node, b: b.node, ms }];
    }),
  );
}

/** Median of the round-trip times between the servers of two datacenters; null when none can be computed. */
export function wanRtt(from: readonly Coordinate[], to: readonly Coordinate[]): number | null {
  const times = from
    .flatMap((a) => to.map((b) => roundTripMs(a, b)))
    .filter((ms): ms is number => ms !== null)
    .sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? null;
}
