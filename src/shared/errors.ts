/** The closed set of things that can go wrong, each with a fixed meaning for every caller. */
export const ERROR_CODES = [
  'usage',
  'invalid-topology',
  'host-unreachable',
  'host-key-unknown',
  'host-key-changed',
  'host-key-revoked',
  'auth-failed',
  'connection-lost',
  'timeout',
  'cancelled',
  'sudo-denied',
  'docker-not-installed',
  'docker-not-running',
  'docker-denied',
  'docker-failed',
  'command-failed',
  'forwarding-refused',
  'conflict',
  'blocked',
  'image-unavailable',
  'lock-held',
  'plan-outdated',
  'quorum-not-reached',
  'consul-api',
  'secrets-needed',
  'io',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What crosses process borders and goes into `--json`: never a stack, never a secret. */
export interface ErrorEnvelope {
  readonly code: ErrorCode;
  readonly message: string;
  /** Name of the host in the topology, where one is concerned. */
  readonly host?: string;
  /** What the person can do next, one sentence. */
  readonly hint?: string;
  /** Whether doing the same again may succeed without changing anything. */
  readonly retryable: boolean;
}

export interface ErrorOptions {
  readonly host?: string | undefined;
  readonly hint?: string | undefined;
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** The one error class of Raftyard: a code, the host, what to do next, and whether a retry makes sense. */
export class RaftyardError extends Error {
  readonly code: ErrorCode;
  readonly host: string | undefined;
  readonly hint: string | undefined;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RaftyardError';
    this.code = code;
    this.host = options.host;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
  }

  toEnvelope(): ErrorEnvelope {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.host === undefined ? {} : { host: this.host }),
      ...(this.hint === undefined ? {} : { hint: this.hint }),
    };
  }
}

/** Any thrown value as an envelope; an error that is not ours becomes `internal`, with its message only. */
export function toEnvelope(error: unknown, host?: string): ErrorEnvelope {
  if (error instanceof RaftyardError) {
    const own = error.toEnvelope();
    return own.host === undefined && host !== undefined ? { ...own, host } : own;
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, retryable: false, ...(host === undefined ? {} : { host }) };
}
