/** Names asked of Consul: by plain containers on every host, and by the hosts; on hosts that are each set up in another way. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exportTopology } from '../../src/shared/export/index.js';
import type { DnsOptions, Topology } from '../../src/shared/topology/types.js';
import { heredoc, namesFound, STOP_OUTSIDE, startOutside } from './names.js';
import { install } from './packages.js';
import { afterEarlierTests } from './steps.js';
import {
  applyTo,
  bareHosts,
  CONSUL,
  changesLeft,
  destroyAll,
  keepVoters,
  planFor,
  RESTART_DOCKER,
  rangeDocument,
  reboot,
  rootScript,
  statusOf,
  until,
} from './support.js';

/** As its owner wrote it: tabs, and keys that are nobody else's business. */
const DAEMON_JSON = `{\n\t"max-concurrent-downloads": 2,\n\t"log-opts": { "max-size": "10m" }\n}\n`;
const BIP_JSON = '{"bip": "172.30.0.1/16"}\n';
const DAEMON = '/etc/docker/daemon.json';
const OPTS = 'DOCKER_OPTS="--max-concurrent-uploads=3"';
/** An engine that does not come back with what it was told. */
const REFUSE = '/etc/systemd/system/docker.service.d/refuse.conf';

let plain: Topology;
let topology: Topology;
let outside = '';
const host = (index: number): string => plain.hosts[index]?.name ?? '';
const at = (index: number, text: string): Promise<string> => rootScript(plain, host(index), text);
const each = <T>(use: (index: number) => Promise<T>): Promise<T[]> => Promise.all([0, 1, 2].map(use));

/** Addresses that a plain container on a host finds under a name. */
const found = (index: number, name: string, network?: string): Promise<string[]> =>
  namesFound(plain, host(index), name, network);
/** Running containers of a host. */
const names = (index: number): Promise<string> =>
  at(index, "docker ps --format '{{.Names}}' | sort | tr '\\n' ' '");
const codes = (issues: readonly { readonly code: string; readonly host?: string }[], of: number): string[] =>
  issues.filter((issue) => issue.host === host(of)).map(({ code }) => code);

beforeEach(afterEarlierTests);
beforeAll(async () => {
  plain = await rangeDocument();
  await bareHosts(plain);
  outside = plain.hosts[2]?.advertise ?? '';
  topology = {
    ...plain,
    dns: { containers: true, hosts: false, upstream: [outside], search: ['service.consul'] },
  };
  await Promise.all([
    at(0, `${heredoc(DAEMON, DAEMON_JSON)} chmod 640 ${DAEMON}; ${RESTART_DOCKER}`),
    // A filter of its owner's, which lets no container reach the host by itself.
    at(
      1,
      `echo '${OPTS}' >> /etc/default/docker; systemctl disable --now firewalld 2>/dev/null; ${RESTART_DOCKER}
       iptables -A INPUT -i lo -j ACCEPT; iptables -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
       iptables -A INPUT -p tcp --dport 22 -j ACCEPT; iptables -P INPUT DROP`,
    ),
    at(
      2,
      `${heredoc(DAEMON, BIP_JSON)} ${RESTART_DOCKER}
       ${startOutside(outside)}`,
    ),
  ]);
});

afterAll(async () => {
  await Promise.all([
    at(0, `rm -f ${DAEMON} ${REFUSE}; systemctl daemon-reload`),
    at(
      1,
      `docker network rm own >/dev/null 2>&1; iptables -P INPUT ACCEPT; iptables -F INPUT; sed -i '/^DOCKER_OPTS=/d' /etc/default/docker`,
    ),
    at(2, `rm -f ${DAEMON}; ${STOP_OUTSIDE}`),
  ]);
  await each((index) =>
    at(
      index,
      `dpkg --purge systemd-resolved >/dev/null 2>&1; rm -rf /etc/systemd/resolved.conf.d
       [ ! -s /etc/raftyard-resolv.conf ] || cat /etc/raftyard-resolv.conf > /etc/resolv.conf`,
    ),
  );
  await bareHosts(plain);
  await each((index) => at(index, RESTART_DOCKER));
});

describe('what stands in the way of names', () => {
  it('is said before anything is touched: a file that is no JSON, a listener on port 53, options of the service', async () => {
    await at(0, `echo '{ "dns": [ ' > ${DAEMON}`);
    await at(
      1,
      'systemd-run --unit squatter python3 -c "import socket,time; s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.bind((\'0.0.0.0\',53)); time.sleep(600)"',
    );
    await until('the listener', 10_000, async () => (await at(1, 'ss -lnu')).includes('0.0.0.0:53'));
    const plan = await planFor({
      ...topology,
      dns: { containers: true, hosts: true, upstream: [outside], search: [] },
    });
    expect(codes(plan.issues, 0)).toEqual(expect.arrayContaining(['dns-engine-file', 'dns-no-resolved']));
    expect(codes(plan.issues, 1)).toContain('dns-port-taken');
    expect(plan.issues.find(({ code }) => code === 'dns-engine-file')?.message).toContain(
      `${DAEMON} cannot be changed: it is not valid JSON`,
    );
    await at(1, 'systemctl stop squatter');
    await at(0, heredoc(DAEMON, DAEMON_JSON));
  });
});

