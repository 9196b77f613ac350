/** What an agent's answers mean when they are not what was asked for. */
import { RaftyardError } from '../../shared/errors.js';
import type { HttpResponse } from '../host/types.js';

/** First line, without control characters: goes into messages. */
export function excerpt(body: string): string {
  const line = body.trim().split('\n')[0] ?? '';
  return line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, 200);
}

/** Consul 1.15 and later limit requests, and say so in plain text: https://developer.hashicorp.com/consul/docs/manage/rate-limit */
export const LIMITED = 429;
const UNAVAILABLE = 503;

export const ABSENT: ReadonlySet<number> = new Set([403, 404, 405]);

/** The endpoint (or the key) is not there, or not for us: an answer, where the caller takes it for one. */
export class Absent extends RaftyardError {
  constructor(
    message: string,
    host: string,
    readonly status: number,
  ) {
    super('consul-api', message, { host });
  }
}

/** An answer of a shape that no version of Consul is known to have: nothing may be concluded from it. */
export class Unreadable extends RaftyardError {
  constructor(message: string, host: string, cause?: unknown) {
    super('consul-api', message, {
      host,
      cause,
      hint: 'See whether it is Consul that answers there, and which version; nothing is concluded from this answer.',
    });
  }
}

/** The error that a status other than 200 stands for. */
export function refusalOf(host: string, path: string, { status, body }: HttpResponse): RaftyardError {
  const said = excerpt(body);
  const reason = said === '' ? '' : `: ${said}`;
  if (status === LIMITED || (status === UNAVAILABLE && /rate limit/i.test(said)))
    return new RaftyardError(
      'consul-api',
      `Consul takes no more requests for now (${status}) at ${path}${reason}`,
      { host, hint: 'Wait a moment, or raise limits.request_limits of this agent.', retryable: true },
    );
  const message = `Consul answered ${status} to ${path}${reason}`;
  if (ABSENT.has(status)) return new Absent(message, host, status);
  // 5xx: no leader yet, or an agent that still starts.
  return new RaftyardError('consul-api', message, { host, retryable: status >= 500 });
}
