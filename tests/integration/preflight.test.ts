/** Preflight on real hosts: what it finds, as whom, and that one bad host spoils nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preflight } from '../../src/main/cluster/preflight/index.js';
import { consulApi } from '../../src/main/consul/client.js';
import {
  closeFirewall,
  disableFirewall,
  dockerChainsBroken,
  enableFirewall,
  openFirewall,
  readFirewall,
  repairDockerChains,
} from '../../src/main/host/firewall/index.js';
import type { HostConnection } from '../../src/main/host/types.js';
import { RaftyardError } from '../../src/shared/errors.js';
import { checkHosts, type HostCheck } from '../../src/shared/plan/checks.js';
import type { Facts, ReachableFacts } from '../../src/shared/plan/facts.js';
import { firewallRules } from '../../src/shared/shell/firewall.js';
import type { Topology } from '../../src/shared/topology/types.js';
import {
  bareHosts,
  newContext,
  onHost,
  RESTART_DOCKER,
  rangeDocument,
  rootScript,
  until,
} from './support.js';

let topology: Topology;

async function factsOf(document: Topology): Promise<Facts> {
  const context = newContext(document);
  try {
    return await preflight(document, context);
  } finally {
    await context.close();
  }
}

function reached(facts: Facts, host: string): ReachableFacts {
  const found = facts[host];
  if (found?.reachable !== true) throw new Error(`${host} was not reached: ${JSON.stringify(found)}`);
  return found;
}

const rowsOf = (rows: readonly HostCheck[], host: string, severity: HostCheck['severity']): string[] =>
  rows.filter((row) => row.host === host && row.severity === severity).map((row) => row.check);

const start = (name: string, ...args: string[]): string =>
  `docker run -d --net=host --name ${name} ${topology.image} agent ${args.join(' ')}`;

beforeAll(async () => {
  topology = await rangeDocument();
  await bareHosts(topology);
});
afterAll(async () => {
  await bareHosts(topology);
});

describe('facts of bare hosts', () => {
  it.each(['root', 'op'] as const)('as %s: nothing is in the way', async (user) => {
    const document = await rangeDocument({}, user);
    const facts = await factsOf(document);
    for (const host of document.hosts) {
      const found = reached(facts, host.name);
      expect(found.user).toBe(user);
      expect(found.root).toBe(user === 'root' ? 'root' : 'sudo');
      expect(found.docker).toMatchObject({ kind: 'engine', storageDriver: 'overlay2', enabledAtBoot: true });
      expect(found.os).toMatchObject({ id: 'debian' });
      expect(found.systemd).toBe(true);
      expect(found.firewall).toMatchObject({
        kind: 'firewalld',
        active: true,
        enabledAtBoot: true,
        zone: 'public',
      });
      expect(found.image).toMatchObject({ present: true });
      expect(found.addresses.map((entry) => entry.address)).toContain(host.advertise);
      expect(Object.keys(found.sourceTowards)).toHaveLength(document.hosts.length - 1);
      expect(new Set(Object.values(found.sourceTowards))).toEqual(new Set([host.advertise]));
      expect(found.listeners).toContainEqual(expect.objectContaining({ port: 22, process: 'sshd' }));
      expect(Math.abs(found.clockOffsetMs)).toBeLessThan(500 + found.latencyMs);
      expect(found.diskFreeBytes).toBeGreaterThan(1e6);
      expect(found.workdir).toEqual({ exists: false, files: [] });
      expect(found.agent).toBeUndefined();
    }
    const rows = checkHosts(document, facts);
    expect(rows.filter((row) => row.severity === 'blocker')).toEqual([]);
  });

  it('a host that does not answer is a fact of its own', async () => {
    const [first, ...rest] = topology.hosts;
    if (first === undefined) throw new Error('no host');
    const hosts = [{ ...first, ssh: { ...first.ssh, port: 9 } }, ...rest];
    const facts = await factsOf({ ...topology, hosts });
    expect(facts[first.name]).toMatchObject({
      reachable: false,
      error: { code: 'host-unreachable', host: first.name },
    });
    for (const host of rest) expect(reached(facts, host.name).docker).toBeDefined();
    expect(rowsOf(checkHosts({ ...topology, hosts }, facts), first.name, 'blocker')).toEqual(['reachable']);
  });

  it('a user without Docker and sudo is told what is missing, once each', async () => {
    const document = await rangeDocument({}, 'nodocker');
    const facts = await factsOf(document);
    for (const host of document.hosts) {
      const found = reached(facts, host.name);
      expect(found.root).toBe('none');
      expect(found.dockerProblem).toMatchObject({ code: 'docker-denied', host: host.name });
      expect(found.dockerProblem?.hint).toBeTruthy();
      expect(found.firewall).toMatchObject({ kind: 'firewalld', active: true });
      expect(rowsOf(checkHosts(document, facts), host.name, 'blocker')).toEqual(['root', 'docker']);
    }
  });

  it('a Docker that does not run is told from one that is not there', async () => {
    const host = topology.hosts[2]?.name ?? '';
    await rootScript(topology, host, 'systemctl stop docker.socket docker');
    try {
      const facts = await factsOf(topology);
      expect(reached(facts, host).dockerProblem).toMatchObject({ code: 'docker-not-running', host });
      expect(rowsOf(checkHosts(topology, facts), host, 'blocker')).toContain('docker');
      expect(reached(facts, topology.hosts[0]?.name ?? '').docker).toBeDefined();
    } finally {
      await rootScript(topology, host, 'systemctl start docker.socket docker');
    }
  });
});

describe('what is in the way', () => {
  const host = (): string => topology.hosts[2]?.name ?? '';

  afterAll(async () => {
    await bareHosts(topology);
  });

  it('finds a foreign container, its agent, and the ports that it takes', async () => {
    const advertise = topology.hosts[2]?.advertise ?? '';
    const name = topology.datacenters[0]?.nodes[2]?.container ?? '';
    await rootScript(
      topology,
      host(),
      start(name, '-server', '-bootstrap', `-advertise=${advertise}`, '-node=foreign'),
    );
    await onHost(topology, host(), async (connection) => {
      const consul = consulApi(connection);
      await until('a leader', 30_000, async () => (await consul.leader()) !== '');
      await consul.kvPut('raftyard test/ä', 'wert');
      expect(await consul.kvGet('raftyard test/ä')).toBe('wert');
      expect((await consul.raftConfiguration())?.servers).toMatchObject([
        { node: 'foreign', leader: true, voter: true },
      ]);
    });
    const facts = await factsOf(topology);
    const found = reached(facts, host());
    expect(found.agent).toMatchObject({
      nodeName: 'foreign',
      server: true,
      leader: `${advertise}:8300`,
      peers: [`${advertise}:8300`],
    });
    expect(found.containers).toMatchObject([{ name, running: true, networkMode: 'host' }]);
    expect(found.listeners).toContainEqual({
      protocol: 'tcp',
      address: '127.0.0.1',
      port: 8500,
      process: 'consul',
    });
    expect(rowsOf(checkHosts(topology, facts), host(), 'blocker')).toContain('container');
  });

  it('asks the agent inside its container where sshd forwards no TCP', async () => {
    const name = topology.datacenters[0]?.nodes[2]?.container ?? '';
    await onHost(topology, host(), async (connection) => {
      const refused = {
        host: connection.host,
        docker: () => connection.docker(),
        http: () => Promise.reject(new RaftyardError('forwarding-refused', 'refused')),
      } as unknown as HostConnection;
      const consul = consulApi(refused, 8500, { container: name });
      expect(await consul.self()).toMatchObject({ nodeName: 'foreign' });
      expect(await consul.kvGet('raftyard test/ä')).toBe('wert');
      expect(await consul.kvGet('nothing')).toBeNull();
    });
  });

  it('finds files under the working directory, with mode and digest', async () => {
    await rootScript(
      topology,
      host(),
      'mkdir -p /opt/consul && printf hello > /opt/consul/consul-start.sh && chmod 751 /opt/consul/consul-start.sh',
    );
    const { workdir } = reached(await factsOf(topology), host());
    expect(workdir).toEqual({
      exists: true,
      files: [
        {
          path: '/opt/consul/consul-start.sh',
          mode: 0o751,
          sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
        },
      ],
    });
  });

  it('takes a working directory in which only a record was begun for none, so that destroy removes it', async () => {
    const begun = async (file: string): Promise<boolean> => {
      await rootScript(topology, host(), `rm -rf /opt/consul; mkdir -p /opt/consul/.raftyard; touch ${file}`);
      return reached(await factsOf(topology), host()).workdir.exists;
    };
    expect(await begun('/opt/consul/.raftyard/state.json.raftyard.4711')).toBe(false);
    expect(await begun('/opt/consul/notes-of-its-owner')).toBe(true);
  });
});

describe('firewalld', () => {
  const host = (): string => topology.hosts[2]?.name ?? '';
  const on = <T>(use: (connection: HostConnection) => Promise<T>): Promise<T> =>
    onHost(topology, host(), use);

  it('takes rules twice, running and permanent, and gives them back twice', async () => {
    await on(async (connection) => {
      const { zone = '' } = await readFirewall(connection);
      const wanted = firewallRules(
        'firewalld',
        [
          { port: 8301, protocol: 'udp', from: 'cluster' },
          { port: 8500, protocol: 'tcp', from: 'any' },
        ],
        ['198.18.0.3', 'fd00::3'],
        'x',
      );
      for (let round = 0; round < 2; round += 1) {
        await openFirewall(connection, 'firewalld', wanted, { zone });
        const facts = await readFirewall(connection);
        expect([...facts.runtime].sort()).toEqual([...wanted].sort());
        expect([...facts.permanent].sort()).toEqual([...wanted].sort());
      }
      for (let round = 0; round < 2; round += 1) {
        await closeFirewall(connection, 'firewalld', wanted, { zone });
        expect(await readFirewall(connection)).toMatchObject({ runtime: [], permanent: [] });
      }
    });
  });

  it('restarts Docker where the chains cannot be put back, also when it was started often', async () => {
    // systemd refuses the fourth start within a minute.
    await rootScript(
      topology,
      host(),
      'systemctl reset-failed docker; for n in 1 2 3; do systemctl restart docker; done; systemctl stop firewalld',
    );
    await on(async (connection) => {
      expect(await dockerChainsBroken(connection)).toBe(true);
      expect(await repairDockerChains(connection)).toBe('restarted');
      expect(await dockerChainsBroken(connection)).toBe(false);
    });
    await rootScript(topology, host(), `systemctl start firewalld; ${RESTART_DOCKER}`);
  });

  it("stops and starts with Docker's chains put back, and no container restarted", async () => {
    const rules = "iptables-save | grep DOCKER | grep '^-A' | sort";
    await rootScript(
      topology,
      host(),
      `docker run -d --stop-signal SIGKILL --name web -p 8088:80 --entrypoint sleep ${topology.image} 600`,
    );
    const started = "docker inspect -f '{{.State.StartedAt}}' web";
    const before = await rootScript(topology, host(), `${started}; ${rules}`);
    expect(before).toContain('8088');
    await on(async (connection) => {
      await disableFirewall(connection, 'firewalld');
      expect(await readFirewall(connection)).toMatchObject({
        kind: 'firewalld',
        active: false,
        enabledAtBoot: false,
      });
      expect(await dockerChainsBroken(connection)).toBe(true);
      expect(await repairDockerChains(connection)).toBe('restored');
      expect(await dockerChainsBroken(connection)).toBe(false);
      expect(await rootScript(topology, host(), `${started}; ${rules}`)).toBe(before);
      await enableFirewall(connection, 'firewalld', { start: true, boot: true });
      if (await dockerChainsBroken(connection)) await repairDockerChains(connection);
      expect(await readFirewall(connection)).toMatchObject({ active: true, enabledAtBoot: true });
      expect(await rootScript(topology, host(), `${started}; ${rules}`)).toBe(before);
    });
    expect(await rootScript(topology, host(), 'ls /run | grep raftyard-docker || true')).toBe('');
  });
});
