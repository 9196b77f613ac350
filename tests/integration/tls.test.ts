/** TLS between agents: from the start, with a client; turned on while a cluster lives; certificates renewed. */
import { X509Certificate } from 'node:crypto';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterSecrets } from '../../src/main/cluster/index.js';
import { consulApi } from '../../src/main/consul/client.js';
import type { HostConnection } from '../../src/main/host/types.js';
import { CA_CERTIFICATE, CA_KEY, HTTPS_PORT } from '../../src/shared/desired/index.js';
import { NOT_SECURED } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { changesLeft, kinds, secretsFor, withClient } from './secured.js';
import { afterEarlierSteps, more } from './steps.js';
import {
  applyTo,
  bareHosts,
  destroyAll,
  memoryStore,
  onHost,
  planFor,
  rangeDocument,
  rootScript,
  statusOf,
  traces,
} from './support.js';
import { ONE_ELECTION_MS, writingWhile } from './writing.js';

const TLS = { secure: { ...NOT_SECURED, tls: true } };

/** The one store of the cluster that lives. */
const store = memoryStore();

/** What each agent says of its own TLS, in document order. */
async function tls(topology: Topology): Promise<unknown[]> {
  return await Promise.all(
    topology.hosts.map(({ name }) =>
      onHost(topology, name, async (connection) => (await consulApi(connection).self()).tls),
    ),
  );
}

const SERVER = { configured: true, verifyOutgoing: true, verifyIncoming: true, verifyServerHostname: true };
const CLIENT = { ...SERVER, verifyIncoming: false };

/** The certificate that a port of the host's loopback presents, checked against the CA and the name. */
async function presented(connection: HostConnection, port: number, ca: string, name: string) {
  const socket = connect({ socket: await connection.forward('127.0.0.1', port), ca, servername: name });
  try {
    return await new Promise<X509Certificate>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('secureConnect', () => {
        const raw = (socket as TLSSocket).getPeerX509Certificate();
        if (raw === undefined) reject(new Error('no certificate'));
        else resolve(raw);
      });
    });
  } finally {
    socket.destroy();
  }
}

/** The answer to one request of the old kind on the RPC port: Consul's first byte for Raft, then nothing it could read. */
async function plainRpc(connection: HostConnection): Promise<string> {
  const channel = await connection.forward('127.0.0.1', 8300);
  try {
    return await new Promise<string>((resolve) => {
      const timer = setTimeout(() => resolve('kept open'), 4000);
      const end = (how: string) => () => {
        clearTimeout(timer);
        resolve(how);
      };
      channel.on('close', end('closed'));
      channel.on('end', end('closed'));
      channel.on('error', end('closed'));
      channel.resume();
      // 0x00: Consul RPC without TLS.
      channel.write(Buffer.from([0]));
    });
  } finally {
    channel.destroy();
  }
}

let topology: Topology;
beforeAll(async () => {
  topology = await rangeDocument(TLS);
  await bareHosts(topology);
}, 240_000);
afterAll(async () => {
  await bareHosts(topology);
}, 120_000);

describe('a cluster with TLS and encrypted gossip from the start', () => {
  it('comes up, its client gets a certificate from the servers, nothing is taken in the clear, nothing stays behind', async () => {
    const both = withClient({ ...topology, secure: { ...NOT_SECURED, gossip: true, tls: true } });
    const [first, , third] = both.hosts.map(({ name }) => name);
    if (first === undefined || third === undefined) throw new Error('three hosts are needed');
    const before = await traces(both, first);
    const secrets = await secretsFor(both);
    const ca = secrets.value(CA_CERTIFICATE);
    const { plan, summary, events } = await applyTo(both, { secrets });
    expect(summary.failed).toEqual([]);
    expect(summary.result).toBe('done');
    expect(await tls(both)).toEqual([SERVER, SERVER, CLIENT]);
    const { problems, datacenters } = await statusOf(both);
    expect(problems).toEqual([]);
    const nodes = datacenters.flatMap((datacenter) => datacenter.nodes);
    expect(nodes.map(({ security }) => security?.tls)).toEqual([true, true, undefined]);
    const until = Date.parse(nodes[0]?.security?.certificateEnds ?? '') - Date.now();
    expect(until / 86_400_000).toBeCloseTo(365, -1);
    expect(await changesLeft(both, secrets)).toBe(0);
    await onHost(both, first, async (connection) => {
      const certificate = await presented(connection, HTTPS_PORT, ca, 'server.dc1.consul');
      expect(certificate.verify(new X509Certificate(ca).publicKey)).toBe(true);
      expect(await plainRpc(connection)).toBe('closed');
    });
    await onHost(both, third, async (connection) => {
      // Through the client's RPC to the servers, and back.
      const api = consulApi(connection);
      await api.kvPut('raftyard/through-the-client', 'yes');
      expect(await api.kvGet('raftyard/through-the-client')).toBe('yes');
    });
    for (const secret of secrets.all) expect(JSON.stringify([plan, summary, events])).not.toContain(secret);
    const files = (name: string) => rootScript(both, name, 'ls -x -w 0 /opt/consul/.secret/agent');
    expect((await files(first)).split(/\s+/)).toEqual([
      'agent-key.pem',
      'agent.pem',
      'ca.pem',
      'secret.json',
    ]);
    expect((await files(third)).split(/\s+/)).toEqual(['ca.pem', 'secret.json']);
    const caKey = secrets.value(CA_KEY).split('\n')[1] ?? '';
    expect(await rootScript(both, first, 'cat /opt/consul/.secret/agent/*')).not.toContain(caKey);
    const other = await rootScript(
      both,
      first,
      'su -s /bin/sh nobody -c "cat /opt/consul/.secret/agent/agent-key.pem" 2>&1 || true',
    );
    expect(other).toContain('Permission denied');
    const gone = await destroyAll(both);
    expect(gone.result).toBe('done');
    expect(await traces(both, first)).toBe(before);
  }, 240_000);
});

