/** A registry of one image on this computer's loopback, which engines take without TLS: its API as far as a pull needs it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const sha = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/**
 * Serves an image under every name and tag that is asked for.
 * Source: https://distribution.github.io/distribution/spec/api/
 * @param layers files of uncompressed layers, lowest first
 * @returns the server, and its address as a reference begins with it
 */
export async function tinyRegistry(
  layers: readonly string[],
  architecture: string,
): Promise<{ server: Server; at: string }> {
  const tars = layers.map((file) => readFileSync(file));
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os: 'linux',
      config: { Entrypoint: ['docker-entrypoint.sh'], Env: ['PATH=/usr/local/bin:/usr/bin:/bin'] },
      rootfs: { type: 'layers', diff_ids: tars.map(sha) },
    }),
  );
  const blobs = new Map([config, ...tars].map((bytes) => [sha(bytes), bytes]));
  const described = (bytes: Buffer, mediaType: string) => ({
    mediaType,
    size: bytes.length,
    digest: sha(bytes),
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: described(config, 'application/vnd.docker.container.image.v1+json'),
      layers: tars.map((bytes) => described(bytes, 'application/vnd.docker.image.rootfs.diff.tar')),
    }),
  );
  const server = createServer((request, response) => {
    const [, kind, reference = ''] = /\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? [];
    const found = kind === 'manifests' ? manifest : blobs.get(reference);
    if (kind === undefined) response.writeHead(200).end('{}');
    else if (found === undefined) response.writeHead(404).end();
    else {
      const type = kind === 'manifests' ? MANIFEST : 'application/octet-stream';
      response.writeHead(200, {
        'content-type': type,
        'content-length': found.length,
        'docker-content-digest': sha(found),
      });
      response.end(request.method === 'HEAD' ? undefined : found);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, at: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}
