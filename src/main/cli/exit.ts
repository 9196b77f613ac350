import type { ErrorCode } from '../../shared/errors.js';

/** Exit codes; 64 and 65 as in sysexits(3), 130 as a shell reports SIGINT. */
export const EXIT = { good: 0, failed: 1, changes: 2, usage: 64, invalid: 65, cancelled: 130 } as const;

export function exitCodeOf(code: ErrorCode): number {
  if (code === 'usage') return EXIT.usage;
  if (code === 'invalid-topology') return EXIT.invalid;
  return code === 'cancelled' ? EXIT.cancelled : EXIT.failed;
}
