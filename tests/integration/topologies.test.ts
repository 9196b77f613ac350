/** Every form of cluster: one server and its way to three, clients, several datacenters. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Node, Topology } from '../../src/shared/topology/types.js';
import { more } from './steps.js';
import { applyTo, bareHosts, changesLeft, planFor, rangeDocument, rootScript, statusOf } from './support.js';

afterEach(async () => {
  await bareHosts(await rangeDocument());
});

function nodesOf(topology: Topology): readonly Node[] {
  return topology.datacenters.flatMap((datacenter) => datacenter.nodes);
}

/** The range's hosts with these nodes; hosts without a node are left out. */
function withNodes(
  topology: Topology,
  datacenters: Readonly<Record<string, readonly Partial<Node>[]>>,
): Topology {
  const all = [...nodesOf(topology)];
  const made = Object.entries(datacenters).map(([name, changes]) => ({
    name,
    nodes: changes.flatMap((change, index): Node[] => {
      const node = all.shift();
      return node === undefined ? [] : [{ ...node, bootstrap: index === 0, ...change }];
    }),
  }));
  const used = new Set(made.flatMap(({ nodes }) => nodes.map((node) => node.host)));
  return { ...topology, datacenters: made, hosts: topology.hosts.filter((host) => used.has(host.name)) };
}

describe('one server', () => {
  it('leads itself, and becomes one of three with its data kept', async () => {
    const three = await rangeDocument();
    const one = withNodes(three, { dc1: [{}] });
    expect((await applyTo(one)).summary.result).toBe('done');
    await rootScript(one, 'docker01', 'docker exec consul01 consul kv put before one');
    expect((await statusOf(one)).healthy).toBe(true);

    const plan = await planFor(three);
    // The server that is there is not touched: what it was told for bootstrapping no longer matters.
    expect(plan.steps.filter((step) => step.action.kind === 'container-replace')).toEqual([]);
    expect((await applyTo(three)).summary.failed).toEqual([]);
    const found = await statusOf(three);
    expect(found.problems).toEqual([]);
    expect(found.datacenters[0]?.nodes.filter((node) => node.voter)).toHaveLength(3);
    expect(await rootScript(three, 'docker03', 'docker exec consul03 consul kv get before')).toBe('one');
    expect(await changesLeft(three)).toBe(0);
  });
});

describe('clients', () => {
  it('join the servers, open their own ports and no others, and are no voters', async () => {
    const topology = withNodes(await rangeDocument(), { dc1: [{}, { role: 'client' }, { role: 'client' }] });
    expect((await applyTo(topology)).summary.failed).toEqual([]);
    const [datacenter] = (await statusOf(topology)).datacenters;
    expect(datacenter?.nodes.map(({ name, role, status: state }) => [name, role, state])).toEqual([
      ['node1', 'server', 'alive'],
      ['node2', 'client', 'alive'],
      ['node3', 'client', 'alive'],
    ]);
    const rules = await rootScript(topology, 'docker02', 'firewall-cmd --list-rich-rules');
    expect(rules).toContain('port="8301"');
    expect(rules).not.toMatch(/port="(8300|8302)"/);
    const script = await rootScript(topology, 'docker02', 'cat /opt/consul/consul-start.sh');
    expect(script).not.toContain('-server');
    expect(await changesLeft(topology)).toBe(0);
  });
});

