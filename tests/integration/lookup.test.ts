/** Who answers for a name and why another does not, maintenance, and questions that one datacenter passes on to another. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ClusterSecrets,
  lookUp,
  readDatacenter,
  reading,
  readKv,
  readKvValue,
  setMaintenance,
  type UseCaseContext,
} from '../../src/main/cluster/index.js';

import { MANAGEMENT_TOKEN } from '../../src/shared/desired/index.js';
import { type ExplainedInstance, type LookupResult, reasonText } from '../../src/shared/live/index.js';
import { NOT_SECURED, serialiseTopology } from '../../src/shared/topology/index.js';
import type { Service, Topology } from '../../src/shared/topology/types.js';
import { temporaryFolder } from '../temporary.js';
import { asking, secretsFor, withEast } from './secured.js';
import {
  applyTo,
  bareHosts,
  newContext,
  raftyard,
  rangeDocument,
  rootScript,
  statusOf,
  until,
} from './support.js';

/** Port 22 is the host's sshd: it answers. Port 1 is nobody's. */
const web = (id: string, tag: string, checked: number): Service => ({
  name: 'web',
  id,
  port: 8081,
  tags: [tag],
  meta: {},
  checks: [{ tcp: `127.0.0.1:${checked}`, interval: '1s', timeout: '1s' }],
});
const SERVICES: Readonly<Record<string, Service>> = {
  node1: web('web-1', 'v1', 22),
  node2: web('web-2', 'v2', 1),
  node3: web('web-3', 'v1', 22),
};

function withWeb(topology: Topology): Topology {
  return {
    ...topology,
    datacenters: topology.datacenters.map((datacenter) => ({
      ...datacenter,
      nodes: datacenter.nodes.map((node) => {
        const service = SERVICES[node.name];
        return service === undefined ? node : { ...node, services: [service] };
      }),
    })),
  };
}

let topology: Topology;
let context: UseCaseContext & { close(): Promise<void> };
let file: string;

beforeAll(async () => {
  topology = withWeb(withEast(await rangeDocument()));
  await bareHosts(topology);
  file = join(temporaryFolder('raftyard-lookup-'), 'practice.raftyard');
  writeFileSync(file, serialiseTopology(topology));
  expect((await applyTo(topology)).summary.failed).toEqual([]);
  context = newContext(topology);
}, 300_000);
afterAll(async () => {
  await context?.close();
  await bareHosts(topology);
}, 120_000);

const address = (index: number): string => topology.hosts[index]?.advertise ?? '';
const instance = (found: LookupResult, id: string): ExplainedInstance | undefined =>
  found.instances.find((entry) => entry.id === id);
const records = (found: LookupResult, type: string): string[] =>
  found.dns.replies
    .filter((reply) => reply.type === type)
    .flatMap(({ answers }) => answers.map((a) => a.data));
const why = (found: LookupResult, id: string): string =>
  (instance(found, id)?.whyNotDns ?? []).map(reasonText).join('; ');

/** Asks until the answer is as it will be: checks run once a second, and servers hear of them a little later. */
async function asked(
  name: string,
  is: (found: LookupResult) => boolean,
  node = 'node1',
): Promise<LookupResult> {
  let found: LookupResult | undefined;
  await until(`the answer for ${name}`, 60_000, async () => {
    found = await lookUp(topology, name, { node }, context);
    return is(found);
  });
  if (found === undefined) throw new Error('unreachable');
  return found;
}
const answering = (id: string) => (found: LookupResult) =>
  instance(found, id)?.inDns === true && instance(found, id)?.inHttp === true;
const silent = (id: string) => (found: LookupResult) =>
  instance(found, id)?.inDns === false && instance(found, id)?.inHttp === false;

