/** What is exported of a cluster with a client and a second datacenter makes what apply makes, in every format. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Topology } from '../../src/shared/topology/types.js';
import { prepareForCompose, remoteEngines } from './compose.js';
import { commandsOf, document, upload, using, written } from './exported.js';
import { nothingChanged, playbook } from './playbook.js';
import { planFor, rootScript, statusOf, until } from './support.js';

/** A server and a client, and a server in the east. */
async function everyForm(): Promise<Topology> {
  const topology = await document({});
  const [first, second, third] = topology.datacenters.flatMap(({ nodes }) => nodes);
  if (first === undefined || second === undefined || third === undefined) throw new Error('three nodes');
  return await using({
    ...topology,
    datacenters: [
      { name: 'dc1', nodes: [first, { ...second, role: 'client' }] },
      { name: 'east', nodes: [{ ...third, bootstrap: true }] },
    ],
  });
}

/** Both datacenters lead themselves and know each other, the client is a member and none of the servers. */
async function proven(topology: Topology): Promise<void> {
  await until('both datacenters', 90_000, async () => (await statusOf(topology)).healthy);
  const found = await statusOf(topology);
  expect(found.datacenters.map(({ name, nodes }) => [name, nodes.map(({ role }) => role)])).toEqual([
    ['dc1', ['server', 'client']],
    ['east', ['server']],
  ]);
  await rootScript(topology, 'docker02', 'docker exec consul02 consul kv put -datacenter=east form yes');
  expect(await rootScript(topology, 'docker03', 'docker exec consul03 consul kv get form')).toBe('yes');
}

/** Apply takes the containers for its own, and makes none anew. */
async function nothingToMake(topology: Topology): Promise<void> {
  const { steps } = await planFor(topology);
  expect(steps.filter(({ action }) => action.kind.startsWith('container-'))).toEqual([]);
}

describe('a client and a second datacenter', () => {
  const engines = remoteEngines();
  afterAll(() => engines.close());

  it('come from the start scripts, with the commands of their READMEs', async () => {
    const topology = await everyForm();
    for (const { name } of topology.hosts) {
      await upload(topology, 'scripts', name, '/root/exported');
      const [start = '', ...others] = commandsOf(topology, 'scripts', name);
      await rootScript(topology, name, `set -e\ncd /root/exported\n${start}`);
      await rootScript(topology, name, `${others[0] ?? ''}rm -rf /root/exported`);
    }
    await proven(topology);
    await nothingToMake(topology);
  });

  it('come from Docker Compose', async () => {
    const topology = await everyForm();
    await prepareForCompose(topology);
    await engines.up(topology, written(topology, 'compose'));
    await proven(topology);
    await nothingToMake(topology);
  });

  it('come from the playbook, which has nothing to do a second time', async () => {
    const topology = await everyForm();
    const directory = written(topology, 'ansible');
    const first = await playbook(directory);
    expect(first, first.output).toMatchObject({ code: 0 });
    await proven(topology);
    const second = await playbook(directory);
    expect(second.recap, second.output).toEqual(nothingChanged(3));
    await nothingToMake(topology);
  }, 400_000);
});
