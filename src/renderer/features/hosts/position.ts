/** Which question of how many is asked: those that came together count together. Pure. */
export interface Position {
  /** Every question since there was none, in the order in which they came. */
  readonly ids: readonly string[];
  /** 1-based. */
  readonly number: number;
  readonly all: number;
}

/**
 * @param queue ids of the questions that are open, the one that is shown first
 * @returns null where none is open; then counting begins anew
 */
export function positionIn(before: Position | null, queue: readonly string[]): Position | null {
  const [current] = queue;
  if (current === undefined) return null;
  const known = before?.ids ?? [];
  const ids = [...known, ...queue.filter((id) => !known.includes(id))];
  return { ids, number: ids.indexOf(current) + 1, all: ids.length };
}
