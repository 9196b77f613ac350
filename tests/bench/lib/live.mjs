/** The leader is killed again and again: how long until a live view shows it, beside an observer of Consul itself. */
import { spawn } from 'node:child_process';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, Stop } from '../../../scripts/lib/run.mjs';
import { Hosts } from './hosts.mjs';

const POLL_MS = 20;
export const TARGET_MS = 300;
const GIVE_UP_MS = 90_000;
const now = () => performance.now();

const load = (...path) => import(join(root, 'dist', ...path));

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function leaderAt(port, agent) {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/v1/status/leader', agent, timeout: 1000 });
    request.on('error', () => resolve(null));
    request.on('timeout', () => request.destroy());
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('error', () => resolve(null));
      response.on('end', () => resolve(response.statusCode === 200 ? JSON.parse(body) : null));
    });
  });
}

/** Asks every server on an ssh connection of its own, every 20 ms. */
class Observer {
  #ways = [];
  #stopped = false;
  #loops = [];
  /** By host: what it says, and when it said something else for the last time. */
  said = new Map();

  async open(hosts) {
    for (const host of hosts.list) {
      const port = await freePort();
      const forward = ['-N', '-o', 'ExitOnForwardFailure=yes', '-L', `127.0.0.1:${port}:127.0.0.1:8500`];
      const argv = [...hosts.options(), ...forward, '-p', String(host.sshPort), 'root@127.0.0.1'];
      this.#ways.push({ host, port, child: spawn('ssh', argv, { stdio: 'ignore' }) });
    }
    this.#loops = this.#ways.map((way) => this.#poll(way));
  }

  async #poll({ host, port }) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!this.#stopped) {
      const asked = now();
      const leader = await leaderAt(port, agent);
      const before = this.said.get(host.name);
      // The change came between the answer before and this one: the earlier moment is the stricter.
      if (before === undefined || before.leader !== leader)
        this.said.set(host.name, { leader, changed: before?.heard ?? asked, heard: now() });
      else before.heard = now();
      await sleep(POLL_MS);
    }
    agent.destroy();
  }

  /** When the first of the other servers no longer named the old leader. */
  async firstChange(old, oldHost) {
    const until = now() + GIVE_UP_MS;
    for (;;) {
      const changes = [...this.said]
        .filter(([name, view]) => name !== oldHost && view.leader !== null && view.leader !== old)
        .map(([, view]) => view.changed);
      if (changes.length > 0) return Math.min(...changes);
      if (now() > until) throw new Stop('No survivor noticed that its leader is gone.');
      await sleep(5);
    }
  }

  async stop() {
    this.#stopped = true;
    await Promise.all(this.#loops);
    for (const { child } of this.#ways) child.kill();
  }
}

async function waitFor(what, condition) {
  const until = now() + GIVE_UP_MS;
  while (!condition()) {
    if (now() > until) throw new Stop(`Not within ${GIVE_UP_MS / 1000} s: ${what}.`);
    await sleep(20);
  }
}

const whole = (snapshot) =>
  snapshot?.staleSince === null &&
  snapshot.datacenters.every(
    (dc) => dc.leader !== null && dc.nodes.every((node) => node.status === 'alive' && node.voter),
  );

async function round({ hosts, watch, shown, observer }) {
  await waitFor('a whole cluster', () => whole(watch.current()));
  await waitFor('observers that agree', () => {
    const said = [...observer.said.values()].map((view) => view.leader);
    return said.length === hosts.list.length && said[0] && new Set(said).size === 1;
  });
  await sleep(1000 + Math.random() * 500); // the kill meets the polls at any moment
  const [datacenter] = watch.current().datacenters;
  const old = datacenter.nodes.find((node) => node.leader);
  const host = hosts.list.find((entry) => entry.address === old.address);
  const address = observer.said.get(host.name).leader;
  shown.length = 0;
  const killed = now();
  const kill = hosts.ssh(host, 'docker kill $(docker ps -q)', { shared: true });
  const [changed] = await Promise.all([observer.firstChange(address, host.name), kill]);
  const seen = () => shown.find((entry) => entry.leader !== old.name);
  const next = () => shown.find((entry) => entry.leader !== null && entry.leader !== old.name);
  await waitFor('the change on the screen', () => seen() !== undefined);
  await waitFor('a new leader', () => next() !== undefined);
  const result = { delay: seen().at - changed, noticed: changed - killed, elected: next().at - killed };
  await hosts.ssh(host, 'docker start $(docker ps -aq)', { shared: true });
  return result;
}

export const percentile = (values, part) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)];
};

/**
 * Raises a cluster on the range, watches it, and kills its leader.
 * @returns {Promise<{ delay: number, noticed: number, elected: number }[]>} milliseconds, one a round
 */
export async function measureLive(rounds, range, folder) {
  const [
    { watchCluster },
    { applyPlan, preflight },
    { createConnector },
    { rangeTopology },
    plans,
    documents,
  ] = await Promise.all([
    load('main', 'cluster', 'watch', 'index.js'),
    load('main', 'cluster', 'index.js'),
    load('main', 'host', 'index.js'),
    load('main', 'range', 'index.js'),
    load('shared', 'plan', 'index.js'),
    load('shared', 'topology', 'index.js'),
  ]);
  const hosts = new Hosts(range, folder);
  const observer = new Observer();
  const image = range.images.find((name) => name.startsWith('hashicorp/consul'));
  const { topology } = documents.readTopology(rangeTopology(range.name, { image, firewall: 'leave' }));
  const connector = createConnector({
    prompts: { hostKey: async () => false, secret: async () => null },
    hosts: topology.hosts,
    trustStore: join(folder, 'trusted'),
    knownHosts: [],
  });
  const shown = [];
  let watch;
  const results = [];
  try {
    await hosts.open();
    await hosts.bare();
    const context = { connector, journalDir: join(folder, 'journal'), holder: 'bench' };
    const plan = plans.planApply(topology, await preflight(topology, context), {});
    const summary = await applyPlan(topology, plan, context, {});
    if (summary.result !== 'done')
      throw new Stop(`The cluster did not come up: ${JSON.stringify(summary.failed)}`);
    watch = watchCluster(
      topology,
      { connector },
      {
        onSnapshot: (snapshot) => shown.push({ at: now(), leader: snapshot.datacenters[0].leader }),
        onEvents: () => undefined,
      },
    );
    await observer.open(hosts);
    const cpu = process.cpuUsage();
    const began = now();
    for (let number = 1; number <= rounds; number++) {
      const result = await round({ hosts, watch, shown, observer });
      results.push(result);
      const { delay, noticed, elected } = result;
      console.log(
        `${String(number).padStart(3)}  on the screen ${delay.toFixed(0).padStart(4)} ms after the first survivor noticed ` +
          `(${noticed.toFixed(0)} ms after the kill; new leader shown after ${elected.toFixed(0)} ms)`,
      );
    }
    const used = process.cpuUsage(cpu);
    const share = ((used.user + used.system) / 1000 / (now() - began)) * 100;
    console.log(`\nprocessor: ${share.toFixed(1)} % of one core, the bench's own observer included`);
    return results;
  } finally {
    await watch?.close();
    await observer.stop();
    await connector.close();
    await hosts.bare().catch(() => undefined);
    hosts.close();
  }
}
