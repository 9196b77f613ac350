/** What a test file has for itself while others run beside it. */

/**
 * What belongs to the lane of this file, of what each lane has one of.
 * @throws Error where there is none
 */
export function ownOf<T>(each: readonly T[]): T {
  const own = each[(Number(process.env['VITEST_POOL_ID'] ?? '1') - 1) % each.length];
  if (own === undefined) throw new Error('nothing was set up for the tests');
  return own;
}
