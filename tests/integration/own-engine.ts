/** The engine in which the range lives, as "this computer's Docker" of a person who has an image. */
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Topology } from '../../src/shared/topology/types.js';
import { temporaryFolder } from '../temporary.js';
import { onHost, outer, rootScript } from './support.js';

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

/** `docker load` on a host as a person would: without Raftyard's own loading. */
export async function loadInto(topology: Topology, name: string, archive: string): Promise<void> {
  const content = await readFile(archive);
  await onHost(topology, name, async (connection) => {
    const result = await connection.exec(['docker', 'load'], { stdin: content, timeoutMs: 120_000 });
    if (result.code !== 0) throw new Error(`docker load on ${name}: ${result.stderr}`);
  });
}

/**
 * The range's image under a name of its own, on all hosts but one: no registry has it, and nobody's image of this computer
 * is taken away when the test is over.
 */
export async function ownImage(topology: Topology, without: string): Promise<Topology> {
  const image = `registry.invalid/${topology.image}`;
  for (const { name } of topology.hosts)
    if (name !== without) await rootScript(topology, name, `docker tag ${topology.image} ${image}`);
  return { ...topology, image };
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

/** Takes the name away again, there and on the hosts. */
export async function takeImage({ image, hosts, ...topology }: Topology): Promise<void> {
  await outer
    .getImage(image)
    .remove({ force: true })
    .catch(() => undefined);
  for (const { name } of hosts)
    await rootScript({ ...topology, image, hosts }, name, `docker rmi -f ${image} 2>/dev/null || true`);
}
