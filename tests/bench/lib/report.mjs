/** Medians, spread, ratios, and the page that shows them. */
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { percentile, TARGET_MS } from './live.mjs';

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

const s = (ms) => (ms / 1000).toFixed(2);

export function spread(values) {
  return `${s(Math.min(...values))}–${s(Math.max(...values))}`;
}

/** A quotient of medians and the most that it may be. */
const atMost = (what, over, under, most) => ({
  what,
  ratio: (over / under).toFixed(2),
  target: `at most ${most}`,
  met: over / under <= most,
});

/** The most memory of a look at any number of addresses, in MiB. */
const MOST_MIB = 200;

/** The targets of Raftyard's own time. */
function judgeSpeed({ looks, lives }) {
  const of = (what) => median(lives.map((life) => life[what]));
  const peak = Math.max(...looks.flatMap((row) => row.peak));
  return [
    ...looks.map(({ size, look, ansible }) =>
      atMost(`look and plan of ${size} addresses ÷ Ansible’s setup`, median(look), median(ansible), 1),
    ),
    {
      what: 'most memory of a look',
      ratio: `${peak.toFixed(0)} MiB`,
      target: `at most ${MOST_MIB} MiB`,
      met: peak <= MOST_MIB,
    },
    atMost('`apply` until exit ÷ `docker run` over fresh ssh', of('apply'), of('floor'), 2.5),
    atMost('`apply` again ÷ `plan`', of('again'), of('plan'), 1.2),
    atMost('`destroy` ÷ (`docker stop` + look)', of('destroy'), of('stop') + of('plan'), 1.5),
  ];
}

/** The targets, judged by medians of one run. */
export function judge({ scripts, ansible, floor, apply }, live, speed) {
  const [a, b, c, d] = [scripts, ansible, floor, apply].map((way) => median(way.quorum));
  return [
    ...judgeSpeed(speed),
    {
      what: 'Raftyard ÷ parallel floor',
      ratio: (d / c).toFixed(2),
      target: 'at most 1.25',
      met: d / c <= 1.25,
    },
    {
      what: 'tutorial’s scripts ÷ Raftyard',
      ratio: (a / d).toFixed(2),
      target: 'at least 3',
      met: a / d >= 3,
    },
    { what: 'Ansible playbook ÷ Raftyard', ratio: (b / d).toFixed(2), target: 'at least 5', met: b / d >= 5 },
    {
      what: 'killed leader on the screen, 95th percentile',
      ratio: `${percentile(live, 0.95).toFixed(0)} ms`,
      target: `at most ${TARGET_MS} ms`,
      met: percentile(live, 0.95) <= TARGET_MS,
    },
  ];
}

function machine() {
  let os = `${process.platform} ${release()}`;
  try {
    os = /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? os;
  } catch {
    // Not a Linux with os-release: the kernel's name must do.
  }
  const gib = (totalmem() / 1024 ** 3).toFixed(0);
  return `${cpus().length} cores, ${gib} GiB of memory, ${os}, Node ${process.versions.node}`;
}

/** What is measured in the life of a cluster of three servers, in its order. */
const LIFE = {
  floor: '`docker run` on all hosts at once over fresh ssh, until all agree on a leader',
  apply: '**`raftyard apply --yes`** until exit',
  plan: '`raftyard plan`: the look alone',
  again: '**`raftyard apply --yes`** again: nothing to change',
  stop: '`docker stop` of the three at once over fresh ssh',
  destroy: '**`raftyard destroy --yes`** until exit',
};

