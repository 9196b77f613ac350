/** Hosts without the image and without a registry: it is streamed to them from an archive on this computer. */
import { copyFile, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyPlan, preflight } from '../../src/main/cluster/index.js';
import type { ApplySummary, ProgressEvent } from '../../src/main/cluster/types.js';
import { changeCount, planApply } from '../../src/shared/plan/index.js';
import type { Plan } from '../../src/shared/plan/types.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { temporaryFolder } from '../temporary.js';
import { loadInto, saveImage } from './own-engine.js';
import {
  type Applied,
  applyTo,
  bareHosts,
  destroyAll,
  newContext,
  onHost,
  planFor,
  range,
  rangeDocument,
  rootScript,
  statusOf,
} from './support.js';

/** The host that has lost its images. */
const HOST = 'docker02';
/** From the cancelling to the end of the run, milliseconds. */
const SOON_MS = 10_000;
const folder = temporaryFolder('raftyard-archive-');
/**
 * Ends the connection that the upload goes over once so many bytes are there, as a broken network does: sshd's process for it,
 * at once. Waits on the host itself: from here it would often come too late.
 */
const cutUpload = (bytes: number): string => `
left=3000
until [ "$(stat -c %s /opt/consul/.raftyard/image.tar 2>/dev/null || echo 0)" -gt ${bytes} ]; do
  left=$((left - 1)); [ "$left" -gt 0 ] || exit 9
  sleep 0.01
done
upload=$(pgrep -f 'cat >> "[$]1"' | head -n 1); [ -n "$upload" ] || upload=$(pgrep -fx 'cat' | head -n 1)
pid=$upload
while [ "$pid" -gt 1 ]; do
  pid=$(ps -o ppid= -p "$pid" | tr -d ' ')
  case $(ps -o args= -p "$pid") in sshd:*) break ;; esac
done
kill -9 "$pid"
`;

let topology: Topology;
/** One archive an image of the range, as `docker save` writes it. */
const archives = new Map<string, string>();

const archiveOf = (reference: string): string => {
  const path = archives.get(reference);
  if (path === undefined) throw new Error(`no archive of ${reference}`);
  return path;
};

const images = (name: string): Promise<string> =>
  rootScript(topology, name, "docker images -a --format '{{.Repository}}:{{.Tag}}'");

const containers = (name: string): Promise<string> =>
  rootScript(topology, name, "docker ps -a --format '{{.Names}}'");

const kindsOn = (plan: Plan, host: string): string[] =>
  plan.steps.filter((step) => step.host === host).map((step) => step.action.kind);

type StepEvent = ProgressEvent & { type: 'step' };

const loadEvents = (events: readonly ProgressEvent[]): StepEvent[] =>
  events.filter((event): event is StepEvent => event.type === 'step' && event.step.includes('/image-load/'));

const withArchive = (document: Topology, imageArchive: string): Promise<Applied> =>
  applyTo(document, { archive: true, imageArchive });

/** What a failed load must come to: an error that names its host, and nothing half-done there. */
async function expectRefused({ summary, events }: Applied): Promise<void> {
  const failed = summary.failed.filter(({ step }) => step.includes('/image-load/'));
  expect(failed).toHaveLength(1);
  expect(failed[0]?.error).toMatchObject({ code: 'image-unavailable', host: HOST });
  expect(failed[0]?.error.message).toContain(topology.image);
  expect(failed[0]?.error.hint).toContain('--image-archive');
  expect(summary.hosts[HOST]).toContain('failed at');
  expect(loadEvents(events).at(-1)).toMatchObject({ state: 'failed', host: HOST });
  const started = events.filter((event) => event.type === 'step' && event.state === 'running');
  expect(started.some((event) => event.type === 'step' && event.step.startsWith(`${HOST}/container`))).toBe(
    false,
  );
  expect(await images(HOST)).toBe('');
  expect(await containers(HOST)).toBe('');
  expect(await rootScript(topology, HOST, 'ls /run | grep raftyard || true')).toBe('');
}

/** The document with no more than the server on {@link HOST}: nothing to wait for when its image cannot be had. */
function alone(): Topology {
  return {
    ...topology,
    hosts: topology.hosts.filter((host) => host.name === HOST),
    datacenters: topology.datacenters.map((datacenter) => ({
      ...datacenter,
      nodes: datacenter.nodes
        .filter((node) => node.host === HOST)
        .map((node) => ({ ...node, bootstrap: true })),
    })),
  };
}

beforeAll(async () => {
  topology = await rangeDocument();
  await bareHosts(topology);
  for (const [index, reference] of range.images.entries()) {
    const path = join(folder, `image-${index}.tar`);
    await saveImage(topology, 'docker01', reference, path);
    archives.set(reference, path);
  }
  await rootScript(topology, HOST, `docker rmi -f ${range.images.join(' ')}`);
});
afterAll(async () => {
  await bareHosts(topology);
  const there = await images(HOST);
  for (const reference of range.images)
    if (!there.split('\n').includes(reference)) await loadInto(topology, HOST, archiveOf(reference));
  expect((await images(HOST)).split('\n').sort()).toEqual([...range.images].sort());
  await rm(folder, { recursive: true, force: true });
});

