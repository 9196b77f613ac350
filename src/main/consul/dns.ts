/** An agent's DNS, asked by TCP over the connection to its host. */
import type { Duplex } from 'node:stream';
import { type Answer, streamDecode, streamEncode } from 'dns-packet';
import { RaftyardError } from '../../shared/errors.js';
import type { DnsRecord, DnsReply, RecordType } from '../../shared/live/index.js';
import type { HostConnection } from '../host/types.js';

const TIMEOUT_MS = 5000;
/** A message over TCP begins with its own length: two bytes (https://datatracker.ietf.org/doc/html/rfc1035#section-4.2.2). */
const LENGTH_BYTES = 2;
const RECURSION_DESIRED = 0x0100;

/** What is sent by others, and printed: without what would steer a terminal. */
const plain = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');

function toRecord(answer: Answer): DnsRecord[] {
  // Extensions and signatures are no answers.
  if (answer.type === 'OPT' || !('data' in answer)) return [];
  const { name, type, data } = answer;
  const text =
    typeof data === 'string'
      ? data
      : typeof data === 'object' && data !== null && 'target' in data && 'port' in data
        ? `${data.priority ?? 0} ${data.weight ?? 0} ${data.port} ${data.target}.`
        : '';
  if (text === '') return [];
  return [{ name: plain(name), type, ttl: 'ttl' in answer ? (answer.ttl ?? 0) : 0, data: plain(text) }];
}

/** Reads one whole message, whatever pieces it comes in. */
async function message(channel: Duplex): Promise<Buffer> {
  let all = Buffer.alloc(0);
  for await (const piece of channel) {
    all = Buffer.concat([all, piece as Buffer]);
    const length = all.length < LENGTH_BYTES ? Number.POSITIVE_INFINITY : all.readUInt16BE(0);
    if (all.length >= LENGTH_BYTES + length) return all.subarray(0, LENGTH_BYTES + length);
  }
  throw new Error('the connection was closed before an answer came');
}

/**
 * What the DNS of an agent answers to one question.
 * @throws RaftyardError consul-api where it does not answer, forwarding-refused where sshd does not let us ask
 */
export async function askDns(
  connection: HostConnection,
  { address, port }: { readonly address: string; readonly port: number },
  name: string,
  type: RecordType,
  signal?: AbortSignal,
): Promise<DnsReply> {
  const host = connection.host.name;
  const began = performance.now();
  // An abort that came before is told by no event.
  signal?.throwIfAborted();
  const channel = await connection.forward(address, port);
  const stop = (): void => void channel.destroy();
  const timer = setTimeout(stop, TIMEOUT_MS);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    signal?.throwIfAborted();
    channel.write(
      streamEncode({
        type: 'query',
        id: Math.floor(Math.random() * 0x10000),
        flags: RECURSION_DESIRED,
        questions: [{ type, name }],
      }),
    );
    const packet = streamDecode(await message(channel));
    return {
      type,
      status: 'rcode' in packet && typeof packet.rcode === 'string' ? packet.rcode : '',
      answers: (packet.answers ?? []).flatMap(toRecord),
      additional: (packet.additionals ?? []).flatMap(toRecord),
      ms: Math.round(performance.now() - began),
    };
  } catch (cause) {
    if (signal?.aborted === true) throw new RaftyardError('cancelled', 'cancelled', { host });
    if (cause instanceof RaftyardError) throw cause;
    throw new RaftyardError('consul-api', `DNS at ${address} port ${port} does not answer`, {
      host,
      hint: 'See whether the agent’s DNS is on (ports.dns) and listens there (client_addr, addresses.dns).',
      retryable: true,
      cause,
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    // What comes late must not be an unhandled error.
    channel.on('error', () => undefined);
    channel.destroy();
  }
}