/** docs/benchmarks.md. Holds no host name and no path of the machine. */
export function page({ rounds, results, versions }, live, speed) {
  const rows = Object.values(results).map(
    ({ title, quorum, whole }) =>
      `| ${title} | ${s(median(quorum))} | ${spread(quorum)} | ${quorum.map(s).join(', ')} | ${s(median(whole))} |`,
  );
  const verdicts = judge(results, live, speed).map(
    ({ what, ratio, target, met }) => `| ${what} | ${ratio} | ${target} | ${met ? 'met' : '**missed**'} |`,
  );
  const own = results.apply.own;
  const looks = speed.looks.map(
    ({ size, look, ansible, peak }) =>
      `| ${size} | ${s(median(look))} | ${spread(look)} | ${s(median(ansible))} | ${spread(ansible)} | ${Math.max(...peak).toFixed(0)} |`,
  );
  const lives = Object.entries(LIFE).map(([what, title]) => {
    const times = speed.lives.map((life) => life[what]);
    return `| ${title} | ${s(median(times))} | ${spread(times)} | ${times.map(s).join(', ')} |`;
  });
  return `# Benchmarks

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}; run it to get the numbers of your machine.

- Machine: ${machine()}. The three hosts are practice hosts (\`raftyard range\`) on it and share its cores.
- Consul ${versions.consul} in both images (the build that the range has), Docker Engine ${versions.docker} on the hosts, ansible-core ${versions.ansible}.
- ${rounds} rounds of each measurement; medians of one run.

## Goals

| | value | target | |
|---|---|---|---|
${verdicts.join('\n')}

## Raftyard's own time

Whole commands, from their start to their end. The look: \`raftyard plan\` of that many addresses, all on the three practice
hosts, beside \`ansible -m setup -f 50\` of the same (pipelining on); both log in anew each time, as root with the same
key, and both ran once before the clock. Memory is the most that the process had.

| addresses | look and plan, median, s | spread, s | Ansible, median, s | spread, s | memory, MiB |
|---|---|---|---|---|---|
${looks.join('\n')}

The life of a cluster of three servers, firewalld running: for the floor the ports are open before the clock starts,
Raftyard opens them itself.

| what | median, s | spread, s | rounds, s |
|---|---|---|---|
${lives.join('\n')}

## Time to quorum

- In each round, all four ways run one after the other, and the order rotates from round to round.
- Before each: no container, no volume, no /opt/consul; the images are on the hosts; firewalld is stopped, so that
  the ways differ in nothing but how they start Consul.
- Clock: from the creation of the first of the three containers (Docker's own time stamp) until all three agents
  name the same leader, asked every 20 ms on each host's loopback through SSH. The same observer and the same clock
  for all four ways.

| way | median, s | spread, s | rounds, s | whole command to leader, median, s |
|---|---|---|---|---|
${rows.join('\n')}

The last column counts from the start of the command: for Raftyard that includes looking at the hosts (preflight) and
planning. Raftyard's own clock (\`quorumMs\` of its summary, from before the first create request) had a median of
${s(median(own))} s, spread ${spread(own)} s.

## A killed leader on the screen

After the rounds, ${live.length} times: the leader's container is killed; the clock runs from the moment when the first surviving
server's /v1/status/leader no longer names it (asked every 20 ms on SSH connections of the observer's own) until the
live view says so. Median ${percentile(live, 0.5).toFixed(0)} ms, 95th percentile ${percentile(live, 0.95).toFixed(0)} ms, worst ${Math.max(...live).toFixed(0)} ms.

## What the ways do

- **The tutorial's scripts**: ssh to host 1, make consul-start.sh, run it; then host 2; then host 3. progrium/consul,
  the tutorial's flags.
- **Ansible**: a playbook with the same steps and the same scripts, all hosts at a time, pipelining on. A server that
  starts before the one that it joins fails its first join and waits Consul's default retry interval of 30 s: hence the
  spread.
- **Parallel floor**: the \`docker run\` lines of Raftyard's own plan (hashicorp/consul behaviour, robust style,
  raft_multiplier 1), on all hosts at once over SSH connections that are open already.
- **Raftyard**: \`raftyard apply --yes\`, robust style, raft_multiplier 1.
`;
}
