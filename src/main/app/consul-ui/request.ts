/** What of a page's request may reach the agent, and what of its answer the page. Pure. */

/** The port of Consul's HTTP API on its host's loopback. */
export const API_PORT = 8500;

/** What a browser adds for itself, and what would tell the agent of an origin that it does not know. */
const DROPPED_REQUEST = new Set([
  'connection',
  'cookie',
  'host',
  'keep-alive',
  'origin',
  'referer',
  'transfer-encoding',
  'upgrade',
  'accept-encoding',
  'x-consul-token',
]);
const DROPPED_ANSWER = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'set-cookie',
  'access-control-allow-origin',
]);
/** Asks for permissions and changes nothing: the UI needs it to draw itself. */
const HARMLESS_POST = new Set(['/v1/internal/acl/authorize']);

export interface Upstream {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With query; always below /ui or /v1. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type Verdict = { readonly pass: Upstream } | { readonly refuse: number; readonly why: string };

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']);

/**
 * Judges a request of the page.
 *
 * @param host the only one that the page's addresses may have
 * @param changes whether requests that change something are let through
 */
export function judge(
  request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Iterable<readonly [string, string]>;
  },
  host: string,
  changes: boolean,
): Verdict {
  if (!URL.canParse(request.url)) return { refuse: 400, why: 'not an address' };
  const url = new URL(request.url);
  if (url.host !== host) return { refuse: 404, why: 'not this cluster' };
  const method = request.method.toUpperCase();
  if (!METHODS.has(method)) return { refuse: 405, why: 'not a method that is passed on' };
  const path = url.pathname === '/' ? '/ui/' : url.pathname;
  if (!/^\/(ui|v1)(\/|$)/.test(path)) return { refuse: 404, why: 'not part of the UI' };
  const reads = method === 'GET' || method === 'HEAD' || (method === 'POST' && HARMLESS_POST.has(path));
  if (!reads && !changes) return { refuse: 403, why: 'the Consul UI is read-only here' };
  const headers = Object.fromEntries(
    [...request.headers].filter(
      ([name]) => !DROPPED_REQUEST.has(name.toLowerCase()) && !/^(sec|proxy)-/i.test(name),
    ),
  );
  return {
    pass: {
      method: method === 'HEAD' ? 'GET' : (method as Upstream['method']),
      path: `${path}${url.search}`,
      headers: { ...headers, host: `127.0.0.1:${API_PORT}`, 'accept-encoding': 'identity' },
    },
  };
}

/** Headers of an answer as the page gets them; several values of one are joined. */
export function answerHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined || DROPPED_ANSWER.has(name.toLowerCase())
      ? []
      : [[name, Array.isArray(value) ? value.join(', ') : value]],
  );
}

/** Statuses whose answers have no body: one with a body would not be accepted. */
export const hasBody = (status: number): boolean =>
  status !== 204 && status !== 205 && status !== 304 && status >= 200;
