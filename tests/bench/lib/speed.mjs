/** The product's own time, each figure beside its comparison in the same round: look, apply, again, destroy. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { root, Stop } from '../../../scripts/lib/run.mjs';
import { output } from './hosts.mjs';
import { ansibleIn, floor } from './ways.mjs';

/** Addresses that are looked at, all of them on the range's three hosts. */
const SIZES = [3, 16, 64];
/** Last part of the first address that the bench adds to a host. */
const FIRST = 120;
const PORTS = ['8300/tcp', '8301/tcp', '8301/udp', '8302/tcp', '8302/udp'];

/** Milliseconds that the work takes. */
async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** The addresses: those of the hosts, then as many more as are missing, put onto the hosts in turn. */
function places(hosts, count) {
  const net = hosts.list[0].address.split('.').slice(0, 3).join('.');
  return Array.from({ length: count }, (_, index) => {
    const host = hosts.list[index % hosts.list.length];
    const own = index < hosts.list.length;
    return { name: `at${index + 1}`, host, own, address: own ? host.address : `${net}.${FIRST + index}` };
  });
}

/** Where sshd is told to take as many log-ins at once as the hosts that one stands for would. */
const SSHD = '/etc/ssh/sshd_config.d/raftyard-bench.conf';

/** The hosts answer on all addresses until they boot again, and turn nobody away until {@link asBefore}. */
async function addAddresses(hosts, all) {
  for (const host of hosts.list) {
    const lines = all
      .filter((place) => place.host === host && !place.own)
      .map(({ address }) => `ip addr replace ${address}/24 dev eth0\n`);
    const wide = `echo 'MaxStartups 200' > ${SSHD} && systemctl reload ssh\n`;
    await hosts.ssh(host, lines.join('') + wide, { shared: true });
  }
}

async function asBefore(hosts) {
  for (const host of hosts.list)
    await hosts.ssh(host, `rm -f ${SSHD} && systemctl reload ssh`, { shared: true });
}

/** A document whose nodes are at these addresses: three servers, the others clients. */
function documentOf(hosts, all, image) {
  return stringify({
    raftyard: 1,
    id: '5a0c1f66-3d2b-4f0c-9f6e-0b8f5d1c7a14',
    name: `bench-${all.length}`,
    image,
    bootstrap: 'robust',
    api: 'loopback',
    firewall: 'open',
    data: 'volume',
    workdir: '/opt/consul',
    datacenters: [
      {
        name: 'dc1',
        nodes: all.map(({ name }, index) => ({
          name: `n-${name}`,
          host: name,
          role: index < 3 ? 'server' : 'client',
          bootstrap: index === 0,
          container: `consul-${name}`,
        })),
      },
    ],
    hosts: all.map(({ name, host, address }) => ({
      name,
      address,
      advertise: address,
      ssh: {
        user: 'root',
        port: 22,
        identity: hosts.range.identity,
        agent: false,
        hostKeys: [host.hostKey],
      },
    })),
  });
}

/** `raftyard` with its most memory in MiB. */
async function raftyard(folder, argv) {
  const peak = join(folder, 'peak');
  const env = { ...process.env, RAFTYARD_BENCH_PEAK: peak };
  const watch = ['--import', fileURLToPath(new URL('./peak.mjs', import.meta.url))];
  await output(process.execPath, [...watch, join(root, 'bin', 'raftyard.js'), ...argv], { env });
  return Number(readFileSync(peak, 'utf8')) / 1024;
}

/** Ansible's facts of the same addresses; it logs in anew each time, as Raftyard does. */
function factsByAnsible(hosts, all, folder) {
  const place = join(folder, `facts-${all.length}`);
  mkdirSync(place);
  const known = join(place, 'known_hosts');
  writeFileSync(known, all.map(({ address, host }) => `${address} ${host.hostKey}\n`).join(''));
  // Long enough for the steps of one run, and gone before what is measured next.
  const ssh = `-o ControlMaster=auto -o ControlPersist=10s -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${known} -i ${hosts.range.identity}`;
  writeFileSync(
    join(place, 'ansible.cfg'),
    `[defaults]\nforks = 50\ncallbacks_enabled =\n[ssh_connection]\npipelining = True\nssh_args = ${ssh}\n`,
  );
  const lines = all.map(({ name, address }) => `${name} ansible_host=${address} ansible_user=root`);
  writeFileSync(
    join(place, 'hosts.ini'),
    `${lines.join('\n')}\n[all:vars]\nansible_python_interpreter=/usr/bin/python3\n`,
  );
  return async () => {
    const control = mkdtempSync(join(folder, 'c'));
    const env = { ...ansibleIn(place), ANSIBLE_SSH_CONTROL_PATH_DIR: control };
    await output('ansible', ['-i', join(place, 'hosts.ini'), 'all', '-m', 'setup', '-f', '50'], { env });
  };
}

