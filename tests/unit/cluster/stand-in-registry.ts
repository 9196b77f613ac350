/** A registry on this computer's loopback: its API as far as tags are listed, and what a hostile one makes of it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse, at: string) => void;

export interface StandIn {
  /** `127.0.0.1:41234` */
  readonly at: string;
  /** `GET /v2/… <authorization>`, in the order in which they came. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function standIn(answer: Answer): Promise<StandIn> {
  const asked: string[] = [];
  let at = '';
  const server: Server = createServer((request, response) => {
    asked.push(`${request.url ?? ''} ${request.headers.authorization ?? '-'}`);
    answer(request, response, at);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    at,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export const sends = (
  response: ServerResponse,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(200, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};

/** Lists tags to whoever has the authorization; others are told how to come by it. */
export const guarded =
  (wanted: string, challenge: (at: string) => string, tags: readonly unknown[]): Answer =>
  (request, response, at) => {
    if (request.headers.authorization === wanted) sends(response, { name: 'hashicorp/consul', tags });
    else response.writeHead(401, { 'www-authenticate': challenge(at) }).end('{"errors":[]}');
  };

export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
