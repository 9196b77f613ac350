/** Images from a private registry as a mirror: with a login, pinned by their digest, and loaded in part. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ArchiveSource } from '../../src/main/cluster/archive-source.js';
import { imageVersions } from '../../src/main/cluster/index.js';
import { withoutTag } from '../../src/shared/consul/index.js';
import { exportTopology } from '../../src/shared/export/index.js';
import { changeCount } from '../../src/shared/plan/index.js';
import type { Plan } from '../../src/shared/plan/types.js';
import { readTopology, serialiseTopology } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { temporaryFolder } from '../temporary.js';
import { loadInto, saveImage } from './own-engine.js';
import { LOGIN, MIRROR, push, raiseRegistry, registryHere, removeRegistry } from './registry.js';
import { afterEarlierTests } from './steps.js';
import {
  applyTo,
  bareHosts,
  changesLeft,
  destroyAll,
  keepVoters,
  newContext,
  onHost,
  outer,
  planFor,
  raftyard,
  range,
  rangeDocument,
  rootScript,
  statusOf,
} from './support.js';

const VARIABLE = 'RAFTYARD_TEST_REGISTRY_PASSWORD';
/** A tag of the registry that is a full version, whatever Consul the range has. */
const FULL = '0.0.1';
/** Where the registry runs. */
const AT = 'docker01';
const HOSTS = ['docker01', 'docker02', 'docker03'];
const folder = temporaryFolder('raftyard-registry-');
const file = join(folder, 'mirror.raftyard');
const archive = join(folder, 'image.tar');
/** Where the registry does not run, it stays all the time: its lower layers are those of the topology's image. */
const OTHER = range.images.find((name) => name.startsWith('progrium/')) ?? '';
/** {@link OTHER}, on the host of the registry. */
const KEPT = '/var/tmp/raftyard-test-other.tar';
const dockerHost = process.env['DOCKER_HOST'];

let topology: Topology;
let pinned: Topology;
/** Of the topology's image. */
let id = '';
let here: Server | undefined;

/** Ids of all images of a host but {@link OTHER}. */
const IMAGES = `docker images -aq --no-trunc | sort -u | grep -vxF "$(docker inspect -f '{{.Id}}' ${OTHER})"`;

/** All but {@link OTHER}, when no container uses them: a second round for what others are built on. Says what is left. */
const forgetImages = (name: string): Promise<string> =>
  rootScript(
    topology,
    name,
    `for round in 1 2; do ${IMAGES} | xargs -r docker rmi -f >/dev/null 2>&1; done; ${IMAGES} || true`,
  );

const everywhere = <T>(use: (name: string) => Promise<T>): Promise<T[]> => Promise.all(HOSTS.map(use));

const inspected = (name: string, what: string, format: string): Promise<string> =>
  rootScript(topology, name, `docker inspect --format '${format}' ${what}`);

const stepsOn = (plan: Plan, host: string) =>
  plan.steps.filter((step) => step.host === host).map(({ action }) => action.kind);

/** A login would be kept in one of these. */
const NO_LOGIN =
  'ls /root/.docker/config.json /home/*/.docker/config.json 2>/dev/null || true; ls -d /tmp/tmp.* 2>/dev/null || true';

beforeEach(afterEarlierTests);
beforeAll(async () => {
  process.env[VARIABLE] = LOGIN.password;
  const plain = await rangeDocument();
  topology = { ...plain, pull: { mirror: MIRROR, user: LOGIN.user, password: `env:${VARIABLE}` } };
  await bareHosts(topology);
  await saveImage(topology, AT, topology.image, archive);
  await raiseRegistry(topology, AT);
  await push(topology, AT, topology.image, `${MIRROR}/${topology.image}`);
  await push(topology, AT, topology.image, `${MIRROR}/${withoutTag(topology.image)}:${FULL}`);
  id = await inspected(AT, topology.image, '{{.Id}}');
  // One host has no layer of the image.
  await rootScript(topology, AT, `docker save -o ${KEPT} ${OTHER} && docker rmi -f ${OTHER}`);
  expect(await everywhere(forgetImages)).toEqual(['', '', '']);
  writeFileSync(file, `# Ours, with care.\n${serialiseTopology(topology)}`);
}, 180_000);