/** Looks at 3, 16 and 64 addresses, beside Ansible. @returns a row for each, milliseconds and MiB */
async function measureLook(hosts, folder, rounds, image) {
  const all = places(hosts, Math.max(...SIZES));
  await addAddresses(hosts, all);
  const rows = [];
  for (const size of SIZES) {
    const some = all.slice(0, size);
    const document = join(folder, `look-${size}.raftyard`);
    writeFileSync(document, documentOf(hosts, some, image));
    const facts = factsByAnsible(hosts, some, folder);
    const row = { size, look: [], ansible: [], peak: [] };
    const look = async () => row.peak.push(await raftyard(folder, ['plan', document, '--json']));
    // Once each before the clock runs: files are in memory, keys known.
    await raftyard(folder, ['plan', document, '--json']);
    await facts();
    for (let round = 0; round < rounds; round++) {
      const turns = [
        async () => row.look.push(await timed(look)),
        async () => row.ansible.push(await timed(facts)),
      ];
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
      const [ours, theirs] = [row.look, row.ansible].map((list) => (list.at(-1) / 1000).toFixed(2));
      console.log(`look at ${size}: ${ours} s, Ansible ${theirs} s, ${row.peak.at(-1).toFixed(0)} MiB`);
    }
    rows.push(row);
  }
  await asBefore(hosts);
  return rows;
}

/** Everywhere at once, over connections of their own, as a person's ssh is. */
const everywhere = (hosts, command) => Promise.all(hosts.list.map((host) => hosts.ssh(host, command)));

/** Bare hosts whose firewalld runs; with `open`, the ports of a cluster are open already. */
async function walled(hosts, open) {
  await hosts.bare();
  const ports = PORTS.map((port) => `--add-port=${port}`).join(' ');
  const rest = open ? `firewall-cmd -q ${ports}` : 'true';
  await Promise.all(
    hosts.list.map((host) => hosts.ssh(host, `systemctl restart firewalld && ${rest}`, { shared: true })),
  );
}

/** One life of a cluster: the floor, apply, the same again, a plan, docker stop, destroy. */
async function life(hosts, document, start, folder) {
  await walled(hosts, true);
  await start.prepare();
  const observer = hosts.observe();
  const floorMs = await timed(() =>
    Promise.all([observer.agreed, start.run()]).finally(() => observer.stop()),
  );
  await walled(hosts, false);
  const run = (...argv) => timed(() => raftyard(folder, argv));
  const apply = await run('apply', document, '--yes', '--json');
  const plan = await run('plan', document, '--json');
  const again = await run('apply', document, '--yes', '--json');
  const stop = await timed(() => everywhere(hosts, 'docker stop $(docker ps -q) >/dev/null'));
  await everywhere(hosts, 'docker start $(docker ps -aq) >/dev/null');
  const back = hosts.observe();
  await back.agreed;
  const destroy = await run('destroy', document, '--yes', '--json');
  return { floor: floorMs, apply, plan, again, stop, destroy };
}

/**
 * @param document three servers on the range, firewalld opened by Raftyard
 * @returns {Promise<{ looks: object[], lives: object[] }>} milliseconds, and MiB of memory
 */
export async function measureSpeed(hosts, folder, rounds, { document, image }) {
  const looks = await measureLook(hosts, folder, rounds, image);
  await walled(hosts, false);
  const start = await floor(hosts, document, { shared: false });
  const lives = [];
  for (let round = 0; round < rounds; round++) {
    const result = await life(hosts, document, start, folder);
    if (Object.values(result).some((time) => !(time > 0))) throw new Stop('A time is missing.');
    lives.push(result);
    const words = Object.entries(result).map(([what, time]) => `${what} ${(time / 1000).toFixed(2)}`);
    console.log(`${words.join(', ')} s`);
  }
  return { looks, lives };
}
