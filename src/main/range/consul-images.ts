import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { type ImageSpec, writeImageArchive } from './archive.js';
import { type BuildOptions, dropOthers, follow, hasImage, recipeDigest, registryHas } from './images.js';
import { withLock } from './lock.js';
import { debianMirror } from './mirror.js';
import { ensurePrograms, IMAGE_NEEDS } from './packages.js';
import { assetPath, cachePath } from './paths.js';
import { runOrThrow } from './process.js';

const CONSUL_ASSETS = [
  'build.sh',
  'docker-entrypoint.sh',
  'progrium-start.sh',
  'progrium-config.json',
  'progrium-haproxy.cfg',
  'haproxy-503.http',
];
const CONSUL_SUITE = 'bullseye';
/** What Debian's bullseye has; the image's name says it. */
export const DEBIAN_CONSUL_VERSION = '1.8.7';
export const DEBIAN_CONSUL = `hashicorp/consul:${DEBIAN_CONSUL_VERSION}`;
export const PROGRIUM_CONSUL = 'progrium/consul:latest';

export interface ConsulArchive {
  readonly file: string;
  readonly references: readonly string[];
}

/**
 * An archive with the Consul images that are side-loaded into every host, built from Debian's package.
 * @throws RaftyardError blocked, command-failed
 */
export async function ensureConsulArchive(options: BuildOptions): Promise<ConsulArchive> {
  const digest = await recipeDigest('consul', CONSUL_ASSETS, `${CONSUL_SUITE} 1`);
  const file = join(cachePath(), `consul-${digest}.tar`);
  const archive = { file, references: [DEBIAN_CONSUL, PROGRIUM_CONSUL] };
  if (existsSync(file)) return archive;
  await mkdir(cachePath(), { recursive: true });
  await withLock(
    join(cachePath(), 'consul-image.lock'),
    async () => {
      if (existsSync(file)) return;
      const work = `${file}.work`;
      await rm(work, { recursive: true, force: true });
      await mkdir(join(work, 'layers'), { recursive: true });
      try {
        await makeConsul(work, file, options);
        await dropOthers('consul-', `consul-${digest}`);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
    { signal: options.signal },
  );
  return archive;
}

async function makeConsul(work: string, file: string, options: BuildOptions): Promise<void> {
  const lines = { signal: options.signal, onLine: options.onDetail };
  await ensurePrograms(IMAGE_NEEDS, 'Building the Consul images', lines);
  const root = join(work, 'root');
  const layers = join(work, 'layers');
  // Unpacked, never installed: no maintainer script runs.
  await runOrThrow(
    'Fetching Debian’s consul package',
    'mmdebstrap',
    [
      '--variant=extract',
      '--include=consul,haproxy,busybox-static',
      CONSUL_SUITE,
      root,
      ...(await debianMirror()),
    ],
    { ...lines, env: { LC_ALL: 'C' } },
  );
  await runOrThrow(
    'Building the Consul images',
    'sh',
    [assetPath('consul', 'build.sh'), root, assetPath('consul'), layers],
    lines,
  );
  await writeImageArchive(file, consulImages(layers));
}

function consulImages(layers: string): ImageSpec[] {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const base = join(layers, 'base.tar');
  const path = 'PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';
  const about = `built from Debian’s consul ${DEBIAN_CONSUL_VERSION} package for practice hosts`;
  return [
    {
      reference: DEBIAN_CONSUL,
      layers: [base, join(layers, 'hashicorp.tar')],
      architecture,
      config: {
        Entrypoint: ['docker-entrypoint.sh'],
        Cmd: ['agent', '-dev', '-client', '0.0.0.0'],
        Env: [path, `CONSUL_VERSION=${DEBIAN_CONSUL_VERSION}`],
        Volumes: { '/consul/data': {} },
        ExposedPorts: Object.fromEntries(
          [
            '8300/tcp',
            '8301/tcp',
            '8301/udp',
            '8302/tcp',
            '8302/udp',
            '8500/tcp',
            '8600/tcp',
            '8600/udp',
          ].map((p) => [p, {}]),
        ),
        Labels: {
          'org.opencontainers.image.title': 'consul',
          'org.opencontainers.image.version': DEBIAN_CONSUL_VERSION,
          'org.opencontainers.image.description': `Consul behind an entrypoint that behaves as hashicorp/consul’s, ${about}`,
        },
      },
    },
    {
      reference: PROGRIUM_CONSUL,
      layers: [base, join(layers, 'progrium.tar')],
      architecture,
      config: {
        Entrypoint: ['/bin/start'],
        Env: [path, 'CONSUL_VERSION=0.5.2', 'SHELL=/bin/sh'],
        Volumes: { '/data': {} },
        ExposedPorts: Object.fromEntries(
          [
            '53/tcp',
            '53/udp',
            '8300/tcp',
            '8301/tcp',
            '8301/udp',
            '8302/tcp',
            '8302/udp',
            '8400/tcp',
            '8500/tcp',
          ].map((p) => [p, {}]),
        ),
        Labels: {
          'org.opencontainers.image.description': `Behaves as progrium/consul (Consul 0.5.2) does, ${about}`,
        },
      },
    },
  ];
}

/** What a registry offers as the current Consul. */
export const CURRENT_CONSUL = 'hashicorp/consul:latest';

/**
 * The current Consul as an archive for the hosts, where a registry is reachable; else null, and the hosts
 * have Debian's build only. Fetched once, then kept in the cache.
 */
export async function currentConsulArchive(
  docker: Docker,
  options: BuildOptions,
): Promise<ConsulArchive | null> {
  const file = join(cachePath(), `current-consul-${process.arch}.tar`);
  const archive = { file, references: [CURRENT_CONSUL] };
  if (existsSync(file)) return archive;
  if (!(await registryHas(docker, CURRENT_CONSUL))) return null;
  await mkdir(cachePath(), { recursive: true });
  return withLock(
    join(cachePath(), 'current-consul.lock'),
    async () => {
      if (existsSync(file)) return archive;
      const before = await hasImage(docker, CURRENT_CONSUL);
      try {
        await follow(docker, await docker.pull(CURRENT_CONSUL), options.onDetail);
        await pipeline(await docker.getImage(CURRENT_CONSUL).get(), createWriteStream(`${file}.part`));
        await rename(`${file}.part`, file);
        return archive;
      } catch {
        return null; // the registry went away: a range does not fail for it
      } finally {
        await rm(`${file}.part`, { force: true });
        // The person's own engine is not ours to fill.
        if (!before)
          await docker
            .getImage(CURRENT_CONSUL)
            .remove()
            .catch(() => undefined);
      }
    },
    { signal: options.signal },
  );
}
