/** The step that lets a server start which was off for too long. */
import { describe, expect, it } from 'vitest';
import type { Action, StepContext } from '../../../src/main/cluster/apply/context.js';
import { letRejoin } from '../../../src/main/cluster/apply/rejoin.js';

async function run(action: Omit<Action<'rejoin'>, 'kind' | 'name'>, code = 0, source = '/srv/data') {
  const did: string[] = [];
  const context = {
    connection: {
      host: { name: 'docker01' },
      docker: async () => ({
        getContainer: (id: string) => ({
          inspect: async () => ({
            Mounts: [
              { Destination: '/opt/consul/config', Source: '/opt/consul/config' },
              { Destination: '/consul/data', Source: source },
            ],
          }),
          restart: async () => did.push(`restart ${id}`),
        }),
        getVolume: (name: string) => ({ inspect: async () => ({ Mountpoint: `/volumes/${name}/_data` }) }),
      }),
      exec: async (argv: readonly string[], { root }: { readonly root: boolean }) => {
        did.push(`${root ? 'root ' : ''}${argv.join(' ')}`);
        return { code, stdout: '', stderr: 'read-only' };
      },
    },
    cutOff: new AbortController().signal,
  } as unknown as StepContext;
  const result = await letRejoin({ kind: 'rejoin', name: 'consul1', ...action }, context);
  return { result, did };
}

const mounted = { container: 'c1', mountedAt: '/consul/data' };

describe('letting a server start', () => {
  it('removes one file of its data, and nothing else', async () => {
    expect((await run({ data: mounted, restart: false })).did).toEqual([
      'root rm -f -- /srv/data/server_metadata.json',
    ]);
    expect((await run({ data: { volume: 'kept' }, restart: false })).did).toEqual([
      'root rm -f -- /volumes/kept/_data/server_metadata.json',
    ]);
  });

  it('restarts the one that tries in vain', async () => {
    const { result, did } = await run({ data: mounted, restart: true });
    expect([result, did.at(-1)]).toEqual(['done', 'restart c1']);
  });

  it('fails where the file stays, or there is no directory', async () => {
    await expect(run({ data: mounted, restart: true }, 1)).rejects.toThrow(
      '/srv/data/server_metadata.json cannot be removed: read-only',
    );
    await expect(run({ data: mounted, restart: true }, 0, '')).rejects.toThrow('has no data on a volume');
  });
});
