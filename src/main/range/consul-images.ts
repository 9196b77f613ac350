import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImageSpec, writeImageArchive } from './archive.js';
import { ARCHITECTURE } from './given-files.js';
import { type BuildOptions, dropOthers, recipeDigest } from './images.js';
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

const PATH = 'PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

const exposed = (...ports: string[]) => ({
  ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
});

/**
 * An image that behaves as hashicorp/consul does: the range's entrypoint in front of a Consul.
 * @param version as `consul version` says it
 * @param layers files, lowest first
 */
export function hashicorpImage(
  reference: string,
  version: string,
  layers: readonly string[],
  about: string,
): ImageSpec {
  return {
    reference,
    layers,
    architecture: ARCHITECTURE,
    config: {
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['agent', '-dev', '-client', '0.0.0.0'],
      Env: [PATH, `CONSUL_VERSION=${version}`],
      Volumes: { '/consul/data': {} },
      ...exposed(
        '8300/tcp',
        '8301/tcp',
        '8301/udp',
        '8302/tcp',
        '8302/udp',
        '8500/tcp',
        '8600/tcp',
        '8600/udp',
      ),
      Labels: {
        'org.opencontainers.image.title': 'consul',
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.description': `Consul behind an entrypoint that behaves as hashicorp/consul’s, ${about}`,
      },
    },
  };
}

function consulImages(layers: string): ImageSpec[] {
  const base = join(layers, 'base.tar');
  const about = `built from Debian’s consul ${DEBIAN_CONSUL_VERSION} package for practice hosts`;
  return [
    hashicorpImage(DEBIAN_CONSUL, DEBIAN_CONSUL_VERSION, [base, join(layers, 'hashicorp.tar')], about),
    {
      reference: PROGRIUM_CONSUL,
      layers: [base, join(layers, 'progrium.tar')],
      architecture: ARCHITECTURE,
      config: {
        Entrypoint: ['/bin/start'],
        Env: [PATH, 'CONSUL_VERSION=0.5.2', 'SHELL=/bin/sh'],
        Volumes: { '/data': {} },
        ...exposed(
          '53/tcp',
          '53/udp',
          '8300/tcp',
          '8301/tcp',
          '8301/udp',
          '8302/tcp',
          '8302/udp',
          '8400/tcp',
          '8500/tcp',
        ),
        Labels: {
          'org.opencontainers.image.description': `Behaves as progrium/consul (Consul 0.5.2) does, ${about}`,
        },
      },
    },
  ];
}
