/** The engine's restart on a host whose systemd counts the starts of its unit. */
import { describe, expect, it } from 'vitest';
import { restartEngine } from '../../../src/main/host/docker/restart.js';
import type { HostConnection } from '../../../src/main/host/types.js';

/** Docker's unit: started three times and no more until its count is reset. */
function host(starts: number) {
  let left = starts;
  const started: string[] = [];
  const states = new Map([
    ['always', { Running: true, Restarting: false }],
    ['once', { Running: false, Restarting: false }],
  ]);
  const connection = {
    host: { name: 'docker01' },
    exec: async ([, verb = '']: readonly string[]) => {
      if (verb === 'reset-failed') left = 3;
      const fails = verb === 'restart' && left === 0;
      if (verb === 'restart') left -= 1;
      return { code: fails ? 1 : 0, stdout: '', stderr: fails ? 'attempted too often' : '' };
    },
    docker: async () => ({
      listContainers: async () => [...states.keys()].map((Id) => ({ Id })),
      getContainer: (id: string) => ({
        inspect: async () => ({ State: states.get(id) }),
        start: async () => {
          started.push(id);
        },
      }),
    }),
  } as unknown as HostConnection;
  return { connection, started };
}

describe("the engine's restart", () => {
  it('comes about where systemd has tried as often as it may, whatever the last try ended with', async () => {
    await expect(restartEngine(host(0).connection)).resolves.toBeUndefined();
  });

  it('starts what it stopped and what stays stopped by itself', async () => {
    const { connection, started } = host(3);
    await restartEngine(connection);
    expect(started).toEqual(['once']);
  });
});
