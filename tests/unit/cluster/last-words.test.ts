/** A server that refuses to start since it was off for too long says so in its log, and a failed step with it. */
import { describe, expect, it } from 'vitest';
import type { StepContext } from '../../../src/main/cluster/apply/context.js';
import { refusalIn, refusalsOf } from '../../../src/main/cluster/apply/last-words.js';

/** As Consul 1.18.2 said it. */
const LOG = `2026-11-30T01:07:04.267Z [WARN]  agent.auto_config: bootstrap = true: do not enable unless necessary
2026-11-30T01:07:04.267Z [ERROR] agent: startup error: error="refusing to rejoin cluster because server has been offline for more than the configured server_rejoin_age_max (168h0m0s) - consider wiping your data dir"
2026-11-30T01:08:04.361Z [INFO]  agent: Exit code: code=1`;
const SAID = 'node1 refuses to start: it was off for more than server_rejoin_age_max (168h0m0s)';

describe('the refusal of a server that was off for too long', () => {
  it('is found in its log, and in no other', () => {
    expect(refusalIn(LOG, 'node1')?.message).toBe(SAID);
    expect(refusalIn(LOG.replace('refusing to rejoin', 'joining'), 'node1')).toBeUndefined();
  });

  it('is looked for in servers that can be asked', async () => {
    const place = (n: number) =>
      ({ name: `node${n}`, host: `docker0${n}`, address: '', container: 'c', role: 'server' }) as const;
    const logs = async (): Promise<Buffer> => Buffer.from(LOG);
    const context = {
      apply: { away: new Map([['docker02', 'gone']]) },
      connectionOf: async (host: string) => {
        if (host === 'docker03') throw new Error('cut off');
        return { docker: async () => ({ getContainer: () => ({ logs }) }) };
      },
    } as unknown as StepContext;
    const found = await refusalsOf([place(1), place(2), place(3)], context);
    expect(found.map(({ message }) => message)).toEqual([SAID]);
  });
});
