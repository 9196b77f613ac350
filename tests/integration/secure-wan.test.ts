/** Two datacenters with everything on: a second one that comes to a cluster that lives, and both at once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterSecrets } from '../../src/main/cluster/index.js';
import { MANAGEMENT_TOKEN, READ_TOKEN, WRITE_TOKEN } from '../../src/shared/desired/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { ALL, asking, changesLeft, kinds, secretsFor, withEast } from './secured.js';
import { afterEarlierSteps } from './steps.js';
import {
  applyTo,
  bareHosts,
  destroyAll,
  memoryStore,
  rangeDocument,
  rootScript,
  statusOf,
  traces,
} from './support.js';

let both: Topology;
let before: string;
beforeAll(async () => {
  both = withEast(await rangeDocument(ALL));
  await bareHosts(both);
  before = await traces(both, 'docker03');
}, 240_000);
afterAll(async () => {
  await bareHosts(both);
}, 120_000);

/** Asks the east through the first datacenter's agent: forwarded over WAN, encrypted, with a token that both know. */
async function forwarded(secrets: ClusterSecrets): Promise<string> {
  const kv = (command: string): Promise<string> =>
    rootScript(
      both,
      'docker01',
      `docker exec -e CONSUL_HTTP_TOKEN='${secrets.token(WRITE_TOKEN)}' consul01 consul kv ${command}`,
    );
  await kv('put -datacenter=east raftyard/there yes');
  return await kv('get -datacenter=east raftyard/there');
}

/** All is well as Consul says, in both datacenters, and each denies what no token allows. */
async function secured(secrets: ClusterSecrets): Promise<void> {
  expect((await statusOf(both, secrets)).problems).toEqual([]);
  expect(await changesLeft(both, secrets)).toBe(0);
  for (const host of ['docker01', 'docker03']) {
    await expect(asking(both, host, null, (api) => api.self())).rejects.toThrow(/403/);
    await expect(asking(both, host, secrets.token(READ_TOKEN), (api) => api.kvPut('a', 'b'))).rejects.toThrow(
      /403/,
    );
    const self = await asking(both, host, secrets.token(READ_TOKEN), (api) => api.self());
    expect(self.acl).toEqual({ enabled: true, deny: true });
    expect(self.tls).toMatchObject({ verifyIncoming: true, verifyServerHostname: true });
  }
  expect(await forwarded(secrets)).toBe('yes');
}

describe('two datacenters with everything on', () => {
  beforeEach(afterEarlierSteps);
  const store = memoryStore();

  it('the second comes to the first while that lives, with certificates of its own and the first one’s tokens', async () => {
    const one: Topology = {
      ...both,
      hosts: both.hosts.slice(0, 2),
      datacenters: both.datacenters.slice(0, 1),
    };
    const first = await secretsFor(one, store);
    const raised = await applyTo(one, { secrets: first });
    expect(raised.summary.failed).toEqual([]);
    const management = first.token(MANAGEMENT_TOKEN);

    const secrets = await secretsFor(both, store);
    const { summary, plan } = await applyTo(both, { secrets });
    expect(summary.failed).toEqual([]);
    expect(summary.result).toBe('done');
    // The management token stays, and no server is made anew.
    expect(secrets.token(MANAGEMENT_TOKEN)).toBe(management);
    expect(kinds(plan.steps, 'container-replace').map(({ node }) => node)).toEqual([]);
    await secured(secrets);
  }, 300_000);

  it('leaves nothing behind, and comes up at once, both together', async () => {
    expect((await destroyAll(both)).result).toBe('done');
    expect(await traces(both, 'docker03')).toBe(before);
    const secrets = await secretsFor(both, store);
    const { summary } = await applyTo(both, { secrets });
    expect(summary.failed).toEqual([]);
    await secured(secrets);
  }, 300_000);
});