describe('a look-up', () => {
  it('names who answers by DNS and by HTTP, and tells why another does not', async () => {
    const found = await asked(
      'web',
      (now) => answering('web-1')(now) && silent('web-2')(now) && /refused/.test(why(now, 'web-2')),
    );
    expect(found.name).toBe('web.service.consul');
    expect(records(found, 'A')).toEqual([address(0)]);
    expect(records(found, 'SRV')).toEqual([expect.stringContaining(' 8081 ')]);
    expect(found.http.answers).toEqual([`${address(0)}:8081`]);
    expect(instance(found, 'web-2')?.whyNotHttp).toEqual([
      { code: 'check-critical', check: 'TCP 127.0.0.1:1', output: expect.stringContaining('refused') },
    ]);
    // What it says to type gives the same.
    const byHand = await rootScript(topology, found.asked.host, found.commands.at(-1) ?? 'false');
    expect(byHand).toContain('"web-1"');
    expect(byHand).not.toContain('"web-2"');
  });

  it('of a tag, of a node, and of what there is not, says so', async () => {
    const tagged = await lookUp(topology, 'v2.web.service.consul', { node: 'node2' }, context);
    expect(tagged.http.answers).toEqual([]);
    expect(records(tagged, 'A')).toEqual([]);
    expect(why(tagged, 'web-1')).toBe('it has other tags than v2: v1');
    expect(why(tagged, 'web-2')).toMatch(/critical/);
    const node = await lookUp(topology, 'node2.node.consul', {}, context);
    expect([records(node, 'A'), node.http.answers]).toEqual([[address(1)], [address(1)]]);
    const nothing = await lookUp(topology, 'nobody', {}, context);
    expect(nothing.dns.replies.map(({ status }) => status)).toContain('NXDOMAIN');
    expect(nothing.notes).toEqual([{ code: 'none-registered', service: 'nobody', datacenter: 'dc1' }]);
    await expect(lookUp(topology, 'a..b', {}, context)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('another datacenter, asked of an agent of this one', () => {
  const FORWARDED = [
    { kind: 'agent', node: 'node1', role: 'server', datacenter: 'dc1' },
    { kind: 'server', datacenter: 'east' },
    { kind: 'leader', datacenter: 'east', node: 'node3' },
  ];

  it('answers for a name, with the way that the question went', async () => {
    const found = await asked('web.service.east.consul', answering('web-3'));
    expect(found.http.path).toEqual(FORWARDED);
    expect(records(found, 'A')).toEqual([address(2)]);
    expect(found.instances.map(({ id }) => id)).toEqual(['web-3']);
  });

  it('shows its services, its health and its keys', async () => {
    const read = await readDatacenter(topology, 'east', 'node1', context);
    expect(read.path).toEqual(FORWARDED);
    expect(read.services.find(({ name }) => name === 'web')?.instances.map(({ id }) => id)).toEqual([
      'web-3',
    ]);
    expect(read.nodeChecks.map(({ node }) => node)).toEqual(['node3']);
    await rootScript(topology, 'docker03', 'docker exec consul03 consul kv put only/east yes');
    expect(await readKv(topology, 'east', 'only/', context, 'node1')).toMatchObject({
      keys: ['only/east'],
      path: FORWARDED,
    });
    expect(await readKvValue(topology, 'east', 'only/east', context, 'node1')).toMatchObject({ text: 'yes' });
    expect((await readKv(topology, 'dc1', 'only/', context, 'node1')).keys).toEqual([]);
  });
});

describe('maintenance', () => {
  const maintain = (...args: string[]): ReturnType<typeof raftyard> => raftyard('maintenance', file, ...args);

  it('of a service, by the command line, asks first where nobody else would answer', async () => {
    await asked('web', answering('web-1'));
    const one = ['--node', 'node1', '--service', 'web-1', '--on', '--reason', 'disk change'];
    const refused = await maintain(...one);
    expect([refused.code, refused.stderr]).toEqual([64, expect.stringContaining('nobody answers for web')]);
    expect(answering('web-1')(await lookUp(topology, 'web', { node: 'node1' }, context))).toBe(true);
    const done = await maintain(...one, '--yes');
    expect([done.code, done.stdout.trim()]).toEqual([0, 'web-1 on node1 is in maintenance']);
    const found = await asked('web', silent('web-1'));
    expect(why(found, 'web-1')).toBe('it is in maintenance: disk change');
    // Nobody is left: told by the exit code, too.
    const told = await raftyard('lookup', file, 'web');
    expect([told.code, told.stdout]).toEqual([
      1,
      expect.stringContaining('it is in maintenance: disk change'),
    ]);
    const status = await statusOf(topology);
    expect(status.datacenters[0]?.maintenance).toEqual([
      { node: 'node1', service: 'web', id: 'web-1', reason: 'disk change' },
    ]);
    // What was put aside on purpose is no problem; what is broken is.
    expect(status.problems.join('\n')).not.toContain('web-1');
    expect(status.problems.join('\n')).toContain('web-2');
    expect((await maintain('--node', 'node1', '--service', 'web', '--off')).stdout.trim()).toBe(
      'web-1 on node1 is out of maintenance',
    );
    await asked('web', answering('web-1'));
    const again = await maintain('--node', 'node1', '--service', 'web', '--off');
    expect([again.code, again.stdout.trim()]).toEqual([0, 'web-1 on node1 is out of maintenance already']);
    expect((await raftyard('lookup', file, 'web')).code).toBe(0);
  });

  it('of a node takes all of it out of the answers, and back', async () => {
    const wish = { node: 'node1', on: true, reason: 'new kernel' };
    expect(await setMaintenance(topology, wish, context, undefined)).toMatchObject({ changed: true });
    const found = await asked('web', silent('web-1'));
    expect(why(found, 'web-1')).toBe('its node is in maintenance: new kernel');
    const status = await statusOf(topology);
    const node1 = status.datacenters[0]?.nodes.find(({ name }) => name === 'node1');
    expect(node1?.maintenance).toBe('new kernel');
    await setMaintenance(topology, { ...wish, on: false }, context, undefined);
    await asked('web', answering('web-1'));
    await expect(
      setMaintenance(topology, { ...wish, service: 'nothing' }, context, undefined),
    ).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining('web-1') });
  });
});

describe('a cluster with ACLs', () => {
  it('is asked with a token for this one service, which is gone when the maintenance ends', async () => {
    await bareHosts(topology);
    const acl = withWeb(await rangeDocument({ secure: { ...NOT_SECURED, acl: true } }));
    const secrets: ClusterSecrets = await secretsFor(acl);
    expect((await applyTo(acl, { secrets })).summary.failed).toEqual([]);
    const here = newContext(acl);
    try {
      const tokens = (): Promise<number> =>
        asking(
          acl,
          'docker01',
          secrets.token(MANAGEMENT_TOKEN),
          async (api) => (await api.aclTokens()).length,
        );
      const ask = (): Promise<LookupResult> => lookUp(acl, 'web', { node: 'node1' }, reading(here, secrets));
      const inHttp = (wanted: boolean) => async () => instance(await ask(), 'web-1')?.inHttp === wanted;
      await until('web-1 answers', 60_000, inHttp(true));
      const before = await tokens();
      const wish = { node: 'node1', service: 'web-1', on: true, reason: 'disk change' };
      await expect(setMaintenance(acl, wish, here, undefined)).rejects.toMatchObject({
        code: 'secrets-needed',
      });
      expect(await setMaintenance(acl, wish, here, secrets)).toMatchObject({ changed: true, told: true });
      await until('web-1 does not', 30_000, inHttp(false));
      expect(await tokens()).toBe(before + 1);
      const off = { ...wish, on: false, reason: '' };
      expect(await setMaintenance(acl, off, here, secrets)).toMatchObject({ changed: true, told: true });
      await until('web-1 answers again', 30_000, inHttp(true));
      expect(await tokens()).toBe(before);
      // Ended by another hand: the token stays until Raftyard hears of it.
      await setMaintenance(acl, wish, here, secrets);
      await asking(acl, 'docker01', secrets.token(MANAGEMENT_TOKEN), (api) =>
        api.setMaintenance('web-1', false, ''),
      );
      expect(await tokens()).toBe(before + 1);
      expect(await setMaintenance(acl, off, here, undefined)).toMatchObject({ changed: false });
      expect(await setMaintenance(acl, off, here, secrets)).toMatchObject({ changed: false });
      expect(await tokens()).toBe(before);
    } finally {
      await here.close();
    }
  }, 300_000);
});
