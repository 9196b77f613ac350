/**
 * What is exported of a cluster with a client, a second datacenter, a service and names makes what apply makes, in every
 * format, and each README's commands are those that are run.
 */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { ExportFormat } from '../../src/shared/export/index.js';
import type { Service, Topology } from '../../src/shared/topology/types.js';
import { prepareForCompose, remoteEngines } from './compose.js';
import { commandsOf, document, upload, using, written } from './exported.js';
import { containerIds } from './inspect.js';
import {
  heredoc,
  namesFound,
  OUTSIDE_ADDRESS,
  OUTSIDE_NAME,
  STOP_OUTSIDE,
  STOP_WEB,
  startOutside,
  startWeb,
} from './names.js';
import { nothingChanged, playbook } from './playbook.js';
import { more } from './steps.js';
import { CONSUL, planFor, RESTART_DOCKER, rootScript, statusOf, until } from './support.js';

const PORT = 8081;
const DAEMON = '/etc/docker/daemon.json';
/** As its owner wrote it, on the first host; the others have no such file. */
const OWNERS = `{\n\t"max-concurrent-downloads": 2\n}\n`;
const WHOLE = '/root/exported';

const web = (...tags: string[]): Service => ({
  name: 'web',
  id: 'web',
  port: PORT,
  tags,
  meta: {},
  checks: [{ http: `http://127.0.0.1:${PORT}/`, interval: '1s', timeout: '1s' }],
});

let used: Topology | undefined;
const everywhere = (topology: Topology, text: string): Promise<string[]> =>
  Promise.all(topology.hosts.map(({ name }) => rootScript(topology, name, text)));

/** A server, a client with a service, and a server in the east; their containers ask Consul for names. */
async function everyForm(): Promise<Topology> {
  const topology = await document({});
  const [first, second, third] = topology.datacenters.flatMap(({ nodes }) => nodes);
  if (first === undefined || second === undefined || third === undefined) throw new Error('three nodes');
  const outside = topology.hosts[2]?.advertise ?? '';
  used = await using({
    ...topology,
    dns: { containers: true, hosts: false, upstream: [outside], search: ['service.consul'] },
    datacenters: [
      { name: 'dc1', nodes: [first, { ...second, role: 'client', services: [web('v1')] }] },
      { name: 'east', nodes: [{ ...third, bootstrap: true }] },
    ],
  });
  await Promise.all([
    rootScript(used, 'docker01', heredoc(DAEMON, OWNERS)),
    rootScript(used, 'docker02', `${STOP_WEB}; ${startWeb(PORT)}`),
    rootScript(used, 'docker03', `${STOP_OUTSIDE}; ${startOutside(outside)}`),
  ]);
  return used;
}

/** The same with another tag on its service. */
const retagged = (topology: Topology): Topology => ({
  ...topology,
  datacenters: topology.datacenters.map((datacenter) => ({
    ...datacenter,
    nodes: datacenter.nodes.map((node) =>
      node.services === undefined ? node : { ...node, services: [web('v2')] },
    ),
  })),
});

/** What the test itself left on the hosts, however it ended. */
const CLEAN = `${STOP_WEB}; ${STOP_OUTSIDE}
if grep -q '"dns"' ${DAEMON} 2>/dev/null; then rm -f ${DAEMON}; ${RESTART_DOCKER}; fi
rm -rf ${DAEMON} ${WHOLE}`;
afterEach(async () => {
  if (used !== undefined) await everywhere(used, CLEAN);
  used = undefined;
});

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
  await served(topology, 'v1');
}