afterAll(async () => {
  delete process.env[VARIABLE];
  if (dockerHost === undefined) delete process.env['DOCKER_HOST'];
  else process.env['DOCKER_HOST'] = dockerHost;
  here?.close();
  await bareHosts(topology);
  await removeRegistry(topology, AT);
  await rootScript(topology, AT, `[ ! -f ${KEPT} ] || { docker load -qi ${KEPT}; rm ${KEPT}; }`);
  // As they were when the range came up: the image is there in the end, unless a test has failed.
  await everywhere(async (name) => {
    const has = `[ "$(docker inspect -f '{{.Id}}' ${topology.image} 2>/dev/null)" = ${id} ] && echo yes || echo no`;
    if ((await rootScript(topology, name, has)) === 'no') await loadInto(topology, name, archive);
    const others = `docker images --digests --format '{{.Repository}}:{{.Tag}} {{.Repository}}@{{.Digest}}' | grep -F '${MIRROR}' | tr ' ' '\n' | grep -v '<none>'`;
    await rootScript(
      topology,
      name,
      `${others} | sort -u | xargs -r docker rmi -f >/dev/null 2>&1; docker image prune -f >/dev/null`,
    );
    const there = await rootScript(topology, name, "docker images -a --format '{{.Repository}}:{{.Tag}}'");
    expect(there.split('\n').sort()).toEqual([...range.images].sort());
  });
}, 180_000);

