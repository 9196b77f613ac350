/**
 * When a server that says nothing was last seen running, by its own record: Consul from 1.15.3 on writes it once an hour into its
 * data directory, and refuses to start when it is too old.
 * Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/general#server_rejoin_age_max
 */
import { posix } from 'node:path';
import type Docker from 'dockerode';
import { extract } from 'tar-stream';
import { z } from 'zod';
import { imageFamily } from '../../../shared/consul/index.js';
import type { ContainerFacts, ReachableFacts } from '../../../shared/plan/facts.js';
import { SERVER_METADATA } from '../../../shared/plan/rejoin-age.js';
import type { HostConnection } from '../../host/types.js';

/** It holds one number. */
const LIMIT = 16 * 1024;
/** A host that is slow to answer is not waited for: then nothing is known. */
const TIMEOUT_MS = 10_000;

const metadata = z.object({ last_seen_unix: z.number().int().nonnegative() });

/** Unix seconds; undefined where the text is not what Consul writes. */
export function lastSeen(text: string): number | undefined {
  try {
    return metadata.safeParse(JSON.parse(text)).data?.last_seen_unix;
  } catch {
    return undefined;
  }
}

/** The text of the one file in an archive; undefined where it is no plain file, or longer than it can be. */
async function onlyFile(archive: NodeJS.ReadableStream): Promise<string | undefined> {
  return await new Promise((resolve, reject) => {
    const reader = extract();
    let text: string | undefined;
    reader.on('entry', ({ type, size = 0 }, stream, next) => {
      if (type !== 'file' || size > LIMIT) {
        stream.resume().once('end', next);
        return;
      }
      const parts: Buffer[] = [];
      stream.on('data', (part) => parts.push(part as Buffer));
      stream.once('end', () => {
        text = Buffer.concat(parts).toString('utf8');
        next();
      });
    });
    reader.once('finish', () => resolve(text));
    reader.once('error', reject);
    archive.once('error', reject);
    archive.pipe(reader);
  });
}

/** Docker gives a file of a container that does not run, too, whatever volume it lies on; nothing is started. */
async function lastSeenIn(docker: Docker, { id, image }: ContainerFacts): Promise<number | undefined> {
  const path = `${imageFamily(image).dataDir}/${SERVER_METADATA}`;
  try {
    const archive = await docker
      .getContainer(id)
      .getArchive({ path, abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await onlyFile(archive);
    return text === undefined ? undefined : lastSeen(text);
  } catch {
    // Absent in a client, in an earlier Consul, and in a server that never ran.
    return undefined;
  }
}

/** What a look found of a host's containers and volume. */
interface Found {
  readonly containers: readonly ContainerFacts[];
  readonly volume?: NonNullable<ReachableFacts['volume']>;
}

/** A volume that no container has, as `destroy --keep-data` leaves it: it is read where it lies, by those who may. */
async function lastSeenOn(
  connection: Pick<HostConnection, 'exec'>,
  docker: Docker,
  volume: string,
): Promise<number | undefined> {
  try {
    const { Mountpoint } = await docker.getVolume(volume).inspect();
    const path = posix.join(Mountpoint, SERVER_METADATA);
    const { code, stdout } = await connection.exec(['head', '-c', String(LIMIT), path], {
      root: 'if-possible',
      timeoutMs: TIMEOUT_MS,
    });
    return code === 0 ? lastSeen(stdout) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The same, with how long ago a server that says nothing now was last seen.
 * @param now of the host's clock, by which Consul reckons; milliseconds since 1970
 */
export async function withLastSeen(
  connection: Pick<HostConnection, 'exec'>,
  docker: Docker,
  { containers, volume }: Found,
  now: number,
): Promise<Found> {
  const offFor = (seen: number | undefined): { readonly offForS?: number } =>
    seen === undefined ? {} : { offForS: Math.floor(now / 1000) - seen };
  const alone =
    volume !== undefined &&
    !containers.some(({ mounts }) => mounts.some(({ source }) => source === volume.name));
  const [seen, onVolume] = await Promise.all([
    Promise.all(
      containers.map(async (container) => ({ ...container, ...offFor(await lastSeenIn(docker, container)) })),
    ),
    alone ? lastSeenOn(connection, docker, volume.name) : undefined,
  ]);
  return {
    containers: seen,
    ...(volume === undefined ? {} : { volume: { ...volume, ...offFor(onVolume) } }),
  };
}
