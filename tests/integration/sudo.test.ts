/** A user who gets root by a sudo password only: the same cluster, and the password is nowhere but on its way to sudo. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyPlan, preflight } from '../../src/main/cluster/index.js';
import type { ApplySummary, ProgressEvent } from '../../src/main/cluster/types.js';
import { rangeTopology } from '../../src/main/range/index.js';
import type { Facts } from '../../src/shared/plan/facts.js';
import { changeCount, planApply, planDestroy } from '../../src/shared/plan/index.js';
import type { Plan } from '../../src/shared/plan/types.js';
import { readTopology } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { afterEarlierSteps } from './steps.js';
import {
  applyTo,
  bareHosts,
  newContext,
  passwordOfPw,
  range,
  rangeDocument,
  rootScript,
  statusOf,
  traces,
  withoutSharedConnections,
} from './support.js';

withoutSharedConnections();

const WRONG = 'wrong-sudo-password-4711';
const VARIABLE = 'RAFTYARD_TEST_WRONG_SUDO';

/** The range's document for the user who has to give a password, for SSH as for sudo. */
async function documentOfPw(): Promise<Topology> {
  const { topology, findings } = readTopology(await rangeTopology(range.name, { user: 'pw' }));
  if (topology === undefined) throw new Error(JSON.stringify(findings));
  return topology;
}

/** The same with a sudo password that is not right, on all hosts or on one of them. */
function wrongOn(topology: Topology, ...names: string[]): Topology {
  return {
    ...topology,
    hosts: topology.hosts.map((host) =>
      names.includes(host.name) ? { ...host, ssh: { ...host.ssh, sudoPassword: `env:${VARIABLE}` } } : host,
    ),
  };
}

interface Run {
  readonly facts: Facts;
  readonly plan: Plan;
  readonly summary: ApplySummary | undefined;
  readonly events: readonly ProgressEvent[];
  readonly error: unknown;
  /** Everything that the run wrote on this computer. */
  readonly journal: string;
}

function filesBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

/** A run with all that it told and wrote; `plan` is made of this document's facts, or given. */
async function runOf(
  topology: Topology,
  make: (facts: Facts) => Plan = (facts) => planApply(topology, facts),
): Promise<Run> {
  const events: ProgressEvent[] = [];
  const context = newContext(topology, { onEvent: (event) => events.push(event) });
  try {
    const facts = await preflight(topology, context);
    const plan = make(facts);
    let [summary, error]: [ApplySummary | undefined, unknown] = [undefined, undefined];
    try {
      summary = await applyPlan(topology, plan, context);
    } catch (caught) {
      error = caught;
    }
    const journal = summary === undefined ? '' : filesBelow(context.journalDir);
    return { facts, plan, summary, events, error, journal };
  } finally {
    await context.close();
  }
}

/** All that a person, a file or a log could get to see of a run. */
function told(run: Run): string {
  const { error } = run;
  const failure =
    error instanceof Error ? `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}` : '';
  return JSON.stringify([run.facts, run.plan, run.summary, run.events]) + failure + run.journal;
}

let asRoot: Topology;
let topology: Topology;

beforeAll(async () => {
  process.env[VARIABLE] = WRONG;
  asRoot = await rangeDocument();
  topology = await documentOfPw();
  await bareHosts(asRoot);
});
afterAll(async () => {
  delete process.env[VARIABLE];
  await bareHosts(asRoot);
});

