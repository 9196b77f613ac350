/** Values that try to run something, in every string that validation lets through: shown by what did not run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTopology, serialiseTopology } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import {
  applyTo,
  bareHosts,
  destroyAll,
  rangeDocument,
  rootScript,
  statusOf,
  withoutSharedConnections,
} from './support.js';

withoutSharedConnections();

const ATTACKS = [
  "'; touch /tmp/pwned; '",
  '$(touch /tmp/pwned)',
  '`touch /tmp/pwned`',
  '"; touch /tmp/pwned; "',
  'a\ntouch /tmp/pwned',
  '--help',
  '-v/:/host',
  '中文 名',
  'x'.repeat(5000),
];

let topology: Topology;
beforeAll(async () => {
  topology = await rangeDocument();
  await bareHosts(topology);
});
afterAll(async () => {
  await bareHosts(topology);
});

/** The document with an attack in one place, or null where validation refuses it. */
function accepted(change: (topology: Topology) => Topology): Topology | null {
  return readTopology(serialiseTopology(change(topology))).topology ?? null;
}

const NODE =
  (change: object) =>
  (attack: Topology): Topology => ({
    ...attack,
    datacenters: attack.datacenters.map((datacenter) => ({
      ...datacenter,
      nodes: datacenter.nodes.map((node, index) => (index === 0 ? { ...node, ...change } : node)),
    })),
  });

describe('hostile values', () => {
  it('are refused by validation, or carried through without running', async () => {
    const places: ((attack: string) => (topology: Topology) => Topology)[] = [
      (attack) => (t) => ({ ...t, name: attack }),
      (attack) => (t) => ({ ...t, image: attack }),
      (attack) => (t) => ({ ...t, workdir: attack }),
      (attack) => (t) => ({ ...t, workdir: `/opt/${attack}` }),
      (attack) => (t) => ({ ...t, agentOptions: [attack] }),
      (attack) => (t) => ({ ...t, agentOptions: [`-log-level=${attack}`] }),
      (attack) => NODE({ name: attack }),
      (attack) => NODE({ container: attack }),
      (attack) => NODE({ agentOptions: [`-node-meta=k:${attack}`] }),
    ];
    const through = places.flatMap((place) => ATTACKS.flatMap((attack) => accepted(place(attack)) ?? []));
    // The cluster's name is free text and every agent option's value is: both must come through.
    expect(through.length).toBeGreaterThan(0);
    const names = through.filter((entry) => entry.name !== topology.name);
    const metas = through.filter((entry) => entry.datacenters[0]?.nodes[0]?.agentOptions.length === 1);
    const chosen = [names[0], names.at(-1), ...metas.slice(0, 2)].filter((entry) => entry !== undefined);
    for (const hostile of chosen) {
      const { summary } = await applyTo(hostile);
      expect(summary.failed).toEqual([]);
      expect((await statusOf(hostile)).healthy).toBe(true);
      await rootScript(topology, 'docker01', 'sh /opt/consul/consul-start.sh >/dev/null');
      expect((await destroyAll(hostile)).failed).toEqual([]);
    }
    for (const host of topology.hosts)
      expect(await rootScript(topology, host.name, 'ls /tmp/pwned /host 2>/dev/null || echo nothing')).toBe(
        'nothing',
      );
  });
});