describe('several datacenters', () => {
  it('meet at addresses of their own, where those in the LAN are not reached from outside', async () => {
    const three = await rangeDocument();
    // A second address on each host, as a router or a second network gives one; the others find it by ARP.
    const outside = (index: number): string => `203.0.113.${index + 1}`;
    const far = three.hosts.map((_, index) => outside(index));
    for (const [index, { name }] of three.hosts.entries())
      await rootScript(
        three,
        name,
        `device=$(ip -o route get ${three.hosts[(index + 1) % 3]?.advertise} | sed 's/.* dev \\([^ ]*\\).*/\\1/')
         ip addr add ${outside(index)}/32 dev "$device"
         for other in ${far.join(' ')}; do
           [ "$other" = ${outside(index)} ] || ip route add "$other/32" dev "$device" src ${outside(index)}
         done`,
      );
    try {
      const hosts = three.hosts.map((host, index) => ({ ...host, advertiseWan: outside(index) }));
      const topology = { ...withNodes(three, { dc1: [{}, {}], east: [{}] }), hosts };
      const { summary } = await applyTo(topology);
      expect(summary.failed).toEqual([]);
      expect(Object.keys(summary.quorumMs ?? {}).sort()).toEqual(['dc1', 'east']);
      const wan = await rootScript(topology, 'docker01', 'docker exec consul01 consul members -wan');
      for (const [index, name] of ['node1.dc1', 'node2.dc1', 'node3.east'].entries())
        expect(wan).toMatch(new RegExp(`^${name}\\s+${outside(index)}:8302\\s+alive`, 'm'));
      const lan = await rootScript(topology, 'docker01', 'docker exec consul01 consul members');
      expect(lan).toContain(`${three.hosts[0]?.advertise}:8301`);
      // What is asked about the other datacenter is answered with the address that is reached from here.
      const nodes = (datacenter: string): Promise<string> =>
        rootScript(
          topology,
          'docker01',
          `curl -s 'http://127.0.0.1:8500/v1/catalog/nodes?dc=${datacenter}' | sed 's/.*"Address":"\\([^"]*\\)".*/\\1/'`,
        );
      expect(await nodes('east')).toBe(outside(2));
      expect(await nodes('dc1')).toBe(three.hosts[1]?.advertise);
      expect((await statusOf(topology)).problems).toEqual([]);
      expect(await changesLeft(topology)).toBe(0);
    } finally {
      for (const [index, { name }] of three.hosts.entries())
        await rootScript(
          three,
          name,
          `device=$(ip -o addr show to ${outside(index)} | awk '{print $2}'); ip addr del ${outside(index)}/32 dev "$device"
           for other in ${far.join(' ')}; do ip route del "$other/32" dev "$device" 2>/dev/null || true; done`,
        );
    }
  }, 240_000);

  more.it('can be three: each sees the other two', async () => {
    const topology = withNodes(await rangeDocument(), { dc1: [{}], east: [{}], west: [{}] });
    const { summary } = await applyTo(topology);
    expect(summary.failed).toEqual([]);
    for (const [host, container] of [
      ['docker01', 'consul01'],
      ['docker02', 'consul02'],
      ['docker03', 'consul03'],
    ] as const) {
      const known = await rootScript(topology, host, `docker exec ${container} consul catalog datacenters`);
      expect(known.split('\n').sort()).toEqual(['dc1', 'east', 'west']);
    }
    expect((await statusOf(topology)).problems).toEqual([]);
    expect(await changesLeft(topology)).toBe(0);
  });

  it('come one after the other: a second is added to a live one without touching it, and they answer for each other', async () => {
    const three = await rangeDocument();
    const alone = withNodes(three, { dc1: [{}, {}] });
    expect((await applyTo(alone)).summary.failed).toEqual([]);
    const started = await rootScript(alone, 'docker01', "docker inspect -f '{{.State.StartedAt}}' consul01");
    const both = withNodes(three, { dc1: [{}, {}], east: [{}] });
    expect((await applyTo(both)).summary.failed).toEqual([]);
    expect(await rootScript(both, 'docker01', "docker inspect -f '{{.State.StartedAt}}' consul01")).toBe(
      started,
    );
    // Over WAN gossip, through closed firewalls.
    for (const [host, container] of [
      ['docker01', 'consul01'],
      ['docker02', 'consul02'],
    ] as const) {
      const members = await rootScript(both, host, `docker exec ${container} consul members -wan`);
      for (const name of ['node1.dc1', 'node2.dc1', 'node3.east'])
        expect(members).toMatch(new RegExp(`^${name}\\s.*alive`, 'm'));
    }
    // Asked in one, answered by the other.
    await rootScript(both, 'docker01', 'docker exec consul01 consul kv put -datacenter=east place there');
    expect(await rootScript(both, 'docker03', 'docker exec consul03 consul kv get place')).toBe('there');
    const found = await statusOf(both);
    expect(found.problems).toEqual([]);
    expect(found.datacenters.map(({ name, leader }) => [name, leader !== null])).toEqual([
      ['dc1', true],
      ['east', true],
    ]);
    expect(await changesLeft(both)).toBe(0);
  });
});

afterAll(async () => {
  await bareHosts(await rangeDocument());
});