describe('a wrong sudo password', () => {
  it('stops the plan with the names of the hosts, and touches nothing', async () => {
    const before = await traces(asRoot, 'docker02');
    const run = await runOf(wrongOn(topology, 'docker02'));
    const blockers = run.plan.issues.filter((issue) => issue.severity === 'blocker');
    expect(new Set(blockers.map((issue) => issue.host))).toEqual(new Set(['docker02']));
    expect(blockers.map((issue) => issue.code)).toContain('no-root');
    expect(run.error).toMatchObject({ code: 'blocked', host: 'docker02' });
    expect(run.events).toEqual([]);
    expect(told(run)).not.toContain(WRONG);
    expect(await traces(asRoot, 'docker02')).toBe(before);
  });

  it('that became wrong after the plan was made fails on its host, by name, and touches nothing', async () => {
    const right = await runOf(topology, (facts) => ({ ...planApply(topology, facts), steps: [] }));
    const plan = planApply(topology, right.facts);
    expect(plan.issues.filter((issue) => issue.severity === 'blocker')).toEqual([]);
    const names = topology.hosts.map((host) => host.name);
    const run = await runOf(wrongOn(topology, ...names), () => plan);
    expect(run.summary?.result).toBe('failed');
    expect(run.summary?.failed.map(({ host, error }) => [host, error.host, error.code]).sort()).toEqual(
      names.map((name) => [name, name, 'sudo-denied']),
    );
    expect(run.journal).toContain('sudo-denied');
    expect(told(run)).not.toContain(WRONG);
    expect(
      await rootScript(asRoot, 'docker01', 'docker ps -aq; ls -A /opt; ls /run | grep raftyard || true'),
    ).not.toMatch(/consul|raftyard/);
  });
});

describe('the right sudo password', () => {
  beforeEach(afterEarlierSteps);
  let before: string[];

  beforeAll(async () => {
    before = await Promise.all(topology.hosts.map((host) => traces(asRoot, host.name)));
  });

  it('raises the cluster from bare hosts, and is told to nobody', async () => {
    const run = await runOf(topology);
    expect(run.summary?.failed).toEqual([]);
    expect(run.summary?.result).toBe('done');
    for (const facts of Object.values(run.facts)) expect(facts).toMatchObject({ root: 'sudo-password' });
    expect(run.journal).toContain(run.plan.id);
    expect(told(run)).not.toContain(passwordOfPw());
    expect((await statusOf(topology)).problems).toEqual([]);
    expect(await rootScript(asRoot, 'docker01', 'stat -c %U:%a /opt/consul/consul-start.sh')).toBe(
      'root:755',
    );
  });

  it('is in no file, no container and no log of the hosts', async () => {
    const found = await Promise.all(
      topology.hosts.map(({ name }) =>
        rootScript(
          asRoot,
          name,
          // From a file of patterns, so that the search does not find itself among the processes.
          `set -e; patterns=$(mktemp -p /dev/shm); trap 'rm -f "$patterns"' EXIT
           printf '%s\\n' '${passwordOfPw()}' '${WRONG}' > "$patterns"
           { grep -rlFf "$patterns" /opt /run/raftyard* /tmp /var/log /home /root 2>/dev/null || true
             docker inspect $(docker ps -aq) | grep -cFf "$patterns" || true
             journalctl --no-pager -q | grep -cFf "$patterns" || true
             cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -cFf "$patterns" || true
             journalctl --no-pager -q | grep -qE 'sudo.* pw :.*COMMAND=' && echo 'sudo was logged'; }`,
        ),
      ),
    );
    expect(found).toEqual(topology.hosts.map(() => '0\n0\n0\nsudo was logged'));
  });

  it('changes nothing the second time', async () => {
    const { plan, summary } = await applyTo(topology);
    expect(changeCount(plan)).toBe(0);
    expect([summary.result, summary.changed]).toEqual(['done', 0]);
  });

  it('destroys it all, and the hosts are as they were', async () => {
    const run = await runOf(topology, (facts) => planDestroy(topology, facts, { keepData: false }));
    expect(run.summary?.failed).toEqual([]);
    expect(run.summary?.result).toBe('done');
    expect(told(run)).not.toContain(passwordOfPw());
    const after = await Promise.all(topology.hosts.map((host) => traces(asRoot, host.name)));
    expect(after).toEqual(before);
  });
});
