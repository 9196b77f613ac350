/** One question to a DNS server, over TCP and a channel of the host's connection: seen from where the host is. */
import { randomInt } from 'node:crypto';
import { RaftyardError } from '../../shared/errors.js';
import type { HostConnection } from './types.js';

export interface DnsAnswer {
  /** 0: no error; 2: server failure; 3: no such name; 5: refused. RFC 1035, 4.1.1. */
  readonly code: number;
  readonly answers: number;
}

const ADDRESS = 1;
const INTERNET = 1;
const RECURSE = 0x0100;

/** A question for an address, with the length that TCP puts before it. RFC 1035, 4.1 and 4.2.2. */
export function question(name: string, id: number): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  const encoded = labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label, 'ascii')]);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(RECURSE, 2);
  head.writeUInt16BE(1, 4);
  const message = Buffer.concat([head, ...encoded, Buffer.from([0, 0, ADDRESS, 0, INTERNET])]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Header of an answer; null while it is not whole, or where it answers something else. */
export function answerOf(data: Buffer, id: number): DnsAnswer | null {
  if (data.length < 14 || data.length < data.readUInt16BE(0) + 2) return null;
  if (data.readUInt16BE(2) !== id || (data.readUInt16BE(4) & 0x8000) === 0) return null;
  return { code: data.readUInt16BE(4) & 0x000f, answers: data.readUInt16BE(8) };
}

/**
 * Asks for the address of a name.
 * @throws RaftyardError timeout, or what opening the channel says (forwarding-refused, command-failed …)
 */
export async function askDns(
  connection: HostConnection,
  server: { readonly address: string; readonly port: number },
  name: string,
  timeoutMs = 3000,
): Promise<DnsAnswer> {
  const channel = await connection.forward(server.address, server.port);
  const id = randomInt(1, 0xffff);
  try {
    return await new Promise<DnsAnswer>((resolve, reject) => {
      const silent = (): void =>
        reject(
          new RaftyardError('timeout', `no DNS answer from ${server.address}:${server.port}`, {
            host: connection.host.name,
          }),
        );
      const timer = setTimeout(silent, timeoutMs);
      let data: Buffer = Buffer.alloc(0);
      channel.on('data', (chunk: Buffer) => {
        data = Buffer.concat([data, chunk]);
        const answer = answerOf(data, id);
        if (answer === null) return;
        clearTimeout(timer);
        resolve(answer);
      });
      channel.once('error', (error: Error) => {
        clearTimeout(timer);
        reject(error);
      });
      channel.once('close', () => {
        clearTimeout(timer);
        silent();
      });
      channel.write(question(name, id));
    });
  } finally {
    channel.destroy();
  }
}