/** The service passes its check on the client, and both datacenters are told so. */
async function served(topology: Topology, tag: string): Promise<void> {
  const ask = (host: string): Promise<string> =>
    rootScript(
      topology,
      host,
      `curl -sf 'http://127.0.0.1:8500/v1/health/service/web?dc=dc1&passing&tag=${tag}'`,
    );
  for (const host of ['docker01', 'docker03'])
    await until(`web with ${tag}, seen from ${host}`, 30_000, async () => {
      const found = JSON.parse(await ask(host)) as { Node: { Node: string }; Service: { Port: number } }[];
      return found.map(({ Node, Service: { Port } }) => `${Node.Node}:${Port}`).join() === `node2:${PORT}`;
    });
}

/** The block of a host's README that holds a word, and not another. */
function commandWith(topology: Topology, format: ExportFormat, host: string, word: string): string {
  const blocks = commandsOf(topology, format, host).filter((text) => text.includes(word));
  expect(blocks, word).toHaveLength(1);
  return blocks[0] ?? '';
}

/** What the README says of a change of services, which restarts nothing. */
async function reloaded(topology: Topology, format: 'scripts' | 'compose'): Promise<void> {
  const changed = retagged(topology);
  const before = await containerIds(topology);
  if (format === 'scripts')
    await rootScript(topology, 'docker02', `sed -i 's/"v1"/"v2"/' /opt/consul/config/services.json`);
  await upload(changed, format, 'docker02', WHOLE);
  const commands = commandWith(changed, format, 'docker02', 'consul reload');
  await rootScript(topology, 'docker02', `set -e\ncd ${WHOLE}\n${commands}`);
  await served(topology, 'v2');
  expect(await containerIds(topology)).toEqual(before);
  await nothingToMake(changed);
}

/** One host after another, when the agent answers. */
async function namesByHand(topology: Topology, format: ExportFormat): Promise<void> {
  for (const { name } of topology.hosts) {
    await upload(topology, format, name, WHOLE);
    const commands = commandWith(topology, format, name, 'sh consul-dns.sh\n');
    expect(await rootScript(topology, name, `set -e\ncd ${WHOLE}\n${commands}`)).toContain('changed: ');
    await until(`${name} again`, 60_000, async () => (await statusOf(topology)).healthy);
    expect(await rootScript(topology, name, `set -e\ncd ${WHOLE}\n${commands}`)).not.toContain('changed: ');
  }
}

/** Plain containers on all hosts find the servers, the service, and the rest of the world. */
async function resolved(topology: Topology): Promise<void> {
  const [first = '', second = '', third = ''] = topology.hosts.map(({ advertise }) => advertise);
  const found = (name: string): Promise<string[][]> =>
    Promise.all(topology.hosts.map((host) => namesFound(topology, host.name, name)));
  await until('names of the service', 30_000, async () => (await found('web')).flat().length === 2);
  expect(await found('consul.service.consul')).toEqual([[first], [first], [third]]);
  expect(await found('web')).toEqual([[second], [second], []]);
  expect(await found('web.service.dc1.consul')).toEqual([[second], [second], [second]]);
  expect(await found(OUTSIDE_NAME)).toEqual(Array(3).fill([OUTSIDE_ADDRESS]));
  expect(JSON.parse(await rootScript(topology, 'docker01', `cat ${DAEMON}`))).toEqual({
    'max-concurrent-downloads': 2,
    dns: ['172.17.0.1', third],
    'dns-search': ['service.consul'],
  });
  // Apply finds them told already.
  const { steps } = await planFor(topology);
  expect(steps.map(({ action }) => action.kind).filter((kind) => /^(engine|dns)/.test(kind))).toEqual([]);
}

/** Every host's engine has the file that it had, and its containers no longer ask Consul. */
async function undone(topology: Topology, undo: (host: string) => string): Promise<void> {
  const said = await Promise.all(
    topology.hosts.map(({ name }) => rootScript(topology, name, `set -e\n${undo(name)}`)),
  );
  for (const text of said) expect(text).toContain('as it was');
  expect(`${await rootScript(topology, 'docker01', `cat ${DAEMON}`)}\n`).toBe(OWNERS);
  expect(
    await rootScript(topology, 'docker03', `ls ${DAEMON} /opt/consul/dns-before 2>/dev/null || true`),
  ).toBe('');
  for (const host of ['docker01', 'docker03'])
    expect(await namesFound(topology, host, 'consul.service.consul')).toEqual([]);
}

