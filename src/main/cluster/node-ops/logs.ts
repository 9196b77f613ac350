/** An agent's log, as its container writes it. */
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { RaftyardError } from '../../../shared/errors.js';
import type { LogLine } from '../../../shared/ipc/types.js';
import type { Topology } from '../../../shared/topology/types.js';
import type { HostConnection } from '../../host/types.js';
import { dockerError, type NodeContext, onHostOf, ownContainer, placeOf } from './container.js';
import { LogSplitter } from './lines.js';

export interface LogOptions {
  /** Lines of the past. */
  readonly tail: number;
  /** Goes on until the signal aborts, also over restarts of the container and breaks of the connection. */
  readonly follow: boolean;
  readonly signal?: AbortSignal;
  readonly onLine: (line: LogLine) => void;
}

const RETRY_MS = 500;
const LONGEST_RETRY_MS = 5000;

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch {
    // The caller looks at the signal.
  }
}

/** Reads one stream to its end; the signal ends it too. */
async function drain(stream: Readable, splitter: LogSplitter, signal: AbortSignal | undefined) {
  const end = (): void => {
    stream.destroy();
  };
  if (signal?.aborted === true) end();
  signal?.addEventListener('abort', end, { once: true });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) splitter.take(chunk);
    splitter.end();
  } finally {
    signal?.removeEventListener('abort', end);
    stream.destroy();
  }
}

/** The lines are told once, although a stream that is opened again repeats those of its first moment. */
class Reading {
  #last = '';

  constructor(readonly options: LogOptions) {}

  async read(connection: HostConnection, container: Docker.Container, terminal: boolean): Promise<void> {
    const { tail, follow, signal, onLine } = this.options;
    const resumed = this.#last !== '';
    const seen = this.#last;
    const query: Docker.ContainerLogsOptions = {
      stdout: true,
      stderr: true,
      timestamps: true,
      ...(resumed ? { since: unixTime(seen) as unknown as number } : { tail }),
      ...(signal === undefined ? {} : { abortSignal: signal }),
    };
    const splitter = new LogSplitter(terminal, (line) => {
      if (resumed && line.at !== '' && line.at <= seen) return;
      if (line.at > this.#last) this.#last = line.at;
      onLine(line);
    });
    try {
      if (!follow) {
        splitter.take(await container.logs({ ...query, follow: false }));
        splitter.end();
        return;
      }
      const stream = await container.logs({ ...query, follow: true });
      await drain(stream as Readable, splitter, signal);
    } catch (error) {
      throw dockerError('the log cannot be read', connection.host.name, error);
    }
  }
}

/** Docker's `since`: seconds with nanoseconds. */
function unixTime(at: string): string {
  const fraction = /\.(\d+)/.exec(at)?.[1] ?? '0';
  return `${Math.floor(Date.parse(at) / 1000)}.${fraction.padEnd(9, '0')}`;
}

/**
 * The log of a node's agent. Resolves at the end of the log, or with `follow` when the signal aborts.
 * @throws RaftyardError usage, conflict (the container is not this cluster's, or is gone), docker-failed; while following,
 * only what trying again does not change
 */
export async function agentLogs(
  topology: Topology,
  node: string,
  context: NodeContext,
  options: LogOptions,
): Promise<void> {
  const place = placeOf(topology, node);
  const reading = new Reading(options);
  const { signal } = options;
  const stopped = (): boolean => signal?.aborted === true || context.signal?.aborted === true;
  for (let failures = 0; !stopped(); ) {
    try {
      await onHostOf(place.host, context, async (connection) => {
        const { container, info } = await ownContainer(connection, topology, place.node);
        if (failures > 0 && options.follow && !info.State.Running) return;
        await reading.read(connection, container, info.Config.Tty);
      });
      if (!options.follow) return;
      // The container ended: its next run goes on in the same log.
      failures = Math.max(1, failures);
      await pause(RETRY_MS, signal);
    } catch (error) {
      if (stopped()) return;
      const again = error instanceof RaftyardError && (error.retryable || error.code === 'docker-failed');
      if (!options.follow || !again) throw error;
      failures += 1;
      await pause(Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** Math.min(failures, 6)), signal);
    }
  }
}