describe('a cluster that talks in the clear', () => {
  beforeEach(afterEarlierSteps);
  let secrets: ClusterSecrets;
  beforeAll(async () => {
    const { summary } = await applyTo(await rangeDocument());
    expect(summary.result).toBe('done');
    secrets = await secretsFor(topology, store);
  }, 120_000);

  it('talks TLS after three rounds, while it is written to', async () => {
    const written = await writingWhile(topology, async () => {
      const { summary, plan } = await applyTo(topology, { secrets });
      expect(summary.failed).toEqual([]);
      expect(summary.result).toBe('done');
      // The first round is the one that makes the containers anew: they get another mount.
      expect(kinds(plan.steps, 'container-replace')).toHaveLength(3);
      expect(kinds(plan.steps, 'container-restart')).toHaveLength(6);
    });
    expect(await tls(topology)).toEqual([SERVER, SERVER, SERVER]);
    expect(await changesLeft(topology, secrets)).toBe(0);
    expect(written.longestGapMs).toBeLessThan(ONE_ELECTION_MS);
    expect(written.acknowledged.length).toBeGreaterThan(20);
  }, 400_000);

  it('adds encrypted gossip later, and lets TLS be meanwhile', async () => {
    const both = { ...topology, secure: { ...NOT_SECURED, gossip: true, tls: true } };
    const known = await secretsFor(both, store);
    const plan = await planFor(both, { secrets: known.forPlan() }, known);
    expect(kinds(plan.steps, 'container-restart')).toHaveLength(9);
    for (const step of kinds(plan.steps, 'secret-file'))
      expect(JSON.stringify(step.action)).toContain('\\"verify_incoming_rpc\\": true');
    if (!more.MORE) return;
    expect((await applyTo(both, { secrets: known })).summary.failed).toEqual([]);
    expect(await tls(topology)).toEqual([SERVER, SERVER, SERVER]);
    expect(await changesLeft(both, known)).toBe(0);
    topology = both;
    secrets = known;
  }, 240_000);

  it('gets new certificates without a restart, before the old ones end', async () => {
    const [first] = topology.hosts;
    if (first === undefined) throw new Error('no host');
    const ca = secrets.value(CA_CERTIFICATE);
    const show = () =>
      onHost(topology, first.name, async (connection) => ({
        serial: (await presented(connection, HTTPS_PORT, ca, 'server.dc1.consul')).serialNumber,
        started: (
          await connection.exec(['docker', 'inspect', '-f', '{{.State.StartedAt}}', 'consul01'], {
            root: true,
          })
        ).stdout,
      }));
    const before = await show();
    // As if its end had come: the store has lost it.
    await store.write({ [`cluster/${topology.id}/tls-cert/node1`]: null });
    const renewed = await secretsFor(topology, store);
    const { plan, summary } = await applyTo(topology, { secrets: renewed });
    expect(summary.result).toBe('done');
    expect(kinds(plan.steps, 'agent-reload')).toHaveLength(1);
    expect(kinds(plan.steps, 'container-restart')).toHaveLength(0);
    const after = await show();
    expect(after.serial).not.toBe(before.serial);
    expect(after.started).toBe(before.started);
    expect((await statusOf(topology)).problems).toEqual([]);
    secrets = renewed;
  }, 120_000);

  it('refuses another CA, and to give TLS up', async () => {
    const other = await planFor(topology, { secrets: (await secretsFor(topology)).forPlan() });
    expect(other.issues.filter(({ code }) => code === 'other-ca')).toHaveLength(3);
    const off = await planFor(await rangeDocument());
    expect(off.issues.filter(({ code }) => code === 'tls-off')).toHaveLength(3);
  });
});
