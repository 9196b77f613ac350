/** The record of when a server was last seen, read from a container that does not run. */
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { lastSeen, withLastSeen } from '../../../src/main/cluster/preflight/last-seen.js';
import type { HostConnection } from '../../../src/main/host/types.js';
import type { ContainerFacts } from '../../../src/shared/plan/facts.js';

const NOW = Date.UTC(2026, 10, 30);
const container = {
  id: 'c1',
  name: 'consul1',
  image: 'hashicorp/consul:1.20.1',
  mounts: [],
} as unknown as ContainerFacts;
const nothing = { exec: () => Promise.reject(new Error('not asked')) };

function docker(archive: () => NodeJS.ReadableStream): { readonly engine: Docker; readonly asked: string[] } {
  const asked: string[] = [];
  const engine = {
    getContainer: () => ({
      getArchive: async ({ path }: { path: string }) => {
        asked.push(path);
        return archive();
      },
    }),
  } as unknown as Docker;
  return { engine, asked };
}

function holding(text: string, type: 'file' | 'symlink' = 'file'): NodeJS.ReadableStream {
  const archive = pack();
  if (type === 'symlink') archive.entry({ name: 'server_metadata.json', type, linkname: '/etc/passwd' });
  else archive.entry({ name: 'server_metadata.json' }, text);
  archive.finalize();
  return archive as unknown as NodeJS.ReadableStream;
}

const found = async (archive: () => NodeJS.ReadableStream) =>
  (await withLastSeen(nothing, docker(archive).engine, { containers: [container] }, NOW)).containers[0]
    ?.offForS;

describe('when a server was last seen', () => {
  it('is what Consul wrote into its data', async () => {
    const { engine, asked } = docker(() => holding(`{"last_seen_unix":${NOW / 1000 - 864_000}}`));
    const read = await withLastSeen(nothing, engine, { containers: [container] }, NOW);
    expect(read).toEqual({ containers: [{ ...container, offForS: 864_000 }] });
    expect(asked).toEqual(['/consul/data/server_metadata.json']);
  });

  it('is not known where there is no such file, or something else', async () => {
    const none = (): never => {
      throw Object.assign(new Error('Could not find the file'), { statusCode: 404 });
    };
    expect(await found(none)).toBeUndefined();
    expect(await found(() => holding('', 'symlink'))).toBeUndefined();
    expect(await found(() => holding(' '.repeat(20_000)))).toBeUndefined();
    expect(await found(() => Readable.from([Buffer.from('no archive')]))).toBeUndefined();
    for (const text of ['', '[]', '{"last_seen_unix":"1"}', '{"last_seen_unix":-1}', '{"last_seen":1}'])
      expect(lastSeen(text), text).toBeUndefined();
  });

  it('is read of a volume that no container has', async () => {
    const asked: (readonly string[])[] = [];
    const connection = {
      exec: async (argv: readonly string[]) => {
        asked.push(argv);
        return { code: 0, stdout: `{"last_seen_unix":${NOW / 1000 - 60}}`, stderr: '' };
      },
    } as unknown as Pick<HostConnection, 'exec'>;
    const engine = {
      getVolume: () => ({ inspect: async () => ({ Mountpoint: '/var/lib/docker/volumes/data/_data' }) }),
      getContainer: () => ({ getArchive: () => Promise.reject(new Error('no file')) }),
    } as unknown as Docker;
    const volume = { name: 'data', labels: {} };
    expect(await withLastSeen(connection, engine, { containers: [], volume }, NOW)).toEqual({
      containers: [],
      volume: { ...volume, offForS: 60 },
    });
    expect(asked.map((argv) => argv.at(-1))).toEqual([
      '/var/lib/docker/volumes/data/_data/server_metadata.json',
    ]);
    // A container that has it was asked itself.
    const mounts = [{ type: 'volume', source: 'data', target: '/consul/data', readOnly: false }];
    const taken = { containers: [{ ...container, mounts }], volume };
    expect(await withLastSeen(connection, engine, taken, NOW)).toEqual(taken);
    expect(asked).toHaveLength(1);
  });
});