const undoByHand = (topology: Topology, format: ExportFormat): Promise<void> =>
  undone(
    topology,
    (host) => `cd ${WHOLE}\n${commandWith(topology, format, host, 'sh consul-dns.sh --undo')}`,
  );

/** Apply takes the containers for its own, and makes none anew. */
async function nothingToMake(topology: Topology): Promise<void> {
  const { steps } = await planFor(topology);
  expect(steps.filter(({ action }) => action.kind.startsWith('container-'))).toEqual([]);
}

describe('a client with a service, a second datacenter, and names', () => {
  const engines = remoteEngines();
  afterAll(() => engines.close());

  it('come from the start scripts, with the commands of their READMEs', async () => {
    const topology = await everyForm();
    for (const { name } of topology.hosts) {
      await upload(topology, 'scripts', name, WHOLE);
      const [start = '', ...others] = commandsOf(topology, 'scripts', name);
      await rootScript(topology, name, `set -e\ncd ${WHOLE}\n${start}`);
      await rootScript(topology, name, `${others[0] ?? ''}rm -rf ${WHOLE}`);
    }
    await proven(topology);
    await nothingToMake(topology);
    await namesByHand(topology, 'scripts');
    await resolved(topology);
    await reloaded(topology, 'scripts');
    await undoByHand(topology, 'scripts');
  }, 400_000);

  more.it(
    'come from Docker Compose',
    async () => {
      const topology = await everyForm();
      await prepareForCompose(topology);
      await engines.up(topology, written(topology, 'compose'));
      await proven(topology);
      await nothingToMake(topology);
      await namesByHand(topology, 'compose');
      await resolved(topology);
      await reloaded(topology, 'compose');
      await undoByHand(topology, 'compose');
    },
    400_000,
  );

  more.it(
    'come from the playbook, which a second time reloads what was changed and does no more',
    async () => {
      const topology = await everyForm();
      const names = ['-e', 'raftyard_dns=true'];
      const directory = written(topology, 'ansible');
      const first = await playbook(directory, names);
      expect(first, first.output).toMatchObject({ code: 0 });
      await proven(topology);
      await resolved(topology);
      const changed = retagged(topology);
      const before = await containerIds(topology);
      const second = await playbook(written(changed, 'ansible'), names);
      // The start script, the services in it and in their own file; and the reload.
      expect(second.recap, second.output).toEqual({
        ...nothingChanged(3),
        docker02: { changed: 2, failed: 0 },
      });
      expect(await containerIds(topology)).toEqual(before);
      await served(topology, 'v2');
      await nothingToMake(changed);
      await undone(topology, () => 'sh /opt/consul/consul-dns.sh --undo');
    },
    400_000,
  );

  more.it('come from configuration files, under whatever starts `consul agent` with them', async () => {
    const topology = await everyForm();
    for (const [index, { name }] of topology.hosts.entries()) {
      await upload(topology, 'config', name, WHOLE);
      const [, firewalld = ''] = commandsOf(topology, 'config', name);
      await rootScript(
        topology,
        name,
        `docker run -d --name consul0${index + 1} --net=host -v ${WHOLE}:${WHOLE}:ro --entrypoint consul '${CONSUL}' agent -config-file=${WHOLE}/consul.json\n${firewalld}`,
      );
    }
    await proven(topology);
    // No script was run: the container itself is told whom to ask.
    const asked = `docker run --rm --dns 172.17.0.1 --entrypoint nslookup ${CONSUL}`;
    expect(await rootScript(topology, 'docker01', `${asked} web.service.consul`)).toContain(
      topology.hosts[1]?.advertise,
    );
  });
});
