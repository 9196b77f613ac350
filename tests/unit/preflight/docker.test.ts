/** What an engine says of an image, with an engine that is made up. */
import type Docker from 'dockerode';
import { describe, expect, it } from 'vitest';
import { dockerFacts, Engine } from '../../../src/main/cluster/preflight/docker.js';
import type { Registry } from '../../../src/main/cluster/registry.js';
import type { HostConnection } from '../../../src/main/host/types.js';
import { desiredNodes } from '../../../src/shared/desired/index.js';
import { threeServers } from '../plan/fixture.js';

interface Made {
  readonly options: Docker.ContainerCreateOptions;
  removed?: unknown;
}

function engine(config: object, program: string | Error, made: Made[] = []): Docker {
  return {
    version: async () => ({ Version: '26.1.0', ApiVersion: '1.45', Components: [] }),
    info: async () => ({ SecurityOptions: [], DockerRootDir: '/var/lib/docker', Driver: 'overlay2' }),
    listContainers: async () => [],
    getImage: () => ({ inspect: async () => ({ Id: 'sha256:1', RepoDigests: [], Config: config }) }),
    getVolume: () => ({
      inspect: async () => Promise.reject(Object.assign(new Error(), { statusCode: 404 })),
    }),
    createContainer: async (options: Docker.ContainerCreateOptions) => {
      const entry: Made = { options };
      made.push(entry);
      return {
        start: async () => (program instanceof Error ? Promise.reject(program) : undefined),
        wait: async () => ({ StatusCode: 0 }),
        logs: async () => Buffer.from(String(program)),
        remove: async (how: unknown) => {
          entry.removed = how;
        },
      };
    },
  } as unknown as Docker;
}

const look = async (image: string, docker: Docker) => {
  const nodes = desiredNodes(threeServers({ image })).slice(0, 1);
  const answer = await dockerFacts(
    { host: { name: 'docker01' } } as Pick<HostConnection, 'host'>,
    Promise.resolve(new Engine(docker)),
    nodes,
    Promise.resolve({ path: '/usr/bin/docker', version: '' }),
    {} as Registry,
  );
  return answer.image;
};

describe('the version of an image', () => {
  it('is what its environment says; no program is run', async () => {
    const made: Made[] = [];
    const env = {
      Env: ['PRODUCT_NAME=consul', 'PRODUCT_VERSION=1.21.4'],
      Entrypoint: ['docker-entrypoint.sh'],
    };
    const found = await look('registry.example/consul:prod', engine(env, '', made));
    expect(found).toMatchObject({ consulVersion: '1.21.4', official: true });
    expect(made).toEqual([]);
  });

  it('is asked of the program where neither configuration nor tag has one, and nothing of it stays', async () => {
    const made: Made[] = [];
    const found = await look('registry.example/consul:prod', engine({}, 'Consul v1.18.2\r\n', made));
    expect(found?.consulVersion).toBe('1.18.2');
    expect(made).toHaveLength(1);
    expect(made[0]?.options.HostConfig).toMatchObject({ NetworkMode: 'none', ReadonlyRootfs: true });
    expect(made[0]?.removed).toEqual({ force: true, v: true });
  });

  it('is not known where the program does not run, and the container goes all the same', async () => {
    const made: Made[] = [];
    const found = await look('registry.example/consul:prod', engine({}, new Error('no such file'), made));
    expect(found).not.toHaveProperty('consulVersion');
    expect(found?.present).toBe(true);
    expect(made[0]?.removed).toBeDefined();
  });

  it('is left to the tag where that has one: it is no word of the image', async () => {
    const made: Made[] = [];
    const found = await look('registry.example/consul:1.21.4', engine({}, 'Consul v1.0.0', made));
    expect(found).not.toHaveProperty('consulVersion');
    expect(made).toEqual([]);
  });
});
