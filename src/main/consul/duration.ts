/** Durations as Go writes them: https://pkg.go.dev/time#Duration.String */
const UNITS_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000001,
};

/** Go's way to write a duration (`1m2.5s`, `15.3ms`, `0`) in milliseconds; null for `never` and anything else. */
export function goDurationMs(written: string): number | null {
  if (written === '0') return 0;
  const parts = [...written.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== written) return null;
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS_MS[unit ?? ''] ?? 0), 0);
}

/** Tenths of a millisecond are as much as it is worth. */
export const roundedMs = (ms: number | null): number | null =>
  ms === null ? null : Math.round(ms * 10) / 10;
