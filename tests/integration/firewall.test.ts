/** What is open from outside the hosts, before, during and after; and Docker's own chains. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeFirewall, openFirewall, readFirewall } from '../../src/main/host/firewall/index.js';
import { FIREWALL_SCRIPT, parseFirewall } from '../../src/main/host/firewall/read.js';
import type { HostConnection } from '../../src/main/host/types.js';
import type { FirewallFacts } from '../../src/shared/plan/facts.js';
import { firewallRules, openCommands } from '../../src/shared/shell/firewall.js';
import { commandLine } from '../../src/shared/shell/quote.js';
import type { Topology } from '../../src/shared/topology/types.js';
import {
  applyTo,
  bareHosts,
  CONSUL,
  changesLeft,
  destroyAll,
  onHost,
  rangeDocument,
  rootScript,
  statusOf,
  until,
} from './support.js';

let topology: Topology;

/** Asked of docker01 by a neighbour: docker02 is a member where a test says so, docker03 is none. */
async function reach(...ports: number[]): Promise<{ member: string[]; outsider: string[] }> {
  const target = topology.hosts[0]?.advertise ?? '';
  const asked = (from: string): Promise<string[]> =>
    Promise.all(
      ports.map((port) =>
        rootScript(
          topology,
          from,
          `timeout 2 bash -c 'exec 3<>/dev/tcp/${target}/${port}' 2>/dev/null && echo open || echo closed`,
        ),
      ),
    );
  const [member, outsider] = await Promise.all([asked('docker02'), asked('docker03')]);
  return { member, outsider };
}

/** Somebody else's container on a host, with a published port. */
const runWeb = (host: string): Promise<string> =>
  rootScript(
    topology,
    host,
    `docker run -d --stop-signal SIGKILL --name web --restart always -p 8088:8080 --entrypoint sh ${CONSUL} -c 'while :; do printf "HTTP/1.0 200 OK\\r\\n\\r\\nhello" | nc -l -p 8080; done'`,
  );

/** What that container answers on its published port, asked from another host. */
const hello = async (of: string): Promise<string> => {
  let answer = '';
  // Between two answers its small server is not listening for a moment.
  await until('an answer', 20_000, async () => {
    const target = topology.hosts.find(({ name }) => name === of)?.advertise;
    answer = await rootScript(topology, 'docker03', `curl -s --max-time 3 http://${target}:8088/ || true`);
    return answer !== '';
  });
  return answer;
};

const firewalld = (name: string): Promise<string> =>
  rootScript(topology, name, 'firewall-cmd --state 2>&1 || true; systemctl is-enabled firewalld || true');

beforeAll(async () => {
  topology = await rangeDocument();
});
beforeEach(async () => {
  await bareHosts(topology);
});
afterAll(async () => {
  await bareHosts(topology);
});

describe('firewall: open', () => {
  it('opens the needed ports to the cluster only, and takes no more away: other containers and rules stay', async () => {
    // Only docker01 and docker02 are in this cluster; docker03 is an outsider.
    const [datacenter] = topology.datacenters;
    if (datacenter === undefined) throw new Error('no datacenter');
    const two: Topology = {
      ...topology,
      datacenters: [{ ...datacenter, nodes: datacenter.nodes.slice(0, 2) }],
      hosts: topology.hosts.slice(0, 2),
    };
    const [first, second] = topology.hosts.map(({ advertise }) => advertise);
    // One of those that the cluster needs.
    const rule = `rule family="ipv4" source address="${first}" port port="8301" protocol="tcp" accept`;
    await rootScript(
      topology,
      'docker02',
      `firewall-cmd --zone=public --add-rich-rule='${rule}'; firewall-cmd --permanent --zone=public --add-rich-rule='${rule}'`,
    );
    await runWeb('docker02');
    expect(await hello('docker02')).toBe('hello');
    const chains = (): Promise<string> =>
      rootScript(topology, 'docker02', 'iptables -S DOCKER; iptables -t nat -S DOCKER');
    const before = await chains();
    const kept = 'firewall-cmd --zone=public --permanent --list-rich-rules';
    const closed = { member: ['closed', 'closed', 'closed'], outsider: ['closed', 'closed', 'closed'] };
    expect(await reach(8300, 8301, 8500)).toEqual(closed);

    const { plan, summary } = await applyTo(two);
    expect(summary.result).toBe('done');
    const opened = plan.steps.filter(({ action }) => action.kind === 'firewall-open');
    expect(opened.map(({ action }) => action)).toMatchObject([{ bus: true }, { bus: true }]);
    expect((await statusOf(two)).healthy).toBe(true);
    const open = { ...closed, member: ['open', 'open', 'closed'] };
    expect(await reach(8300, 8301, 8500)).toEqual(open);
    const rules = await rootScript(topology, 'docker01', kept);
    expect(rules.split('\n').every((line) => line.includes(`source address="${second}"`))).toBe(true);
    expect(await hello('docker02')).toBe('hello');
    expect(await chains()).toBe(before);
    // The permanent rules carry it over a restart of the firewall.
    await rootScript(topology, 'docker01', 'systemctl restart firewalld');
    // It has a name on the bus before it has rules: for a moment everything is open.
    await until('the rules again', 20_000, async () => (await reach(8301)).outsider[0] === 'closed');
    expect(await reach(8300, 8301, 8500)).toEqual(open);

    expect((await destroyAll(two)).result).toBe('done');
    expect(await reach(8300, 8301, 8500)).toEqual(closed);
    expect(await rootScript(topology, 'docker01', kept)).toBe('');
    expect(await rootScript(topology, 'docker02', kept)).toBe(rule);
    expect(await hello('docker02')).toBe('hello');
    expect(await chains()).toBe(before);
  });
});