describe('an image archive', () => {
  it('is planned for the host that lacks the image, and for no other', async () => {
    const plan = await planFor(topology, { archive: true });
    expect(kindsOn(plan, HOST)).toContain('image-load');
    const loads = plan.steps.filter((step) => step.action.kind === 'image-load');
    expect(loads.map((step) => step.host)).toEqual([HOST]);
    expect(plan.steps.some((step) => step.action.kind === 'image-pull')).toBe(false);
    expect(plan.issues.filter(({ severity }) => severity === 'blocker')).toEqual([]);
  });

  it('that is no archive is refused on that host, and leaves nothing there', async () => {
    const text = join(folder, 'notes.txt');
    await writeFile(text, 'These are notes, and no image.\n'.repeat(40_000));
    await expectRefused(await withArchive(alone(), text));
    await bareHosts(alone());
  });

  it('that is cut short is refused on that host, and the other hosts are prepared', async () => {
    const cut = join(folder, 'cut.tar');
    await copyFile(archiveOf(topology.image), cut);
    await truncate(cut, Math.floor((await stat(cut)).size * 0.6));
    const applied = await withArchive(topology, cut);
    await expectRefused(applied);
    expect(applied.summary.result).toBe('partial');
    expect(await containers('docker01')).toBe('consul01');
    expect(await containers('docker03')).toBe('consul03');
  });

  it('whose loading is cancelled in the middle ends soon', async () => {
    const controller = new AbortController();
    let [cancelledAt, endedAt] = [0, 0];
    const context = newContext(topology, {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type !== 'step' || cancelledAt > 0 || (event.progress ?? 0) < 0.3) return;
        cancelledAt = performance.now();
        controller.abort();
      },
    });
    let summary: ApplySummary;
    try {
      const plan = planApply(topology, await preflight(topology, context), { archive: true });
      summary = await applyPlan(topology, plan, context, { imageArchive: archiveOf(topology.image) });
      endedAt = performance.now();
    } finally {
      await context.close();
    }
    expect(summary.result).toBe('cancelled');
    expect(summary.hosts[HOST]).toContain('stopped before');
    expect(cancelledAt).toBeGreaterThan(0);
    expect(endedAt - cancelledAt).toBeLessThan(SOON_MS);
    expect(await images(HOST)).toBe('');
    expect(await containers(HOST)).toBe('');
  });

  it('goes on where a lost connection stopped it, and leaves nothing of it behind', async () => {
    const context = newContext(topology);
    const { size } = await stat(archiveOf(topology.image));
    const cut = rootScript(topology, HOST, cutUpload(Math.floor(size * 0.2)));
    try {
      const plan = planApply(topology, await preflight(topology, context), { archive: true });
      const summary = await applyPlan(topology, plan, context, {
        imageArchive: archiveOf(topology.image),
      });
      await cut;
      expect(summary.failed).toEqual([]);
      expect(summary.result).toBe('done');
    } finally {
      await context.close();
    }
    expect((await images(HOST)).split('\n')).toContain(topology.image);
    expect(await rootScript(topology, HOST, 'ls -A /opt/consul/.raftyard')).toBe('state.json');
    await bareHosts(topology);
    await rootScript(topology, HOST, `docker rmi -f ${range.images.join(' ')}`);
  }, 120_000);

  it('that was left by a run that did not come back is taken up by the next, or taken away by destroy', async () => {
    const { size } = await stat(archiveOf(topology.image));
    const part = (await readFile(archiveOf(topology.image))).subarray(0, Math.floor(size * 0.7));
    const put = (content: Buffer): Promise<void> =>
      onHost(topology, HOST, async (connection) => {
        await connection.exec(['mkdir', '-p', '/opt/consul/.raftyard'], { root: true });
        await connection.writeFile('/opt/consul/.raftyard/image.tar', content, 0o600);
      });
    await put(part);
    const one = alone();
    const resumed = await withArchive(one, archiveOf(topology.image));
    expect(resumed.summary.failed).toEqual([]);
    const fractions = loadEvents(resumed.events).flatMap(({ progress }) => progress ?? []);
    expect(fractions[0]).toBeCloseTo(0.7, 1);
    // What begins otherwise is another file: nothing of it is kept.
    await rootScript(topology, HOST, 'docker rm -fv consul02');
    await rootScript(topology, HOST, `docker rmi -f ${range.images.join(' ')}`);
    await put(Buffer.alloc(part.length, 7));
    const anew = await withArchive(one, archiveOf(topology.image));
    expect(anew.summary.failed).toEqual([]);
    expect(loadEvents(anew.events).flatMap(({ progress }) => progress ?? [])[0]).toBe(0);
    await put(part);
    expect((await destroyAll(one)).result).toBe('done');
    // The directory was there before Raftyard was.
    expect(await rootScript(topology, HOST, 'ls -A /opt/consul && rmdir /opt/consul')).toBe('');
    await rootScript(topology, HOST, `docker rmi -f ${range.images.join(' ')}`);
  }, 120_000);

  it('is streamed with progress that only grows, and the cluster comes up', async () => {
    const { summary, events } = await withArchive(topology, archiveOf(topology.image));
    expect(summary.failed).toEqual([]);
    expect(summary.result).toBe('done');
    const told = loadEvents(events);
    expect(told[0]).toMatchObject({ host: HOST, state: 'running' });
    expect(told.at(-1)).toMatchObject({ host: HOST, state: 'done' });
    const moving = told.filter((event) => event.progress !== undefined);
    const fractions = moving.map((event) => event.progress ?? Number.NaN);
    expect(fractions.length).toBeGreaterThan(10);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions[0]).toBeLessThan(0.1);
    expect(fractions.at(-1)).toBe(1);
    const total = ((await stat(archiveOf(topology.image))).size / 1e6).toFixed(1);
    const sent = moving.map(({ message }) => {
      const words = /^(\d+\.\d) of (\d+\.\d) MB$/.exec(message ?? '');
      expect(words?.[2], message).toBe(total);
      return Number(words?.[1]);
    });
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
    expect((await images(HOST)).split('\n')).toContain(topology.image);
    expect(await containers(HOST)).toBe('consul02');
    expect((await statusOf(topology)).problems).toEqual([]);
    expect(changeCount(await planFor(topology, { archive: true }))).toBe(0);
  });
});
