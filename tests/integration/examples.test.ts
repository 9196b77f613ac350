/** A range of thirteen: three servers with ten clients, every example of the project as it is shipped, and a template. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { rangeDown, rangeTopology, rangeUp } from '../../src/main/range/index.js';
import { imageFamily } from '../../src/shared/consul/index.js';
import { fromTemplate, hostsOf, isSecured, readTopology } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { givenConsul } from './given.js';
import { namesFound, STOP_WEB, startWeb } from './names.js';
import { changesLeft, secretsFor } from './secured.js';
import { more } from './steps.js';
import { applyTo, bareHosts, destroyAll, PROGRIUM, range, rootScript, statusOf, until } from './support.js';

const NAME = `${range.name}-thirteen`;
const FOLDER = 'assets/examples';
let all: Topology;
let used: Topology | undefined;

beforeAll(async () => {
  await rangeUp({ name: NAME, hosts: 13, consul: givenConsul(), onProgress: () => undefined });
  const { topology } = readTopology(rangeTopology(NAME, { clients: 10 }));
  if (topology === undefined) throw new Error('the range of thirteen has no valid topology');
  all = topology;
}, 600_000);
afterEach(async () => {
  if (used !== undefined) await bareHosts(used);
  used = undefined;
}, 300_000);
afterAll(async () => {
  await rangeDown(NAME);
}, 300_000);

/** An example as it is, on hosts of the range, and with the range's Consul of the same family. */
function onRange(text: string): Topology {
  const { topology } = readTopology(text);
  if (topology === undefined) throw new Error('no valid topology');
  const { family } = imageFamily(topology.image);
  const image = family === 'progrium' ? PROGRIUM : all.image;
  const hosts = topology.hosts.map(({ name }, index) => {
    const host = all.hosts[index];
    if (host === undefined) throw new Error('more hosts than the range has');
    return { ...host, name };
  });
  used = { ...topology, image, hosts };
  return used;
}

more.describe('clients', () => {
  it('are ten beside three servers', async () => {
    used = all;
    const { summary } = await applyTo(all);
    expect(summary.failed).toEqual([]);
    const found = await statusOf(all);
    expect(found.problems).toEqual([]);
    expect(found.datacenters[0]?.nodes.filter((node) => node.role === 'client')).toHaveLength(10);
    expect(await changesLeft(all, await secretsFor(all))).toBe(0);
    expect((await destroyAll(all)).result).toBe('done');
  }, 300_000);
});

/** Hosts whose agent looks after a web server on port 80, which the range's hosts have not. */
const webHosts = (topology: Topology): string[] =>
  topology.datacenters.flatMap(({ nodes }) =>
    nodes.filter(({ services = [] }) => services.some(({ port }) => port === 80)).map(({ host }) => host),
  );

/** Raised as it is, it is well, needs nothing a second time, and goes. */
async function raised(text: string): Promise<void> {
  const topology = onRange(text);
  const web = webHosts(topology);
  await Promise.all(web.map((host) => rootScript(topology, host, startWeb(80))));
  try {
    const secrets = isSecured(topology.secure) ? await secretsFor(topology) : undefined;
    const { summary } = await applyTo(topology, secrets === undefined ? {} : { secrets });
    expect(summary.failed).toEqual([]);
    // A check is critical until it has run for the first time.
    await until('no problem is left', 60_000, async () => (await statusOf(topology, secrets)).healthy);
    const found = await statusOf(topology, secrets);
    expect(found.problems).toEqual([]);
    expect(found.datacenters.every(({ leader }) => leader !== null)).toBe(true);
    expect(await changesLeft(topology, secrets ?? (await secretsFor(topology)))).toBe(0);
    // Containers of every host find what is well by its short name.
    if (topology.dns?.containers === true && web.length > 0)
      await Promise.all(
        topology.hosts.map(async ({ name }) =>
          expect(await namesFound(topology, name, 'web')).toEqual(advertised(topology, web)),
        ),
      );
    expect((await destroyAll(topology)).result).toBe('done');
  } finally {
    await Promise.all(web.map((host) => rootScript(topology, host, STOP_WEB)));
  }
}

const advertised = (topology: Topology, hosts: readonly string[]): string[] =>
  topology.hosts
    .filter(({ name }) => hosts.includes(name))
    .map(({ advertise }) => advertise)
    .sort();

more.describe('the example', () => {
  const examples = readdirSync(FOLDER).map((name) => basename(name, '.raftyard'));

  it.each(examples)(
    '%s is raised as it is, and needs nothing a second time',
    (name) => raised(readFileSync(join(FOLDER, `${name}.raftyard`), 'utf8')),
    300_000,
  );
});

more.describe('the template of services and names', () => {
  it('is raised as it is: secured, its services well and found by name', () => {
    const addresses = Array.from({ length: hostsOf('services') }, (_, index) => `192.0.2.${index + 1}`);
    return raised(fromTemplate('services', { name: 'services', addresses }));
  }, 300_000);
});
