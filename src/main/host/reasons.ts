/** Why nobody could be reached, in plain words. */

const PLAIN: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to its network',
  ENOTFOUND: 'the name is not known',
  ETIMEDOUT: 'it does not answer',
  ECONNRESET: 'it closed the connection',
};

/** What an error of a socket means; its own message where that is not known. */
export const socketReason = ({
  code,
  message,
}: {
  readonly code?: unknown;
  readonly message: string;
}): string => (typeof code === 'string' ? PLAIN[code] : undefined) ?? message;
