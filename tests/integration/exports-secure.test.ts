/** Exports of a secured cluster: key and certificates are given once, by hand, and what comes of it is what apply makes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ClusterSecrets } from '../../src/main/cluster/index.js';
import { clusterPrefix } from '../../src/main/cluster/secrets.js';
import { consulApi } from '../../src/main/consul/client.js';
import { desiredNodes, GOSSIP_KEY } from '../../src/shared/desired/index.js';
import { NOT_SECURED } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { commandsOf, document, healthy, upload, using, written } from './exported.js';
import { containerIds } from './inspect.js';
import { nothingChanged, playbook } from './playbook.js';
import { memoryStore, onHost, planFor, RESTART_DOCKER, rootScript } from './support.js';

const KEY = 'c0Y6T2pXn2rSgCkVhQ3o4dD1u5b7l9m8x0z2w4y6A8E=';
const SECURE = { ...NOT_SECURED, gossip: true, tls: true };
const SECRET = '/opt/consul/.secret/agent/secret.json';
const OPEN_PORTS = `systemctl disable --now firewalld >/dev/null 2>&1; ${RESTART_DOCKER}; firewall-cmd --state 2>&1 || true`;

async function allEncrypted(topology: Topology): Promise<void> {
  for (const { name } of topology.hosts)
    expect(await onHost(topology, name, (connection) => consulApi(connection).self())).toMatchObject({
      gossip: { encrypted: true, verifyOutgoing: true, verifyIncoming: true },
      tls: { configured: true, verifyOutgoing: true, verifyIncoming: true, verifyServerHostname: true },
    });
}

/** The folder of a host, as `raftyard secrets certificates` writes it. */
function certificates(topology: Topology, secrets: ClusterSecrets) {
  return desiredNodes(topology).flatMap(({ host, secret }) =>
    (secret?.files ?? []).map(({ path, template }) => ({
      host,
      name: basename(path),
      content: secrets.render(template),
    })),
  );
}

/** Carries its certificates to a host, beside the exported files. */
async function carry(topology: Topology, secrets: ClusterSecrets, name: string): Promise<void> {
  await onHost(topology, name, async (connection) => {
    await connection.exec(['mkdir', '-p', '/root/exported/tls'], { root: true });
    for (const file of certificates(topology, secrets).filter(({ host }) => host === name))
      await connection.writeFile(`/root/exported/tls/${file.name}`, file.content, 0o600);
  });
}

/** Raftyard on another computer, which got the key out of a kit. */
async function secretsWith(topology: Topology, key: string): Promise<ClusterSecrets> {
  const store = memoryStore();
  await store.write({ [`${clusterPrefix(topology.id)}${GOSSIP_KEY}`]: key });
  const secrets = await ClusterSecrets.of(topology, store);
  await secrets.make();
  return secrets;
}

describe('exports of a cluster with encrypted gossip', () => {
  it('are raised by the scripts, left alone by the playbook, and taken over by apply', async () => {
    const topology = await using(await document({ secure: SECURE }));
    const secrets = await secretsWith(topology, KEY);
    await Promise.all(
      topology.hosts.map(async ({ name }) => {
        await rootScript(topology, name, OPEN_PORTS);
        await upload(topology, 'scripts', name, '/root/exported');
        await carry(topology, secrets, name);
        const [start = ''] = commandsOf(topology, 'scripts', name);
        await rootScript(
          topology,
          name,
          `set -e; cd /root/exported; (umask 077; echo '${KEY}' > gossip.key)\n${start}\ncd /; rm -rf /root/exported`,
        );
      }),
    );
    await healthy(topology);
    await allEncrypted(topology);
    const before = await containerIds(topology);

    const directory = written(topology, 'ansible');
    for (const { host, name, content } of certificates(topology, secrets)) {
      mkdirSync(join(directory, 'certificates', host), { recursive: true });
      writeFileSync(join(directory, 'certificates', host, name), content, { mode: 0o600 });
    }
    const play = await playbook(directory, [], {
      CONSUL_GOSSIP_KEY: KEY,
      CONSUL_TLS_DIR: join(directory, 'certificates'),
    });
    expect(play.recap, play.output).toEqual(nothingChanged(3));
    expect(play.code, play.output).toBe(0);
    for (const secret of secrets.all) expect(play.output).not.toContain(secret);
    expect(await containerIds(topology)).toEqual(before);

    const plan = await planFor(topology, { secrets: secrets.forPlan() });
    expect(plan.issues.filter(({ severity }) => severity === 'blocker' || severity === 'conflict')).toEqual(
      [],
    );
    // The script and the playbook made the same files as apply would.
    expect(plan.steps.map(({ action }) => action.kind).filter((kind) => kind !== 'quorum')).toEqual([]);
  }, 300_000);

  it('put the key where the agents of Compose and of plain Consul read it', async () => {
    const topology = await using(await document({ secure: SECURE }));
    const name = topology.hosts[0]?.name ?? '';
    const secrets = await secretsWith(topology, KEY);
    for (const format of ['compose', 'config'] as const) {
      await rootScript(topology, name, 'rm -rf /opt/consul');
      await upload(topology, format, name, '/root/exported');
      await carry(topology, secrets, name);
      const [start = ''] = commandsOf(topology, format, name);
      const prepare = start.split('\n').filter((line) => !/^(docker|consul) /.test(line));
      const sum = await rootScript(
        topology,
        name,
        `set -e; cd /root/exported; (umask 077; echo '${KEY}' > gossip.key)
${prepare.join('\n')}
cd /; rm -rf /root/exported
stat -c %a /opt/consul/.secret ${SECRET}; sha256sum < ${SECRET}`,
      );
      const plan = await planFor(topology, { secrets: secrets.forPlan() });
      expect(sum.split('\n').slice(0, 2), format).toEqual(['700', '444']);
      expect(plan.steps.some(({ action, host }) => action.kind === 'secret-file' && host === name)).toBe(
        false,
      );
    }
  }, 120_000);

  it('stop a playbook that is given no key, before a container is started', async () => {
    const topology = await using(await document({ secure: SECURE }));
    const play = await playbook(written(topology, 'ansible'));
    expect(play.code).not.toBe(0);
    expect(play.output).toContain('Set CONSUL_GOSSIP_KEY');
    for (const host of topology.hosts)
      expect(await rootScript(topology, host.name, 'docker ps -aq')).toBe('');
  }, 120_000);
});