describe('containers that ask Consul', () => {
  it('puts the file back where the engine does not start with it', async () => {
    await at(
      0,
      `mkdir -p ${REFUSE.replace(/\/[^/]*$/, '')}; printf '[Service]\\nExecStartPre=/bin/sh -c "! grep -q dns ${DAEMON}"\\n' > ${REFUSE}; systemctl daemon-reload
       docker rm -f once 2>/dev/null; docker run -d --stop-signal SIGKILL --name once --entrypoint sleep ${CONSUL} 100000`,
    );
    const { plan, summary } = await applyTo(topology);
    await at(0, `rm -f ${REFUSE}; systemctl daemon-reload; systemctl reset-failed docker`);
    const restart = plan.issues.find(({ code, host: on }) => code === 'engine-restart' && on === host(0));
    expect(restart?.message).toContain('once would stay stopped by the restart policy and is started again');
    expect(summary.result).toBe('partial');
    expect(summary.failed[0]?.error.message).toContain('was started with the former one');
    expect(`${await at(0, `cat ${DAEMON}`)}\n`).toBe(DAEMON_JSON);
    expect(await names(0)).toBe('consul01 once');
  });

  it('goes on when the engine takes it, and changes nothing again', async () => {
    expect((await applyTo(topology)).summary.failed).toEqual([]);
    expect(await changesLeft(topology)).toBe(0);
    expect((await statusOf(topology)).problems).toEqual([]);
    expect(await names(0)).toBe('consul01 once');
  });

  it('finds the servers, a service by its short name, and the rest of the world', async () => {
    const servers = plain.hosts.map(({ advertise }) => advertise).sort();
    await at(
      0,
      `curl -sf -X PUT -d '{"Name":"web","Port":80}' http://127.0.0.1:8500/v1/agent/service/register`,
    );
    await at(1, 'docker network rm own >/dev/null 2>&1; docker network create own >/dev/null');
    // A new network, a new subnet: the owner's filter is asked again.
    await applyTo(topology);
    await until('the service', 20_000, async () => (await found(1, 'web.service.consul')).length === 1);
    expect(await each((index) => found(index, 'consul.service.consul'))).toEqual([servers, servers, servers]);
    expect(await each((index) => found(index, 'web'))).toEqual(Array(3).fill([plain.hosts[0]?.advertise]));
    expect(await each((index) => found(index, 'outside.example'))).toEqual(Array(3).fill(['192.0.2.80']));
    expect(await found(1, 'consul.service.consul', 'own')).toEqual(servers);
    expect(await found(1, 'node1.node.consul')).toEqual([plain.hosts[0]?.advertise]);
    expect(await found(1, 'outside.example', 'own')).toEqual(['192.0.2.80']);
  });

  it('leaves all else in the files of the engine as it was', async () => {
    const written = JSON.parse(await at(0, `cat ${DAEMON}`)) as Record<string, unknown>;
    expect(written).toEqual({
      'max-concurrent-downloads': 2,
      'log-opts': { 'max-size': '10m' },
      dns: ['172.17.0.1', outside],
      'dns-search': ['service.consul'],
    });
    expect(await at(0, `stat -c %a ${DAEMON}; grep -c "$(printf '^\\t"dns')" ${DAEMON}`)).toBe('640\n2');
    expect(await at(1, `grep ^DOCKER_OPTS /etc/default/docker; ls ${DAEMON} 2>/dev/null || true`)).toBe(
      `DOCKER_OPTS="--max-concurrent-uploads=3 --dns 172.17.0.1 --dns ${outside} --dns-search service.consul"`,
    );
    expect(JSON.parse(await at(2, `cat ${DAEMON}`))).toMatchObject({
      bip: '172.30.0.1/16',
      dns: ['172.30.0.1', outside],
    });
  });

  it('finds them again after a restart of the host, and after a reload of its firewall', async () => {
    await keepVoters(topology, host(0));
    await reboot(host(0));
    await until(`${host(0)} in the cluster`, 60_000, async () => (await statusOf(topology)).healthy);
    await until('names', 20_000, async () => (await found(0, 'consul.service.consul')).length === 3);
    await at(0, 'firewall-cmd -q --reload');
    expect(await found(0, 'consul.service.consul')).toHaveLength(3);
    expect(await found(0, 'outside.example')).toEqual(['192.0.2.80']);
    expect(await changesLeft(topology)).toBe(0);
  });
});

