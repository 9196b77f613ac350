/** Two datacenters whose network is cut between them: each goes on alone, the picture says so, and it heals by itself. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ClusterWatch, watchCluster } from '../../src/main/cluster/watch/index.js';
import type { LiveEvent, LiveWanLink } from '../../src/shared/live/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { withEast } from './secured.js';
import { afterEarlierSteps } from './steps.js';
import { applyTo, bareHosts, newContext, rangeDocument, rootScript, statusOf, until } from './support.js';

let topology: Topology;
let watch: ClusterWatch;
let closeContext: () => Promise<void>;
const events: LiveEvent[] = [];

const link = (): LiveWanLink | undefined => watch.current()?.wan[0];
const codes = (): string[] => watch.current()?.problems.map(({ code }) => code) ?? [];
const addresses = (): string =>
  topology.hosts
    .slice(0, 2)
    .map((host) => host.advertise)
    .join(' ');

/**
 * Consul's own pace over WAN gossip is one for slow lines: it takes 40 seconds to believe that a server is gone. The states
 * are the same at this one. Source: https://developer.hashicorp.com/consul/docs/agent/config/config-files#gossip_wan
 */
const FASTER = `mkdir -p /opt/consul/config
echo '{ "gossip_wan": { "probe_interval": "1s", "suspicion_mult": 3 } }' > /opt/consul/config/gossip-wan.json`;

/** All packets between the east and the rest; SSH comes another way. */
const cut = (command: '-I' | '-D'): Promise<string> =>
  rootScript(
    topology,
    'docker03',
    `for other in ${addresses()}; do
       iptables ${command} INPUT -s "$other" -j DROP
       iptables ${command} OUTPUT -d "$other" -j DROP
     done`,
  );

beforeAll(async () => {
  topology = withEast(await rangeDocument());
  await bareHosts(topology);
  await Promise.all(topology.hosts.map(({ name }) => rootScript(topology, name, FASTER)));
  expect((await applyTo(topology)).summary.failed).toEqual([]);
  const context = newContext(topology);
  closeContext = () => context.close();
  watch = watchCluster(topology, context, {
    onSnapshot: () => undefined,
    onEvents: (list) => events.push(...list),
  });
});
afterAll(async () => {
  await watch.close();
  await closeContext();
  await bareHosts(topology);
});

describe('two datacenters', () => {
  beforeEach(afterEarlierSteps);
  it('are seen connected, with the time between them', async () => {
    await until('the link', 60_000, () => Promise.resolve(link()?.state === 'connected'));
    await until('its round-trip time', 60_000, () => Promise.resolve((link()?.ms ?? 0) > 0));
    expect(link()).toMatchObject({ a: 'dc1', b: 'east' });
    expect(codes()).not.toContain('wan-cut');
  });

  it('go on alone when the network between them is cut, and say so; they heal by themselves', async () => {
    await cut('-I');
    try {
      await until('the cut', 150_000, () => Promise.resolve(link()?.state === 'cut'));
      expect(codes()).toContain('wan-cut');
      const found = await statusOf(topology);
      expect([found.healthy, found.problems]).toEqual([
        false,
        ['dc1 and east do not reach each other over WAN gossip'],
      ]);
      expect(events.find(({ kind }) => kind === 'wan-cut')).toMatchObject({ datacenter: 'dc1', to: 'east' });
      // Each has its leader and takes writes; what is asked of the other side is refused.
      expect(watch.current()?.datacenters.map(({ leader }) => leader !== null)).toEqual([true, true]);
      await rootScript(topology, 'docker01', 'docker exec consul01 consul kv put here yes');
      await rootScript(topology, 'docker03', 'docker exec consul03 consul kv put there yes');
      await expect(
        rootScript(topology, 'docker01', 'docker exec consul01 consul kv get -datacenter=east there'),
      ).rejects.toThrow(/response code: 500|no path/i);
    } finally {
      await cut('-D');
    }
    await until('the link again', 180_000, () => Promise.resolve(link()?.state === 'connected'));
    expect(codes()).not.toContain('wan-cut');
    expect(events.at(-1)?.kind ?? '').not.toBe('wan-cut');
    expect(events.some(({ kind }) => kind === 'wan-back')).toBe(true);
    const answer = 'docker exec consul01 consul kv get -datacenter=east there';
    expect(await rootScript(topology, 'docker01', answer)).toBe('yes');
    expect((await statusOf(topology)).problems).toEqual([]);
  }, 420_000);
});