describe('firewalld over D-Bus', () => {
  const HOST = 'docker02';
  const on = <T>(use: (connection: HostConnection) => Promise<T>): Promise<T> => onHost(topology, HOST, use);
  const sorted = (rules: readonly string[]): string[] => [...rules].sort();

  /** What the look finds where the host has no busctl. */
  async function byPrograms(connection: HostConnection): Promise<FirewallFacts> {
    const hidden = `trap 'rm -rf /run/no-busctl' EXIT; mkdir /run/no-busctl; ln -s /usr/bin/* /run/no-busctl; rm /run/no-busctl/busctl
PATH=/run/no-busctl
command -v busctl && exit 9
`;
    const { code, stdout } = await connection.script(hidden + FIREWALL_SCRIPT, [connection.host.advertise], {
      root: true,
    });
    expect(code).toBe(0);
    return parseFirewall(stdout);
  }

  /** Both looks, which must tell the same; of one of them it is known that it went over D-Bus. */
  async function look(connection: HostConnection): Promise<FirewallFacts> {
    const { bus, ...facts } = await readFirewall(connection);
    expect(bus).toBe(true);
    expect(await byPrograms(connection)).toEqual(facts);
    return facts;
  }

  it('finds what firewall-cmd finds', async () => {
    await on(async (connection) => {
      await rootScript(
        topology,
        HOST,
        `firewall-cmd -q --zone=public --add-port=8500/tcp --add-port=53/udp --add-port=7000-7010/tcp
         firewall-cmd -q --zone=public --add-rich-rule='rule priority=5 family=ipv4 source address=192.0.2.7 accept' --add-rich-rule='rule family=ipv6 source address=2001:db8::7 log prefix="zählt: " accept' --add-rich-rule='rule priority=-3 family=ipv4 source address=192.0.2.8 port port=8301 protocol=udp accept'
         firewall-cmd -q --permanent --zone=public --add-port=9/tcp --add-port=8/udp
         firewall-cmd -q --permanent --zone=public --add-rich-rule='rule priority=7 family=ipv4 source address=192.0.2.9 accept' --add-rich-rule='rule family=ipv4 source address=192.0.2.10 accept'`,
      );
      const { runtime, permanent } = await look(connection);
      expect(runtime.filter((rule) => rule.startsWith('rule'))).toHaveLength(3);
      expect(runtime).toContain('7000-7010/tcp');
      expect(permanent).toHaveLength(4);

      // The zone is that of the interface, where it is in one.
      await rootScript(topology, HOST, 'firewall-cmd -q --zone=internal --change-interface=eth0');
      expect(await look(connection)).toMatchObject({ zone: 'internal', runtime: [], permanent: [] });
      await rootScript(topology, HOST, 'firewall-cmd -q --zone=internal --remove-interface=eth0');

      await rootScript(topology, HOST, 'systemctl stop firewalld');
      const { bus, ...stopped } = await readFirewall(connection);
      expect(bus).toBeUndefined();
      expect(stopped).toMatchObject({ kind: 'firewalld', active: false, zone: 'public' });
      expect(await byPrograms(connection)).toEqual(stopped);
      // Asking starts nothing.
      expect(await firewalld(HOST)).toBe('not running\nenabled');
    });
  });

  it('takes rules twice and gives them back twice, and leaves those of others', async () => {
    await on(async (connection) => {
      const wanted = firewallRules(
        'firewalld',
        [
          { port: 8301, protocol: 'udp', from: 'cluster' },
          { port: 8500, protocol: 'tcp', from: 'any' },
        ],
        ['198.18.0.3', 'fd00::3'],
        'x',
      );
      const foreign = 'rule family="ipv4" source address="192.0.2.1" accept';
      const made = openCommands('firewalld', [foreign], { zone: 'public' }).map(commandLine);
      await rootScript(topology, HOST, made.join('\n'));
      const overBus = { zone: 'public', bus: true } as const;
      for (let round = 0; round < 2; round += 1) {
        await openFirewall(connection, 'firewalld', wanted, overBus);
        const { runtime, permanent } = await readFirewall(connection);
        expect(sorted(runtime)).toEqual(sorted([...wanted, foreign]));
        expect(sorted(permanent)).toEqual(sorted([...wanted, foreign]));
      }
      await look(connection);
      for (let round = 0; round < 2; round += 1) {
        await closeFirewall(connection, 'firewalld', wanted, overBus);
        expect(await readFirewall(connection)).toMatchObject({ runtime: [foreign], permanent: [foreign] });
      }
      await expect(
        openFirewall(connection, 'firewalld', wanted, { zone: 'nosuch', bus: true }),
      ).rejects.toMatchObject({
        code: 'command-failed',
        message: 'busctl failed with exit code 1: INVALID_ZONE: nosuch',
      });
    });
  });

  it('writes the files of a firewalld that was stopped since the plan, and starts none', async () => {
    await on(async (connection) => {
      await rootScript(topology, HOST, 'systemctl stop firewalld');
      await openFirewall(connection, 'firewalld', ['8500/tcp'], { zone: 'public', bus: true });
      expect(await firewalld(HOST)).toBe('not running\nenabled');
      expect(await readFirewall(connection)).toMatchObject({ active: false, permanent: ['8500/tcp'] });
      await closeFirewall(connection, 'firewalld', ['8500/tcp'], { zone: 'public', bus: true });
      expect(await readFirewall(connection)).toMatchObject({ active: false, permanent: [] });
    });
  });
});

