/** A large file to a host, going on where a lost connection stopped it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path/posix';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { RaftyardError } from '../../../shared/errors.js';
import { quote } from '../../../shared/shell/quote.js';
import type { HostConnection } from '../../host/types.js';

/** One for each loss in a row without a byte between them; whoever gets on, however slowly, goes on. */
const PAUSES_MS = [500, 1000, 2000, 4000, 8000] as const;
/** A dead connection is found by its keep-alive; a slow one may take its time. */
const SENDING_MS = 12 * 3_600_000;
const DIGEST_MS = 600_000;

export interface Upload {
  /** File on this computer. */
  readonly from: string;
  /** Absolute path on the host; its directory is there. */
  readonly to: string;
  readonly signal: AbortSignal;
  /** Bytes that are on the host, as they get there. */
  readonly onBytes: (sent: number, size: number) => void;
  /** Milliseconds before each further attempt; the upload fails when they are used up. Half a second to 8 s when absent. */
  readonly pausesMs?: readonly number[];
}

/** SHA-256 of the first bytes of a file of this computer. */
async function digest(path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  if (bytes > 0)
    for await (const chunk of createReadStream(path, { end: bytes - 1 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** What of the file is on the host: its size and digest; null where there is none. */
async function onHost(
  connection: HostConnection,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly size: number; readonly sha256: string } | null> {
  const result = await connection.exec(
    ['sh', '-c', '[ -f "$1" ] || exit 3; wc -c < "$1"; sha256sum < "$1"', 'sh', path],
    { root: true, signal, timeoutMs: DIGEST_MS },
  );
  if (result.code !== 0) return null;
  const [size, sum] = result.stdout.trim().split(/\s+/);
  return { size: Number(size), sha256: sum ?? '' };
}

/** The bytes that need not be sent again: those on the host, where they are the beginning of this very file. */
async function resumeAt(connection: HostConnection, upload: Upload, size: number): Promise<number> {
  const there = await onHost(connection, upload.to, upload.signal);
  if (there === null) return 0;
  const beginning = there.size <= size && there.sha256 === (await digest(upload.from, there.size));
  if (beginning) return there.size;
  await connection.exec(['rm', '-f', upload.to], { root: true });
  return 0;
}

async function send(connection: HostConnection, upload: Upload, start: number, size: number): Promise<void> {
  let sent = start;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      upload.onBytes(sent, size);
      done(null, chunk);
    },
  });
  const file = createReadStream(upload.from, { start });
  file.on('error', (error) => counted.destroy(error));
  try {
    const result = await connection.exec(['sh', '-c', 'umask 077; exec cat >> "$1"', 'sh', upload.to], {
      root: true,
      stdin: file.pipe(counted),
      signal: upload.signal,
      timeoutMs: SENDING_MS,
    });
    if (result.code !== 0)
      throw new RaftyardError('io', `${upload.to} cannot be written: ${result.stderr.trim()}`, {
        host: connection.host.name,
        hint: `Look at the free space of ${quote(dirname(upload.to))} on the host.`,
      });
  } finally {
    file.destroy();
    counted.destroy();
  }
}

const isLoss = (error: unknown): boolean =>
  error instanceof RaftyardError && (error.code === 'connection-lost' || error.code === 'host-unreachable');

/**
 * Brings a file to a host. A connection that is lost on the way is made again and goes on with the bytes that are
 * there, once their digest has shown that they are this file's; so does a later run.
 *
 * @throws RaftyardError connection-lost when it is lost again and again without a byte between; io, cancelled
 */
export async function upload(connection: HostConnection, wanted: Upload): Promise<void> {
  const { size } = await stat(wanted.from);
  let losses = 0;
  let furthest = 0;
  for (;;) {
    try {
      const start = await resumeAt(connection, wanted, size);
      if (start > furthest) losses = 0;
      furthest = Math.max(furthest, start);
      wanted.onBytes(start, size);
      if (start === size) return;
      await send(connection, wanted, start, size);
    } catch (error) {
      if (!isLoss(error)) throw error;
      // Lost and cancelled in the same moment: it is the person's wish that counts.
      if (wanted.signal.aborted)
        throw new RaftyardError('cancelled', 'cancelled', { host: connection.host.name });
      const pause = (wanted.pausesMs ?? PAUSES_MS)[losses];
      losses += 1;
      if (pause === undefined) throw error;
      await sleep(pause, undefined, { signal: wanted.signal }).catch(() => {
        throw new RaftyardError('cancelled', 'cancelled', { host: connection.host.name });
      });
    }
  }
}
