/** The record of when a server was last seen, read from a container that does not run. */
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { lastSeen, withLastSeen } from '../../../src/main/cluster/preflight/last-seen.js';
import type { ContainerFacts } from '../../../src/shared/plan/facts.js';

const NOW = Date.UTC(2026, 10, 30);
const container = { id: 'c1', name: 'consul1', image: 'hashicorp/consul:1.20.1' } as ContainerFacts;

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
  (await withLastSeen(docker(archive).engine, [container], NOW))[0]?.offForS;

describe('when a server was last seen', () => {
  it('is what Consul wrote into its data', async () => {
    const { engine, asked } = docker(() => holding(`{"last_seen_unix":${NOW / 1000 - 864_000}}`));
    const [read] = await withLastSeen(engine, [container], NOW);
    expect(read).toEqual({ ...container, offForS: 864_000 });
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
});
