/** A re-creation that was cut short, by a cancel or by the end of the app, is gone on with by the next apply. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyPlan, preflight } from '../../src/main/cluster/index.js';
import { planApply } from '../../src/shared/plan/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import {
  applyTo,
  bareHosts,
  changesLeft,
  newContext,
  onHost,
  planFor,
  rangeDocument,
  rootScript,
  statusOf,
} from './support.js';

let first: Topology;
let changed: Topology;

const names = (host: string): Promise<string> =>
  rootScript(changed, host, "docker ps -a --format '{{.Names}} {{.State}}'");

/** The next apply ends with the cluster as the document says, and with nothing left over. */
async function expectMended(): Promise<void> {
  const { summary } = await applyTo(changed);
  expect(summary.failed).toEqual([]);
  expect((await statusOf(changed)).problems).toEqual([]);
  expect(await names('docker02')).toBe('consul02 running');
  expect(await rootScript(changed, 'docker03', 'docker exec consul03 consul kv get kept')).toBe('yes');
  expect(await changesLeft(changed)).toBe(0);
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

describe('a re-creation cut short', () => {
  it('by a cancel between two servers: the rest is done the next time', async () => {
    const controller = new AbortController();
    const context = newContext(changed, {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'step' && event.step.includes('/container-replace/') && event.state === 'done')
          controller.abort();
      },
    });
    try {
      const plan = planApply(changed, await preflight(changed, context));
      expect((await applyPlan(changed, plan, context)).result).toBe('cancelled');
    } finally {
      await context.close();
    }
    const rest = (await planFor(changed)).steps.filter((step) => step.action.kind === 'container-replace');
    expect(rest).toHaveLength(2);
    await expectMended();
  });

  it('by a cancel before the new agent is back: the old one is kept, and no reboot starts both', async () => {
    await rootScript(first, 'docker02', 'docker exec consul02 consul kv put kept yes');
    expect((await applyTo(first)).summary.failed).toEqual([]);
    const controller = new AbortController();
    const context = newContext(changed, {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type !== 'step' || !/\/container-replace\//.test(event.step)) return;
        if (event.host === 'docker02' && /^waits: (no channel|node2 )/.test(event.message ?? ''))
          controller.abort();
      },
    });
    try {
      const plan = planApply(changed, await preflight(changed, context));
      expect((await applyPlan(changed, plan, context)).result).toBe('cancelled');
    } finally {
      await context.close();
    }
    expect((await names('docker02')).split('\n').sort()).toEqual([
      'consul02 running',
      'consul02-before exited',
    ]);
    const policies = "docker inspect -f '{{.HostConfig.RestartPolicy.Name}}' consul02 consul02-before";
    expect(await rootScript(changed, 'docker02', policies)).toBe('always\nno');
    await expectMended();
  });

  it('beside a server that is down: that one comes first, then the others can be spared', async () => {
    expect((await applyTo(first)).summary.failed).toEqual([]);
    await rootScript(changed, 'docker02', 'docker stop consul02');
    const plan = await planFor(changed);
    expect(plan.steps.find(({ action }) => action.kind === 'container-replace')?.host).toBe('docker02');
    await expectMended();
  });

  it('with the old container put aside and no new one: it is made', async () => {
    await rootScript(changed, 'docker02', 'docker stop consul02 && docker rename consul02 consul02-before');
    expect(await names('docker02')).toBe('consul02-before exited');
    await expectMended();
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
    await expectMended();
  });
});
