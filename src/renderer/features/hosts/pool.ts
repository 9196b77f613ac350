/** Work on many things, a few at a time. Pure but for what the work does. */

/**
 * Does the work for each item in order, at most `most` at once; resolves when all that were begun have ended.
 * Once `signal` is aborted, nothing more is begun.
 *
 * @throws what the work throws first; the others go on to their end
 */
export async function pooled<T>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const waiting = items.values();
  const lane = async (): Promise<void> => {
    for (const item of waiting) {
      if (signal.aborted) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane));
}
