/** A re-creation that was cut short, by a cancel or by the end of the app, is gone on with by the next apply. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Topology } from '../../src/shared/topology/types.js';
import {
  applyTo,
  bareHosts,
  cancelledAt,
  changesLeft,
  onHost,
  planFor,
  rangeDocument,
  rootScript,
  statusOf,
  until,
} from './support.js';

let first: Topology;
let changed: Topology;

const names = (host: string): Promise<string> =>
  rootScript(changed, host, "docker ps -a --format '{{.Names}} {{.State}}'");

/** Mode and digest of what the agents of all hosts read at their start, by host. */
async function filesOf(topology: Topology): Promise<Record<string, string>> {
  const list = `find ${topology.workdir} -type f -not -path '*/.raftyard/*' -exec stat -c '%a %n' {} + -exec sha256sum {} + | sort`;
  return Object.fromEntries(
    await Promise.all(
      topology.hosts.map(async ({ name }) => [name, await rootScript(topology, name, list)] as const),
    ),
  );
}

/** The next apply ends with the cluster as the document says, and with nothing left over. */
async function expectMended(topology: Topology): Promise<void> {
  const { summary } = await applyTo(topology);
  expect(summary.failed).toEqual([]);
  expect((await statusOf(topology)).problems).toEqual([]);
  expect(await names('docker02')).toBe('consul02 running');
  expect(await rootScript(changed, 'docker03', 'docker exec consul03 consul kv get kept')).toBe('yes');
  expect(await changesLeft(topology)).toBe(0);
}

beforeAll(async () => {
  first = await rangeDocument({ raftMultiplier: 1 });
  changed = { ...first, raftMultiplier: 2 };
  await bareHosts(first);
  expect((await applyTo(first)).summary.result).toBe('done');
  await rootScript(first, 'docker01', 'docker exec consul01 consul kv put kept yes');
});
afterAll(async () => {
  await bareHosts(first);
});

describe('an agent that does not start with what the document says', () => {
  it('is taken back with its old files, on every host, and nobody is said to have edited them', async () => {
    const wrong: Topology = { ...changed, agentOptions: ['-config-file=/nowhere.json'] };
    const before = await filesOf(first);
    const { summary } = await applyTo(wrong);
    expect(summary.failed[0]?.error.message).toMatch(/; the old container is running again$/);
    expect(await filesOf(first)).toEqual(before);
    await until('the old agent is back', 60_000, async () => (await statusOf(first)).problems.length === 0);
    expect((await planFor(changed)).issues.filter(({ code }) => code === 'edited-file')).toEqual([]);
    expect(await changesLeft(first)).toBe(0);
  });
});

describe('a re-creation cut short', () => {
  it('by a cancel between two servers: the rest is done the next time, and has its old files till then', async () => {
    const before = await filesOf(first);
    const { summary } = await cancelledAt(
      changed,
      (event) =>
        event.type === 'step' && event.step.includes('/container-replace/') && event.state === 'done',
    );
    expect(summary.result).toBe('cancelled');
    const plan = await planFor(changed);
    const rest = plan.steps.filter((step) => step.action.kind === 'container-replace');
    expect(rest).toHaveLength(2);
    expect(plan.issues.filter(({ code }) => code === 'edited-file')).toEqual([]);
    const now = await filesOf(changed);
    for (const { name } of changed.hosts)
      if (rest.some(({ host }) => host === name)) expect(now[name]).toBe(before[name]);
      else expect(now[name]).not.toBe(before[name]);
    await expectMended(changed);
  });

  it('by a cancel before the new agent is back: the old one is kept, and no reboot starts both', async () => {
    const { summary } = await cancelledAt(
      first,
      (event) =>
        event.type === 'step' &&
        event.step.includes('/container-replace/') &&
        event.host === 'docker02' &&
        /^waits: (no channel|node2 )/.test(event.message ?? ''),
    );
    expect(summary.result).toBe('cancelled');
    expect((await names('docker02')).split('\n').sort()).toEqual([
      'consul02 running',
      'consul02-before exited',
    ]);
    const policies = "docker inspect -f '{{.HostConfig.RestartPolicy.Name}}' consul02 consul02-before";
    expect(await rootScript(first, 'docker02', policies)).toBe('always\nno');
    await expectMended(first);
  });

  it('by a foreign container of the name that is needed: the old one runs on, and starts with its host', async () => {
    const foreign = 'docker create --name consul02-before $(docker inspect -f {{.Image}} consul02)';
    let made: Promise<string> | undefined;
    const { summary } = await applyTo(changed, {
      onStep: (event) => {
        if (event.type === 'step') made ??= rootScript(changed, 'docker02', foreign);
      },
    });
    await made;
    await rootScript(changed, 'docker02', 'docker rm consul02-before');
    const [failed] = summary.failed;
    expect(failed?.host).toBe('docker02');
    expect(failed?.error.message).toMatch(
      /consul02 cannot be re-created.*consul02-before.* in use.*; it runs on$/s,
    );
    expect(await names('docker02')).toContain('consul02 running');
    const policy = "docker inspect -f '{{.HostConfig.RestartPolicy.Name}}' consul02";
    expect(await rootScript(changed, 'docker02', policy)).toBe('always');
  });

  it('beside a server that is down: that one comes first, then the others can be spared', async () => {
    await rootScript(changed, 'docker02', 'docker stop consul02');
    const plan = await planFor(changed);
    expect(plan.steps.find(({ action }) => action.kind === 'container-replace')?.host).toBe('docker02');
    await expectMended(changed);
  });

  it('with the old container put aside and no new one: it is made', async () => {
    await rootScript(changed, 'docker02', 'docker stop consul02 && docker rename consul02 consul02-before');
    expect(await names('docker02')).toBe('consul02-before exited');
    await expectMended(changed);
  });

  it('with the new container running beside the old one: the old one is removed, and the plan says so', async () => {
    await rootScript(changed, 'docker02', 'docker stop consul02 && docker rename consul02 consul02-before');
    await onHost(changed, 'docker02', async (connection) => {
      const docker = await connection.docker();
      const { Config, HostConfig } = await docker.getContainer('consul02-before').inspect();
      const { Hostname, Image, Cmd, Env, Labels } = Config;
      const made = { name: 'consul02', Hostname, Image, Cmd, Env, Labels, HostConfig };
      await (await docker.createContainer(made)).start();
    });
    expect((await names('docker02')).split('\n').sort()).toEqual([
      'consul02 running',
      'consul02-before exited',
    ]);
    const plan = await planFor(changed);
    const removed = plan.steps.filter((step) => step.action.kind === 'container-remove');
    expect(removed.map(({ host, title }) => [host, title])).toEqual([
      ['docker02', 'Remove the container consul02-before'],
    ]);
    expect(plan.issues.some((issue) => issue.code === 'orphan')).toBe(false);
    await expectMended(changed);
  });
});
