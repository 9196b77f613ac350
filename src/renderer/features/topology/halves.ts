/** Names that have no room are shortened in the middle: those of many nodes alike differ at their end. Pure. */

/** So many characters of the end stay at most. */
const MOST_KEPT = 8;

export interface Halves {
  /** Gives way where there is no room. */
  readonly head: string;
  /** Stays. */
  readonly tail: string;
}

/** Where a name may be cut: before its last parts (`client-worker` and `-01`), or before its last characters. */
export function halves(name: string): Halves {
  const characters = [...name];
  const least = Math.max(1, characters.length - MOST_KEPT);
  const part = characters.findIndex((character, at) => at >= least && /[-_.]/.test(character));
  // A name that ends in a separator has nothing behind it that tells it from others.
  const at = part === -1 || part === characters.length - 1 ? least : part;
  return { head: characters.slice(0, at).join(''), tail: characters.slice(at).join('') };
}