describe('a private registry as a mirror', () => {
  it('that refuses the password is told, before and in the run, and nothing is started', async () => {
    process.env[VARIABLE] = 'not-the-secret';
    try {
      const plan = await planFor(topology);
      const warning = plan.issues.find(({ code }) => code === 'image-unavailable');
      expect(warning?.message).toContain(HOSTS.join(', '));
      const { summary, events } = await applyTo(topology);
      expect(summary.result).not.toBe('done');
      for (const { error } of summary.failed.filter(({ step }) => step.includes('image-pull')))
        expect(error).toMatchObject({
          code: 'image-unavailable',
          hint: expect.stringContaining(`the password of ${LOGIN.user} at ${MIRROR}`),
        });
      expect(summary.failed.filter(({ step }) => step.includes('image-pull'))).toHaveLength(3);
      expect(JSON.stringify(events)).not.toContain('not-the-secret');
      const containers = await everywhere((name) => rootScript(topology, name, 'docker ps -aq'));
      expect(containers).toEqual(['', '', '']);
    } finally {
      process.env[VARIABLE] = LOGIN.password;
    }
  });

  it('says through a host which versions it has, where this computer does not reach it', async () => {
    const context = newContext(topology);
    try {
      await expect(imageVersions(topology, {}, context)).rejects.toMatchObject({ retryable: true });
      const told = await imageVersions(topology, { thorough: true }, context);
      expect(told).toMatchObject({ registry: MIRROR, host: AT });
      expect(told.versions).toContain(FULL);
    } finally {
      await context.close();
    }
  });

  it('gives every host the image by its own name, and no host keeps the login', async () => {
    const plan = await planFor(topology);
    const pull = plan.steps.find(({ action }) => action.kind === 'image-pull');
    expect(pull?.commands).toEqual([
      `docker pull ${MIRROR}/${topology.image}`,
      `docker tag ${MIRROR}/${topology.image} ${topology.image}`,
    ]);
    expect(JSON.stringify(plan)).not.toContain(LOGIN.password);
    const { summary, events } = await applyTo(topology);
    expect(summary.failed).toEqual([]);
    const moving = events.filter(
      (event) => event.type === 'step' && event.step.includes('image-pull') && event.progress !== undefined,
    );
    expect(moving.length).toBeGreaterThan(3);
    expect(JSON.stringify(events)).not.toContain(LOGIN.password);
    for (const [index, name] of HOSTS.entries()) {
      expect(await inspected(name, `consul0${index + 1}`, '{{.Config.Image}}')).toBe(topology.image);
      expect(await rootScript(topology, name, NO_LOGIN)).toBe('');
    }
    expect((await statusOf(topology)).problems).toEqual([]);
    expect(await changesLeft(topology)).toBe(0);
    await keepVoters(topology, AT);
  });

  it('tells the digest, which goes into the document and nowhere else', async () => {
    const result = await raftyard('pin', file, '--accept-new-host-keys');
    expect(result.code, result.stderr).toBe(0);
    const text = readFileSync(file, 'utf8');
    expect(text.startsWith('# Ours, with care.\n')).toBe(true);
    const read = readTopology(text).topology;
    expect(read?.image.slice(0, topology.image.length)).toBe(topology.image);
    expect(read?.image.slice(topology.image.length)).toMatch(/^@sha256:[0-9a-f]{64}$/);
    pinned = { ...topology, image: read?.image ?? '' };
    // The engines have pulled it by that digest already: only the start scripts are to know it.
    const { plan, summary } = await applyTo(pinned);
    expect(summary.failed).toEqual([]);
    const kinds = new Set(plan.steps.map(({ action }) => action.kind));
    for (const kind of ['image-pull', 'container-replace', 'container-run'] as const)
      expect(kinds, kind).not.toContain(kind);
    expect(kinds).toContain('file');
    expect(await changesLeft(pinned)).toBe(0);
    const again = await raftyard('pin', file, '--accept-new-host-keys', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ image: pinned.image, changed: false, from: 'registry' });
    const removed = await raftyard('pin', file, '--remove');
    expect(removed.code, removed.stderr).toBe(0);
    expect(readTopology(readFileSync(file, 'utf8')).topology?.image).toBe(topology.image);
    writeFileSync(file, text);
  });

  it('is asked again where a name stands for another image than the pinned one', async () => {
    await rootScript(
      topology,
      'docker02',
      `docker commit consul02 ${topology.image} >/dev/null && docker rmi -f ${MIRROR}/${topology.image} >/dev/null`,
    );
    // What runs is what was pulled: nothing is wrong with it.
    const digest = pinned.image.slice(pinned.image.indexOf('@') + 1);
    await rootScript(topology, 'docker02', 'docker rm -fv consul02');
    const plan = await planFor(pinned);
    expect(stepsOn(plan, 'docker02')).toContain('image-pull');
    expect(stepsOn(plan, AT)).not.toContain('container-replace');
    const { summary } = await applyTo(pinned);
    expect(summary.failed).toEqual([]);
    const image = await inspected('docker02', 'consul02', '{{.Image}}');
    expect(await inspected('docker02', image, '{{json .RepoDigests}}')).toContain(digest);
    expect(await inspected(AT, 'consul01', '{{.Image}}')).toBe(image);
    expect(await changesLeft(pinned)).toBe(0);
    // A container of another image under the same name is found, and replaced.
    await rootScript(
      topology,
      'docker03',
      `docker commit consul03 ${topology.image} >/dev/null; docker rm -fv consul03 >/dev/null`,
    );
    await applyTo(topology);
    expect(await changesLeft(topology)).toBe(0);
    expect(stepsOn(await planFor(pinned), 'docker03')).toEqual(
      expect.arrayContaining(['image-pull', 'container-replace']),
    );
    const healed = await applyTo(pinned);
    expect(healed.summary.failed).toEqual([]);
    expect(await inspected('docker03', 'consul03', '{{.Image}}')).toBe(image);
    expect((await statusOf(pinned)).problems).toEqual([]);
  }, 240_000);

  it('gives an exported script its image, with a password that is kept nowhere', async () => {
    const script = exportTopology(pinned, 'scripts').find(({ path }) => path === 'docker02/consul-start.sh');
    await rootScript(topology, 'docker02', 'docker rm -fv consul02');
    expect(await forgetImages('docker02')).toBe('');
    await onHost(topology, 'docker02', async (connection) => {
      await connection.writeFile('/opt/consul/consul-start.sh', script?.content ?? '', 0o755);
    });
    const start = (password: string): Promise<string> =>
      rootScript(
        topology,
        'docker02',
        `${password === '' ? '' : `CONSUL_REGISTRY_PASSWORD=${password} `}/opt/consul/consul-start.sh --pull 2>&1; echo "code $?"`,
      );
    expect(await start('')).toMatch(/code [1-9]\d*$/);
    expect(await start('wrong')).toMatch(/code [1-9]\d*$/);
    const pulled = await start(LOGIN.password);
    expect(pulled).toContain('Pulling ');
    expect(pulled).toMatch(/code 0$/);
    expect(await start('')).toBe('code 0');
    expect(await rootScript(topology, 'docker02', NO_LOGIN)).toBe('');
    expect(await rootScript(topology, 'docker02', 'docker ps -aq')).toBe('');
    const run = await rootScript(
      topology,
      'docker02',
      '/opt/consul/consul-start.sh && docker ps --format {{.Image}}',
    );
    expect(run).toContain(topology.image);
    expect(await changesLeft(pinned)).toBe(0);
  }, 120_000);
});

