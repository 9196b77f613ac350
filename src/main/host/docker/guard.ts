/** Bounds for what a Docker Engine answers: a host that lies, or is broken, fills no memory and holds nothing up. */
import type { ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { RaftyardError } from '../../../shared/errors.js';

/** Lists and inspections of a thousand containers are a tenth of it. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Longer than the longest that an engine is silent by right: when asked, and when it stops or removes something large. */
const SILENCE_MS = { asked: 30_000, told: 90_000 };

/** Answers that are read as they come, by readers with bounds of their own, and waits for what a container does. */
const STREAMS =
  /\/(events|attach|stats|wait|build)(\?|$)|\/images\/(create|load|get)|\/images\/.*\/(push|get)(\?|$)|\/exec\/[^/]+\/start|\/logs\?(.*&)?follow=(1|true)/;

/** Ends a request whose answer is too large, or does not come. */
export function guardRequest(request: ClientRequest, socket: Duplex, host: string): void {
  if (STREAMS.test(request.path)) return;
  const end = (error: RaftyardError): void => {
    // A channel that is destroyed tells no reason, and one that is in the middle of an answer may tell nothing at all.
    request.emit('error', error);
    request.destroy();
    socket.destroy();
  };
  const silenceMs = request.method === 'GET' ? SILENCE_MS.asked : SILENCE_MS.told;
  let received = 0;
  const timer = setTimeout(() => {
    end(
      new RaftyardError('timeout', `Docker did not answer within ${silenceMs / 1000} s`, {
        host,
        retryable: true,
        hint: 'See `journalctl -u docker` on the host.',
      }),
    );
  }, silenceMs);
  timer.unref();
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
    timer.refresh();
    if (received > MOST_BYTES)
      end(
        new RaftyardError(
          'docker-failed',
          `Docker's answer is larger than ${MOST_BYTES / 1024 / 1024} MB: this is no Docker Engine as we know it`,
          { host },
        ),
      );
  });
  request.once('close', () => clearTimeout(timer));
}
