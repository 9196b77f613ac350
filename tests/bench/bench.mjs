#!/usr/bin/env node
/**
 * npm run bench [-- --rounds N] [--keep]: how long Raftyard takes to look, apply and destroy beside Ansible and plain
 * Docker, time to quorum of four ways side by side, and how soon a live view shows a killed leader; on a practice range
 * of its own.
 * Five rounds or more write docs/benchmarks.md. Exit code 1 when a target is missed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { heading, main, root, Stop } from '../../scripts/lib/run.mjs';
import { setUp, systemPackages } from '../../scripts/lib/setup.mjs';
import { Hosts, output } from './lib/hosts.mjs';
import { measureLive } from './lib/live.mjs';
import { judge, median, page, spread } from './lib/report.mjs';
import { measureSpeed } from './lib/speed.mjs';
import { ansible, apply, floor, scripts } from './lib/ways.mjs';

/** Another name where two runs share a computer. */
const RANGE = process.env.RAFTYARD_BENCH_RANGE ?? 'bench';
const MINIMUM = 5;
/** Enough for a 95th percentile that is not the worst of a handful. */
const KILLS = 20;

function options() {
  try {
    const { values } = parseArgs({
      options: { rounds: { type: 'string', default: String(MINIMUM) }, keep: { type: 'boolean' } },
    });
    if (!/^[1-9]\d{0,2}$/.test(values.rounds)) throw new Error('--rounds is a whole number from 1');
    return { rounds: Number(values.rounds), keep: values.keep === true };
  } catch (error) {
    throw new Stop(`${error.message}\nUsage: npm run bench [-- --rounds N] [--keep]`);
  }
}

/** The fallback build is behind both names, so that all ways run the same Consul. */
const modernImage = (hosts) =>
  hosts.range.images.filter((name) => name.startsWith('hashicorp/consul')).at(-1);

async function measure(hosts, way) {
  await hosts.bare();
  await way.prepare?.();
  await sleep(1000); // what the last round left to do in the background
  const observer = hosts.observe();
  const began = performance.timeOrigin + performance.now();
  try {
    const [agreed, own] = await Promise.all([observer.agreed, way.run()]);
    const created = await hosts.firstCreated();
    return { quorum: agreed - created, whole: agreed - began, own };
  } finally {
    observer.stop();
  }
}

async function versionsOf(hosts) {
  const [host] = hosts.list;
  const docker = await hosts.ssh(host, "docker version -f '{{.Server.Version}}'", { shared: true });
  const text = await output('ansible-playbook', ['--version'], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  return {
    docker: docker.trim(),
    ansible: /core (\d[\w.]*)/.exec(text)?.[1] ?? 'unknown',
    consul: await hosts.consulVersion(),
  };
}

async function compare(hosts, folder, rounds, rangeTopology) {
  const image = (family) => {
    const found = hosts.range.images.find((name) => name.startsWith(family));
    if (found === undefined) throw new Stop(`The range has no ${family} image.`);
    return found;
  };
  const document = join(folder, 'bench.raftyard');
  writeFileSync(document, rangeTopology(RANGE, { firewall: 'leave', image: modernImage(hosts) }));
  await hosts.bare();
  const start = await floor(hosts, document);
  const ways = {
    scripts: {
      title: 'the tutorial’s scripts over ssh, host after host',
      run: scripts(hosts, image('progrium/consul')),
    },
    ansible: {
      title: 'Ansible playbook with the tutorial’s steps',
      run: ansible(hosts, image('progrium/consul'), folder),
    },
    floor: { title: 'parallel floor: `docker run` on all hosts at once', ...start },
    apply: { title: '**`raftyard apply`**', run: apply(document) },
  };
  const names = Object.keys(ways);
  const results = Object.fromEntries(
    names.map((name) => [name, { title: ways[name].title, quorum: [], whole: [], own: [] }]),
  );
  let versions;
  for (let round = 0; round < rounds; round++) {
    heading(`Round ${round + 1} of ${rounds}`);
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      const { quorum, whole, own } = await measure(hosts, ways[name]);
      results[name].quorum.push(quorum);
      results[name].whole.push(whole);
      if (typeof own === 'number') results[name].own.push(own);
      console.log(
        `${name.padEnd(8)} ${(quorum / 1000).toFixed(2).padStart(6)} s  (whole ${(whole / 1000).toFixed(2)} s)`,
      );
    }
    versions ??= await versionsOf(hosts);
  }
  return { rounds, results, versions };
}

await main(async () => {
  const { rounds, keep } = options();
  heading('Set-up');
  await setUp();
  await systemPackages({ ssh: 'openssh-client', 'ansible-playbook': 'ansible-core' }, 'The bench');
  const { rangeUp, rangeDown, rangeTopology } = await import(join(root, 'dist', 'main', 'range', 'index.js'));
  const folder = mkdtempSync(join(tmpdir(), 'raftyard-bench-'));
  let hosts;
  try {
    const range = await rangeUp({ name: RANGE, hosts: 3, onProgress: ({ title }) => console.log(title) });
    hosts = new Hosts(range, folder);
    await hosts.open();
    heading('Raftyard’s own time');
    const modern = modernImage(hosts);
    const document = join(folder, 'speed.raftyard');
    writeFileSync(document, rangeTopology(RANGE, { firewall: 'open', image: modern }));
    const speed = await measureSpeed(hosts, folder, rounds, { document, image: modern });
    const run = await compare(hosts, folder, rounds, rangeTopology);
    hosts.close();
    heading(`The leader is killed, ${KILLS} times`);
    const live = (await measureLive(KILLS, range, folder)).map(({ delay }) => delay);
    heading('Medians');
    for (const { title, quorum } of Object.values(run.results))
      console.log(`${(median(quorum) / 1000).toFixed(2).padStart(6)} s  (${spread(quorum)})  ${title}`);
    const verdicts = judge(run.results, live, speed);
    for (const { what, ratio, target, met } of verdicts)
      console.log(`${String(ratio).padStart(6)}    ${what}: ${target}, ${met ? 'met' : 'MISSED'}`);
    if (rounds >= MINIMUM) {
      writeFileSync(join(root, 'docs', 'benchmarks.md'), page(run, live, speed));
      console.log('\nWrote docs/benchmarks.md.');
    } else console.log(`\nFewer than ${MINIMUM} rounds: docs/benchmarks.md is left as it is.`);
    return verdicts.every(({ met }) => met) ? 0 : 1;
  } finally {
    hosts?.close();
    rmSync(folder, { recursive: true, force: true });
    if (!keep) await rangeDown(RANGE);
  }
});