describe('firewall: disable, as the tutorial does', () => {
  it('stops it, keeps other containers working, and puts it back', async () => {
    await runWeb('docker01');
    const open: Topology = { ...topology, firewall: 'disable' };
    const { plan, summary } = await applyTo(open);
    expect(plan.issues.map((issue) => issue.code)).toContain('firewall-disable');
    const repair = plan.steps.find(
      (step) => step.host === 'docker01' && step.action.kind === 'docker-chains',
    );
    expect(repair?.action).toMatchObject({ containers: ['web'] });
    expect(summary.failed).toEqual([]);
    expect(await firewalld('docker01')).toBe('not running\ndisabled');
    expect(await changesLeft(open)).toBe(0);
    const rules = await rootScript(topology, 'docker01', 'iptables -t nat -S DOCKER');
    expect(rules).toContain('8088');
    expect(await hello('docker01')).toBe('hello');

    expect((await destroyAll(open)).failed).toEqual([]);
    expect(await hello('docker01')).toBe('hello');
    expect(await firewalld('docker01')).toBe('running\nenabled');
    expect(await rootScript(topology, 'docker01', 'iptables -t nat -S DOCKER')).toContain('8088');
    expect(await rootScript(topology, 'docker01', "docker ps --format '{{.Names}}'")).toBe('web');
  });
});

describe('firewall: leave', () => {
  it('touches nothing, and names the blocked directions', async () => {
    const before = await rootScript(topology, 'docker01', 'firewall-cmd --zone=public --list-all');
    const { summary } = await applyTo({ ...topology, firewall: 'leave' });
    expect(summary.result).toBe('partial');
    const blocked = summary.failed.filter((failure) => failure.step.includes('network-check'));
    expect(blocked.map((failure) => failure.error.message).join()).toMatch(/docker01 → docker02.*8301\/udp/);
    expect(await rootScript(topology, 'docker01', 'firewall-cmd --zone=public --list-all')).toBe(before);
    await destroyAll(topology);
  });
});
