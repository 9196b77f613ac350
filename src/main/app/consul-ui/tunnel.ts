/** The UI in the system's browser: a server on this computer's loopback that only the browser we opened can use. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { toEnvelope } from '../../../shared/errors.js';
import { answerHeaders, hasBody, judge, type Upstream } from './request.js';

/** A tunnel that nobody uses closes by itself. */
const IDLE_MS = 30 * 60_000;
const COOKIE = 'raftyard-tunnel';

/** Whether two secrets are the same, in a time that tells nothing of where they differ. */
export function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

export interface TunnelRequest {
  readonly url: string;
  readonly host: string | undefined;
  readonly cookie: string | undefined;
}
export type Admission = { readonly enter: string } | { readonly pass: true } | { readonly refuse: number };

/**
 * Who may come in: the one who brings the token gets a cookie once, everyone else needs it; and the address
 * must be ours, or another page could be led here by name (DNS rebinding).
 */
export function admit(
  request: TunnelRequest,
  port: number,
  token: { readonly value: string; used: boolean },
  session: string,
): Admission {
  if (request.host !== `127.0.0.1:${port}`) return { refuse: 421 };
  const url = new URL(request.url, `http://127.0.0.1:${port}`);
  const given = url.searchParams.get('token');
  if (given !== null && url.pathname === '/enter') {
    if (token.used || !same(given, token.value)) return { refuse: 403 };
    token.used = true;
    return { enter: session };
  }
  const cookies = (request.cookie ?? '').split(/;\s*/);
  return cookies.some((cookie) => same(cookie, `${COOKIE}=${session}`)) ? { pass: true } : { refuse: 403 };
}

export class Tunnel {
  readonly #ask: (request: Upstream, signal: AbortSignal) => Promise<IncomingMessage>;
  #server: Server | null = null;
  #idle: NodeJS.Timeout | undefined;

  constructor(ask: (request: Upstream, signal: AbortSignal) => Promise<IncomingMessage>) {
    this.#ask = ask;
  }

  /** The address to open once; each call makes a new tunnel and ends the former. */
  async open(): Promise<string> {
    this.close();
    const token = { value: randomBytes(32).toString('base64url'), used: false };
    const session = randomBytes(32).toString('base64url');
    const server = createServer((request, response) => {
      const { port } = server.address() as AddressInfo;
      this.#touch();
      const admission = admit(
        { url: request.url ?? '/', host: request.headers.host, cookie: request.headers.cookie },
        port,
        token,
        session,
      );
      if ('refuse' in admission) response.writeHead(admission.refuse).end();
      else if ('enter' in admission)
        response
          .writeHead(303, {
            location: '/ui/',
            'set-cookie': `${COOKIE}=${admission.enter}; HttpOnly; SameSite=Strict; Path=/`,
            'referrer-policy': 'no-referrer',
          })
          .end();
      else void this.#pass(request, response, port);
    });
    this.#server = server;
    await new Promise<void>((done, fail) => {
      server.once('error', fail);
      server.listen(0, '127.0.0.1', done);
    });
    this.#touch();
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/enter?token=${token.value}`;
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#server?.closeAllConnections();
    this.#server?.close();
    this.#server = null;
  }

  #touch(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.close(), IDLE_MS);
    this.#idle.unref();
  }

  async #pass(request: IncomingMessage, response: ServerResponse, port: number): Promise<void> {
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[name, value]] : [],
    );
    const url = `http://127.0.0.1:${port}${request.url ?? '/'}`;
    const verdict = judge({ url, method: request.method ?? 'GET', headers }, `127.0.0.1:${port}`, false);
    if ('refuse' in verdict) {
      response.writeHead(verdict.refuse).end(verdict.why);
      return;
    }
    const abort = new AbortController();
    response.once('close', () => abort.abort());
    try {
      const answer = await this.#ask(verdict.pass, abort.signal);
      response.writeHead(answer.statusCode ?? 502, Object.fromEntries(answerHeaders(answer.headers)));
      if (hasBody(answer.statusCode ?? 502)) await pipeline(answer, response);
      else response.end();
    } catch (error) {
      if (!response.headersSent) response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(toEnvelope(error).message);
    }
  }
}
