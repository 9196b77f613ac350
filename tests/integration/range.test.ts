/** The practice range itself: a second range beside the shared one, in the same engine. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readArchive } from '../../src/main/host/index.js';
import { writeImageArchive } from '../../src/main/range/archive.js';
import { ensureConsulArchive } from '../../src/main/range/consul-images.js';
import { ARCHITECTURE } from '../../src/main/range/given-files.js';
import type { RangeHost, RangeStatus } from '../../src/main/range/index.js';
import { rangeDown, rangeStatus, rangeTopology, rangeUp } from '../../src/main/range/index.js';
import { rangePath } from '../../src/main/range/paths.js';
import { temporaryFolder } from '../temporary.js';
import { afterEarlierSteps } from './steps.js';
import { range as shared } from './support.js';
import { tinyRegistry } from './tiny-registry.js';

const NAME = 'range-test';
const docker = new Docker({ socketPath: shared.engine.socket });
let range: RangeStatus;

function first(status: RangeStatus): RangeHost {
  const host = status.hosts[0];
  if (host === undefined) throw new Error('no host');
  return host;
}

/** Runs a command over a real SSH login; the host key must be the recorded one. */
function ssh(host: RangeHost, user: string, command: string) {
  const known = join(rangePath(NAME), 'test-known-hosts');
  spawnSync('sh', [
    '-c',
    'printf "%s\\n" "$2" >"$1"',
    'sh',
    known,
    `[127.0.0.1]:${host.sshPort} ${host.hostKey}`,
  ]);
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${known}`,
    'ConnectTimeout=10',
  ];
  const argv = [
    '-F',
    'none',
    '-i',
    range.identity,
    '-p',
    String(host.sshPort),
    ...options.flatMap((o) => ['-o', o]),
  ];
  const result = spawnSync('ssh', [...argv, `${user}@127.0.0.1`, command], { encoding: 'utf8' });
  return { code: result.status, out: result.stdout.trim(), err: result.stderr.trim() };
}

const given = temporaryFolder('raftyard-given-');

/** Debian's consul program and the layers of its image, as a person would have them from elsewhere. */
async function consulFiles(): Promise<{ program: string; layers: string[] }> {
  const { file, references } = await ensureConsulArchive({ onDetail: () => undefined });
  const image = (await readArchive(file))?.find(({ names }) => names.includes(references[0] ?? ''));
  const layers = image?.layers.map(({ path }) => path) ?? [];
  execFileSync('tar', ['-xf', file, '-C', given, ...layers]);
  execFileSync('tar', ['-xf', join(given, layers[0] ?? ''), '-C', given, './bin/consul']);
  return { program: join(given, 'bin/consul'), layers: layers.map((path) => join(given, path)) };
}

async function labelled() {
  const filters = { label: [`raftyard.range=${NAME}`] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters: JSON.stringify(filters) }),
  ]);
  return { containers: containers.length, networks: networks.length, volumes: volumes.Volumes.length };
}

beforeAll(async () => {
  await rangeDown(NAME, { engine: false });
  range = await rangeUp({ name: NAME, hosts: 2 });
});
afterAll(async () => {
  await rangeDown(NAME, { engine: false });
});

describe('a range', () => {
  beforeEach(afterEarlierSteps);
  it('runs beside another one, on a network of its own', async () => {
    const again = await rangeStatus(shared.name);
    expect(again?.hosts.every((host) => host.running)).toBe(true);
    const prefix = (status: RangeStatus) => first(status).address.split('.').slice(0, 3).join('.');
    expect(prefix(range)).not.toBe(prefix(shared));
    expect(new Set([...range.hosts, ...shared.hosts].map((host) => host.sshPort)).size).toBe(5);
  });

  it('has real hosts: systemd, Docker, firewalld, the Consul images', () => {
    for (const host of range.hosts) {
      expect(ssh(host, 'root', 'hostname; systemctl is-system-running; firewall-cmd --state').out).toBe(
        `${host.name}\nrunning\nrunning`,
      );
      const images = ssh(host, 'root', "docker image ls --format '{{.Repository}}:{{.Tag}}'").out.split('\n');
      expect(images).toEqual(expect.arrayContaining([...range.images]));
    }
  });

  it('has hosts with keys of their own that reach each other', () => {
    const [one, two] = range.hosts;
    if (one === undefined || two === undefined) throw new Error('two hosts expected');
    expect(one.hostKey).not.toBe(two.hostKey);
    expect(ssh(one, 'root', `timeout 5 bash -c 'head -c 7 </dev/tcp/${two.address}/22'`).out).toBe('SSH-2.0');
  });

  it('has the users that people have', () => {
    const host = first(range);
    expect(ssh(host, 'op', 'sudo -n id -un; docker ps -q; echo $?').out).toBe('root\n0');
    expect(ssh(host, 'nodocker', 'sudo -n true').code).toBe(1);
    expect(ssh(host, 'nodocker', 'docker ps').err).toContain('permission denied');
    const password = readFileSync(range.passwordFile, 'utf8').trim();
    expect(ssh(host, 'pw', 'true').err).toContain('Permission denied'); // no key
    const sudo = ssh(
      host,
      'root',
      `su pw -c 'sudo -n true' 2>&1; echo ${password} | su pw -c 'sudo -k -S -p "" id -un'`,
    );
    expect(sudo.out.split('\n').at(-1)).toBe('root');
    expect(sudo.out).toContain('a password is required');
  });

  it('comes up a second time without changing anything', async () => {
    const started = Date.now();
    const again = await rangeUp({ name: NAME });
    expect(again).toEqual(range);
    expect(Date.now() - started).toBeLessThan(30_000);
  });

  it('keeps port, address and host key over a reboot', async () => {
    const host = first(range);
    await docker.getContainer(host.container).restart({ t: 20 });
    for (let i = 0; i < 100 && ssh(host, 'root', 'systemctl is-active docker').out !== 'active'; i++)
      await sleep(300);
    expect(ssh(host, 'root', 'hostname -I').out.split(' ')).toContain(host.address);
  });

  it('starts a host that was stopped, and adds hosts', async () => {
    await docker.getContainer(first(range).container).stop({ t: 20 });
    expect((await rangeStatus(NAME))?.hosts.map((host) => host.running)).toEqual([false, true]);
    range = await rangeUp({ name: NAME, hosts: 3 });
    expect(range.hosts.map((host) => host.running)).toEqual([true, true, true]);
    expect(rangeTopology(NAME)).toContain(range.hosts[2]?.address);
  });

  it('runs the Consul that it is given, and names it by what it says of itself', async () => {
    const { program, layers } = await consulFiles();
    const saved = join(given, 'saved.tar');
    const name = 'mirror.example/hashicorp/consul:1.8.7-saved';
    const config = {
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['agent', '-dev'],
      Volumes: { '/consul/data': {} },
    };
    await writeImageArchive(saved, [{ reference: name, layers, architecture: ARCHITECTURE, config }]);
    range = await rangeUp({ name: NAME, consul: [saved, program] });
    expect(range.images.slice(0, 2)).toEqual([name, 'hashicorp/consul:1.8.7']);
    expect(rangeTopology(NAME)).toContain(`image: ${name}\n`);
    for (const host of range.hosts) {
      const look = `docker image inspect -f '{{len .RootFS.Layers}} {{index .Config.Entrypoint 0}}'`;
      // The program is a layer of its own, on top of those of the range's image.
      expect(ssh(host, 'root', `${look} ${name} hashicorp/consul:1.8.7`).out).toBe(
        '2 docker-entrypoint.sh\n3 docker-entrypoint.sh',
      );
      for (const image of range.images.slice(0, 2))
        expect(ssh(host, 'root', `docker run --rm --net none ${image} version`).out).toContain(
          'Consul v1.8.7',
        );
    }
    // It is kept without being given again, and goes when the range is given none.
    expect((await rangeUp({ name: NAME })).images).toEqual(range.images);
    range = await rangeUp({ name: NAME, consul: [] });
    expect(range.images).not.toContain(name);
  });

  it('pulls the Consul of a registry, and names it by its full version', async () => {
    const { layers } = await consulFiles();
    const { server, at } = await tinyRegistry(layers, ARCHITECTURE);
    // Where the whole run is told to do without one.
    const registry = process.env['RAFTYARD_RANGE_REGISTRY'];
    delete process.env['RAFTYARD_RANGE_REGISTRY'];
    try {
      const reference = `${at}/hashicorp/consul:latest`;
      const { images } = await rangeUp({ name: NAME, consulImages: [reference] });
      expect(images[0]).toBe(`${at}/hashicorp/consul:1.8.7`);
      for (const host of range.hosts)
        expect(ssh(host, 'root', `docker run --rm --net none ${images[0]} version`).out).toContain(
          'Consul v',
        );
      // This computer's engine has nothing of it.
      const kept = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
      expect(kept.filter((name) => name.startsWith(at))).toEqual([]);
      const none = rangeUp({ name: NAME, consulImages: ['127.0.0.1:9/hashicorp/consul:1.21.4'] });
      await expect(none).rejects.toMatchObject({ code: 'image-unavailable' });
    } finally {
      if (registry !== undefined) process.env['RAFTYARD_RANGE_REGISTRY'] = registry;
      server.close();
      server.closeAllConnections();
      range = await rangeUp({ name: NAME, consul: [] });
    }
  });

  it('refuses what is no Consul before a host is touched', async () => {
    const { program } = await consulFiles();
    const cut = join(given, 'cut');
    copyFileSync(program, cut);
    truncateSync(cut, 1_000_000);
    const before = await Promise.all(
      range.hosts.map(async (host) => (await docker.getContainer(host.container).inspect()).State.StartedAt),
    );
    // Any program of this computer: it runs, and says something else.
    for (const [file, words] of [
      [cut, 'is cut short'],
      ['/etc/hostname', 'neither a program'],
      [process.execPath, 'is not Consul'],
    ] as const)
      await expect(rangeUp({ name: NAME, hosts: 4, consul: [file] })).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining(words),
      });
    expect(await rangeStatus(NAME)).toEqual(range);
    const after = await Promise.all(
      range.hosts.map(async (host) => (await docker.getContainer(host.container).inspect()).State.StartedAt),
    );
    expect(after).toEqual(before);
    expect((await labelled()).containers).toBe(3);
  });

  it('tells its progress and can be cancelled', async () => {
    const cancel = new AbortController();
    const titles: string[] = [];
    const work = rangeUp({
      name: NAME,
      signal: cancel.signal,
      onProgress: ({ title }) => {
        titles.push(title);
        if (title === 'Network') cancel.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(titles[0]).toBe('Docker Engine');
  });

  it('never takes a container that it did not make', async () => {
    const name = 'raftyard-range-foreign-docker01';
    const { Image } = await docker.getContainer(first(range).container).inspect();
    const foreign = await docker.createContainer({ name, Image, HostConfig: { NetworkMode: 'none' } });
    try {
      await expect(rangeUp({ name: 'range-foreign', hosts: 1 })).rejects.toMatchObject({ code: 'conflict' });
      await rangeDown('range-foreign', { engine: false });
      expect((await foreign.inspect()).Name).toBe(`/${name}`);
    } finally {
      await foreign.remove({ force: true });
      await rangeDown('range-foreign', { engine: false });
    }
  });

  it('leaves nothing behind when it goes down', async () => {
    expect(await labelled()).toEqual({ containers: 3, networks: 1, volumes: 3 });
    const prefix = first(range).address.split('.').slice(0, 3).join('.');
    const interfaces = () =>
      Object.values(networkInterfaces()).some((list) =>
        list?.some((entry) => entry.address.startsWith(`${prefix}.`)),
      );
    expect(interfaces()).toBe(true);
    expect(await rangeDown(NAME, { engine: false })).toBe(true);
    expect(await labelled()).toEqual({ containers: 0, networks: 0, volumes: 0 });
    expect(interfaces()).toBe(false);
    expect(existsSync(rangePath(NAME))).toBe(false);
    expect(await rangeStatus(NAME)).toBeNull();
    expect(await rangeDown(NAME, { engine: false })).toBe(false);
    const still = await rangeStatus(shared.name);
    expect(still?.hosts.every((host) => host.running)).toBe(true);
  });
});