describe('an archive', () => {
  it('that nothing vouches for is not loaded where the image is pinned', async () => {
    await rootScript(topology, 'docker03', 'docker rm -fv consul03');
    expect(await forgetImages('docker03')).toBe('');
    process.env['DOCKER_HOST'] = `unix://${folder}/nobody.sock`;
    const known = await new ArchiveSource(archive, pinned).known();
    expect(known.unproven).toContain('nothing shows that image.tar holds it');
    const plan = await planFor(pinned, { archive: true, archiveKnown: known });
    expect(plan.issues).toContainEqual(
      expect.objectContaining({ severity: 'blocker', code: 'archive-unproven' }),
    );
    const refused = await raftyard(
      'apply',
      file,
      '--yes',
      '--accept-new-host-keys',
      '--image-archive',
      archive,
    );
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('the image is pinned');
    expect(await rootScript(topology, 'docker03', `${IMAGES} || true`)).toBe('');
  });

  it('that this computer’s Docker vouches for is loaded, and that is written down on the host', async () => {
    process.env['DOCKER_HOST'] = `unix://${range.engine.socket}`;
    here = await registryHere(topology, AT);
    const out = join(folder, 'fetched.tar');
    const fetched = await raftyard('fetch-image', file, '--out', out);
    expect(fetched.code, fetched.stderr).toBe(0);
    const applied = await raftyard('apply', file, '--yes', '--accept-new-host-keys', '--image-archive', out);
    expect(applied.code, applied.stderr + applied.stdout).toBe(0);
    const digest = pinned.image.slice(pinned.image.indexOf('@') + 1);
    expect(await inspected('docker03', 'consul03', '{{.Image}}')).toBe(id);
    expect(await inspected(AT, 'consul01', '{{.Image}}')).toBe(id);
    expect(await rootScript(topology, 'docker03', 'cat /opt/consul/.raftyard/image')).toBe(`${digest} ${id}`);
    expect(changeCount(await planFor(pinned))).toBe(0);
    // The script believes it too, and only as long as the name stands for that image.
    const pull = '/opt/consul/consul-start.sh --pull 2>&1; echo "code $?"';
    expect(await rootScript(topology, 'docker03', pull)).toBe('code 0');
    await rootScript(topology, 'docker03', `docker commit consul03 ${topology.image} >/dev/null`);
    expect(await rootScript(topology, 'docker03', pull)).toMatch(/code [1-9]\d*$/);
    for (const name of [`${MIRROR}/${topology.image.replace(/:[^/:]*$/, '')}@${digest}`])
      await outer.getImage(name).remove({ force: true });
  }, 120_000);

  describe('of which a host has layers', () => {
    const LEFT_OUT = /1 of \d+ layers are on the host already and are left out/;
    const WHOLE = 'the engine wants the whole archive';

    /** What was said while the image came again to a host that has another one of the same layers at the bottom. */
    async function loadedAgain(): Promise<string> {
      await rootScript(topology, 'docker03', 'docker rm -fv consul03');
      expect(await forgetImages('docker03')).toBe('');
      const { pull: _pull, ...plain } = topology;
      const { summary, events } = await applyTo(plain, { archive: true, imageArchive: archive });
      expect(summary.failed).toEqual([]);
      expect((await statusOf(plain)).problems).toEqual([]);
      return events.flatMap((event) => (event.type === 'output' ? [event.text] : [])).join('');
    }

    it('is sent without them', async () => {
      const said = await loadedAgain();
      expect(said).toMatch(LEFT_OUT);
      expect(said).not.toContain(WHOLE);
      expect(readdirSync(tmpdir()).filter((name) => name.startsWith('raftyard-image-'))).toEqual([]);
    });

    it('is sent whole where the engine does not take less', async () => {
      const { size } = statSync(archive);
      // As an engine that opens every layer: it loads nothing that is smaller than the whole.
      const picky = `#!/bin/sh
if [ "$1" = load ] && [ "$(stat -c %s "$3")" -lt ${size} ]; then echo 'a layer is missing' >&2; exit 1; fi
exec /usr/bin/docker "$@"
`;
      await onHost(topology, 'docker03', (connection) =>
        connection.writeFile('/usr/local/bin/docker', picky, 0o755),
      );
      try {
        const said = await loadedAgain();
        expect(said.search(LEFT_OUT)).toBeGreaterThanOrEqual(0);
        expect(said.indexOf(WHOLE)).toBeGreaterThan(said.search(LEFT_OUT));
      } finally {
        await rootScript(topology, 'docker03', 'rm /usr/local/bin/docker');
      }
    });
  });

  it('and all that was written for it goes with the cluster', async () => {
    expect((await destroyAll(pinned)).result).toBe('done');
    const left = await everywhere((name) =>
      rootScript(topology, name, 'ls -A /opt; docker ps -aq; docker volume ls -q'),
    );
    expect(left).toEqual(['', '', '']);
  });
});
