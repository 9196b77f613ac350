/** HTTP over SSH channels: an agent whose sockets are channels, for the Docker Engine and for Consul. */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';
import { RaftyardError } from '../../../shared/errors.js';
import type { HttpRequest, HttpResponse } from '../types.js';

const HEADERS_MS = 10_000;
const MAX_BODY = 8 * 1024 * 1024;

/** A channel is no net.Socket: what Node's HTTP expects of one is added, doing nothing. */
export function asSocket(channel: Duplex): Duplex {
  const self = channel as Duplex & Record<string, unknown>;
  for (const name of ['setNoDelay', 'setKeepAlive', 'setTimeout', 'ref', 'unref'])
    self[name] ??= () => channel;
  return channel;
}

export class ChannelAgent extends Agent {
  /**
   * @param keepAlive only for a peer that does not come and go: an idle channel does not notice that its peer was stopped,
   * and the next request on it would wait in vain.
   */
  constructor(
    readonly open: () => Promise<Duplex>,
    keepAlive: boolean,
  ) {
    super({ keepAlive, maxFreeSockets: 4 });
  }

  /** docker-modem inspects its options to all depths at each request: without this, 0.2 s of a still process. */
  [inspect.custom](): string {
    return 'ChannelAgent';
  }

  override createConnection(
    _options: unknown,
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.open().then(
      (channel) => done?.(null, asSocket(channel)),
      (error: unknown) =>
        done?.(error instanceof Error ? error : new Error(String(error)), undefined as never),
    );
    return undefined;
  }
}

/** Sends a request to the host's loopback; resolves with the headers. */
export function sendHttp(agent: Agent, host: string, request: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const timeoutMs = request.timeoutMs ?? HEADERS_MS;
    const call = httpRequest({
      agent,
      method: request.method,
      path: request.path,
      host: '127.0.0.1',
      port: request.port,
      headers: {
        ...request.headers,
        host: `127.0.0.1:${request.port}`,
        ...(request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) }),
      },
    });
    const fail = (error: RaftyardError): void => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', abort);
      reject(error);
      call.destroy();
    };
    const abort = (): void => fail(new RaftyardError('cancelled', 'cancelled', { host }));
    const timer = setTimeout(
      () =>
        fail(
          new RaftyardError('timeout', `port ${request.port} did not answer within ${timeoutMs / 1000} s`, {
            host,
            retryable: true,
          }),
        ),
      timeoutMs,
    );
    request.signal?.addEventListener('abort', abort, { once: true });
    call.on('error', (error) =>
      fail(
        error instanceof RaftyardError
          ? error
          : new RaftyardError('consul-api', `port ${request.port} does not answer: ${error.message}`, {
              host,
              retryable: true,
              cause: error,
            }),
      ),
    );
    call.on('response', (response) => {
      clearTimeout(timer);
      response.once('close', () => request.signal?.removeEventListener('abort', abort));
      // An abort after the headers ends the body too.
      request.signal?.addEventListener('abort', () => response.destroy(), { once: true });
      resolve(response);
    });
    // Whoever has been cancelled before it is sent does not wait for the answer either.
    if (request.signal?.aborted === true) return abort();
    call.end(request.body);
  });
}

/** The whole answer, bounded. */
export async function readBody(response: IncomingMessage, host: string): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY)
        throw new RaftyardError('consul-api', `the answer is larger than ${MAX_BODY / 1024 / 1024} MB`, {
          host,
        });
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof RaftyardError) throw error;
    throw new RaftyardError('connection-lost', 'the answer was cut off', {
      host,
      retryable: true,
      cause: error,
    });
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
