/** Exit codes, as in sysexits(3) where it has one. */
export const EXIT = { good: 0, failed: 1, changes: 2, usage: 64, invalid: 65, cancelled: 130 } as const;

/** Ends a command with a code after it has said all there is to say. */
export class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}