describe('hosts that ask Consul', () => {
  it('finds .consul by systemd-resolved, and other names as before', async () => {
    await each(async (index) => {
      await install(plain, host(index), 'systemd-resolved');
      await at(
        index,
        `systemctl enable --now systemd-resolved >/dev/null 2>&1; echo 'nameserver 127.0.0.53' > /etc/resolv.conf
         systemctl restart systemd-resolved; resolvectl dns eth0 ${outside}`,
      );
    });
    const both: Topology = {
      ...topology,
      dns: { containers: true, hosts: true, upstream: [outside], search: ['service.consul'] },
    };
    const { plan, summary } = await applyTo(both);
    expect(plan.steps.filter(({ action }) => action.kind === 'container-replace')).toEqual([]);
    expect(summary.failed).toEqual([]);
    const answers = await each((index) =>
      at(index, 'getent ahostsv4 consul.service.consul | cut -d" " -f1 | sort -u'),
    );
    expect(answers).toEqual(
      Array(3).fill(
        plain.hosts
          .map(({ advertise }) => advertise)
          .sort()
          .join('\n'),
      ),
    );
    expect(await at(0, 'getent ahostsv4 outside.example | cut -d" " -f1 | sort -u')).toBe('192.0.2.80');
    expect(await changesLeft(both)).toBe(0);
    // Off again: the file goes, the engine keeps what it was told.
    const off = await applyTo(topology);
    expect(off.summary.failed).toEqual([]);
    expect(await at(0, 'ls /etc/systemd/resolved.conf.d; grep -c dns-search /etc/docker/daemon.json')).toBe(
      '1',
    );
    expect(await changesLeft(topology)).toBe(0);
  });
});

describe('the exported script for hosts', () => {
  const hosts: DnsOptions = {
    containers: true,
    hosts: true,
    upstream: [],
    search: ['service.consul'],
  };
  /** Runs it as its README says, and with what else is given. */
  const script = (index: number, argument = ''): Promise<string> => {
    const files = exportTopology({ ...topology, dns: { ...hosts, upstream: [outside] } }, 'scripts');
    const content = files.find(({ path }) => path === `${host(index)}/consul-dns.sh`)?.content ?? '';
    return at(
      index,
      `${heredoc('/root/dns.sh', content)} sh /root/dns.sh ${argument} 2>&1 || true; rm /root/dns.sh`,
    );
  };

  it('tells systemd-resolved, leaves an engine alone that is told already, and takes it back', async () => {
    const said = await script(0);
    expect(said).toContain(`${DAEMON} is as it should be`);
    expect(said).toMatch(/changed: \/etc\/systemd\/resolved\.conf\.d\//);
    expect(await at(0, 'getent ahostsv4 consul.service.consul | cut -d" " -f1 | sort -u | wc -l')).toBe('3');
    expect(await script(0)).not.toContain('changed: ');
    expect(await script(0, '--undo')).toMatch(/^changed: .* is gone$/);
    expect(await at(0, 'ls /etc/systemd/resolved.conf.d')).toBe('');
    expect(await changesLeft(topology)).toBe(0);
  });

  it('refuses an engine whose service names its own servers', async () => {
    expect(await script(1)).toContain('The engine is started with --dns by its service');
  });
});

describe('the way back', () => {
  it('turned off in the document, everything is as its owner left it, and again nothing changes', async () => {
    const { summary } = await applyTo(plain);
    expect(summary.failed).toEqual([]);
    expect(`${await at(0, `cat ${DAEMON}`)}\n`).toBe(DAEMON_JSON);
    expect(await at(0, `stat -c %a ${DAEMON}`)).toBe('640');
    expect(await at(1, 'grep ^DOCKER_OPTS /etc/default/docker')).toBe(OPTS);
    expect(await at(1, 'iptables -S INPUT | grep -c -- "--dport 53" || true')).toBe('0');
    expect(`${await at(2, `cat ${DAEMON}`)}\n`).toBe(BIP_JSON);
    expect(await changesLeft(plain)).toBe(0);
    expect((await statusOf(plain)).problems).toEqual([]);
    expect(
      await at(0, 'ls /opt/consul/.raftyard; grep -c \'"dns"\' /opt/consul/.raftyard/state.json || true'),
    ).toBe('state.json\n0');
  });

  it('destroyed, what others wrote meanwhile stays, and ours is gone', async () => {
    expect((await applyTo(topology)).summary.failed).toEqual([]);
    await at(
      0,
      `sed -i 's/"max-concurrent-downloads": 2/"max-concurrent-downloads": 4/; s/"172.17.0.1",/"172.17.0.1", "192.0.2.53",/' ${DAEMON}`,
    );
    expect((await destroyAll(topology)).failed).toEqual([]);
    expect(JSON.parse(await at(0, `cat ${DAEMON}`))).toEqual({
      'max-concurrent-downloads': 4,
      'log-opts': { 'max-size': '10m' },
      dns: ['192.0.2.53'],
    });
    expect(await at(1, 'grep ^DOCKER_OPTS /etc/default/docker')).toBe(OPTS);
    expect(await at(1, 'iptables -S INPUT | grep -c raftyard- || true')).toBe('0');
    expect(`${await at(2, `cat ${DAEMON}`)}\n`).toBe(BIP_JSON);
    expect(await each((index) => at(index, 'ls -d /opt/consul 2>/dev/null || true'))).toEqual(['', '', '']);
    // Somebody else's, which his restart of the host has stopped.
    expect(await at(0, `docker ps -a --format '{{.Names}}'`)).toBe('once');
  });
});
