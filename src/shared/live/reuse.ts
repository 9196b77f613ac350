/**
 * The parts of `after` that equal those of `before`, taken from `before`: what did not change keeps its identity, so that
 * views of it need not be drawn again. Returns `before` itself when nothing changed. For plain data (JSON).
 */
export function reuse<T>(before: unknown, after: T): T {
  if (Object.is(before, after)) return after;
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null)
    return after;
  if (Array.isArray(after)) {
    if (!Array.isArray(before)) return after;
    const items: unknown[] = after.map((item: unknown, index) => reuse(before[index], item));
    const same = before.length === items.length && items.every((item, index) => item === before[index]);
    return (same ? before : items) as T;
  }
  if (Array.isArray(before)) return after;
  const old = before as Readonly<Record<string, unknown>>;
  const entries = Object.entries(after).map(([key, value]): [string, unknown] => [
    key,
    reuse(old[key], value),
  ]);
  const same =
    Object.keys(old).length === entries.length &&
    entries.every(([key, value]) => Object.hasOwn(old, key) && Object.is(old[key], value));
  return (same ? before : Object.fromEntries(entries)) as T;
}
