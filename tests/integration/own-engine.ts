/** The engine in which the range lives, as "this computer's Docker" of a person who has an image. */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Topology } from '../../src/shared/topology/types.js';
import { temporaryFolder } from '../temporary.js';
import { onHost, outer } from './support.js';

/** `docker save` on a host, into a file on this computer. */
export async function saveImage(
  topology: Topology,
  from: string,
  reference: string,
  to: string,
): Promise<void> {
  await onHost(topology, from, async (connection) => {
    const docker = await connection.docker();
    const stream = (await docker.getImage(reference).get()) as Readable;
    await pipeline(stream, createWriteStream(to));
  });
}

/** Copies the topology's image from a host into that engine. */
export async function giveImage(topology: Topology, host: string): Promise<void> {
  const path = join(temporaryFolder('raftyard-own-'), 'image.tar');
  await saveImage(topology, host, topology.image, path);
  await new Promise<void>((resolve, reject) => {
    outer.loadImage(createReadStream(path) as unknown as string, {}, (error, stream) => {
      if (error !== null && error !== undefined) reject(error);
      else
        outer.modem.followProgress(stream as NodeJS.ReadableStream, (bad) => (bad ? reject(bad) : resolve()));
    });
  });
}

export async function takeImage(topology: Topology): Promise<void> {
  await outer
    .getImage(topology.image)
    .remove({ force: true })
    .catch(() => undefined);
}
