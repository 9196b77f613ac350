/** The two ways to a registry: this computer's own, and a host's curl. */
import { RaftyardError } from '../../../shared/errors.js';
import { parseHttp } from '../../consul/exec-http.js';
import { type HostConnection, socketReason } from '../../host/index.js';
import { type Ask, MOST_BYTES, noAnswer } from './answer.js';

/** Until the whole answer is there. */
const WITHIN_MS = 6000;
/** For all pages together, as many times as long. */
const ALL_PAGES = 4;
const CURL_SECONDS = 10;
const ACCEPT = { accept: 'application/json' };

const tooLong = (url: URL): RaftyardError => noAnswer(url, 'its answer is longer than 2 MB');
const cancelled = (cause: unknown): RaftyardError => new RaftyardError('cancelled', 'cancelled', { cause });

async function bounded(url: URL, response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    size += bytes.length;
    if (size > MOST_BYTES) throw tooLong(url);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What fetch hides behind "fetch failed"; addresses that were all tried in vain come as one error of several. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error.cause instanceof Error
    ? reasonOf(error.cause)
    : socketReason(error as Error & { code?: unknown });
}

/** From this computer, directly: no proxy is looked for. */
export const fromHere =
  (signal?: AbortSignal, withinMs = WITHIN_MS, whole = AbortSignal.timeout(ALL_PAGES * withinMs)): Ask =>
  async (url, headers) => {
    const own = new AbortController();
    const limit = AbortSignal.any([
      own.signal,
      whole,
      AbortSignal.timeout(withinMs),
      ...(signal === undefined ? [] : [signal]),
    ]);
    try {
      const response = await fetch(url, {
        headers: { ...ACCEPT, ...headers },
        redirect: 'manual',
        signal: limit,
      });
      return {
        status: response.status,
        header: (name) => response.headers.get(name) ?? undefined,
        body: await bounded(url, response),
      };
    } catch (error) {
      if (signal?.aborted === true) throw cancelled(error);
      throw error instanceof RaftyardError ? error : noAnswer(url, reasonOf(error), error);
    } finally {
      // Nothing of an answer that was too long comes on.
      own.abort();
    }
  };

/** As a configuration of curl has it. https://curl.se/docs/manpage.html#-K */
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** curl writes the head of each answer, also that of a proxy which let it through. */
function lastAnswer(raw: string): ReturnType<typeof parseHttp> {
  const answer = parseHttp(raw);
  return answer?.body.startsWith('HTTP/') === true ? (lastAnswer(answer.body) ?? answer) : answer;
}

/**
 * From a host, by its curl. What is asked and with which login goes by stdin: arguments are seen by everyone on the host. Its
 * owner could read it, as with the login that its engine pulls with.
 */
export const throughHost =
  (connection: HostConnection, signal?: AbortSignal): Ask =>
  async (url, headers) => {
    const stop = new AbortController();
    let size = 0;
    const lines = [
      `url = ${quoted(url.href)}`,
      ...Object.entries({ ...ACCEPT, ...headers }).map(
        ([name, value]) => `header = ${quoted(`${name}: ${value}`)}`,
      ),
    ];
    const argv = ['curl', '-q', '-sS', '-g', '-i', '--proto', `=${url.protocol.slice(0, -1)}`];
    let result: Awaited<ReturnType<HostConnection['exec']>>;
    try {
      result = await connection.exec([...argv, '--max-time', String(CURL_SECONDS), '-K', '-'], {
        stdin: `${lines.join('\n')}\n`,
        timeoutMs: (CURL_SECONDS + 5) * 1000,
        maxBytes: MOST_BYTES,
        signal: signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]),
        onOutput: (text) => {
          size += text.length;
          if (size > MOST_BYTES) stop.abort();
        },
      });
    } catch (error) {
      if (signal?.aborted === true) throw cancelled(error);
      throw stop.signal.aborted ? tooLong(url) : error;
    }
    if (result.code === 127) throw noAnswer(url, 'there is no curl on the host');
    const answer = result.code === 0 && !result.truncated ? lastAnswer(result.stdout) : null;
    if (answer === null) throw noAnswer(url, result.stderr.trim().slice(0, 200) || 'no answer');
    return {
      status: answer.status,
      header: (name) => [answer.headers[name]].flat().join(', ') || undefined,
      body: answer.body,
    };
  };
