import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type DesiredNode,
  desiredNodes,
  GOSSIP_KEY,
  renderSecrets,
  type SecretFile,
  templateOf,
} from '../../../src/shared/desired/index.js';
import { NOT_SECURED } from '../../../src/shared/topology/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';
import { runs } from '../generated.js';
import { HOSTILE, modernTopology, seedTopology, topologyArbitrary } from './arbitrary.js';
import { FakeDocker, readRun } from './fake-docker.js';

let docker: FakeDocker;
beforeEach(() => {
  docker = new FakeDocker();
});
afterEach(() => {
  docker.remove();
});

const workdir = (): string => join(docker.directory, 'opt', 'consul');

function first(topology: Topology): DesiredNode {
  const [node] = desiredNodes(topology);
  if (node === undefined) throw new Error('no node');
  return node;
}
const script = (node: DesiredNode): string => node.files[0]?.content ?? '';
const verbs = (calls: readonly (readonly string[])[]): string[] =>
  calls.map(([a = '', b = '']) => (['volume', 'image', 'rm'].includes(a) ? `${a} ${b}` : a));

function expectContainer(calls: readonly (readonly string[])[], { container }: DesiredNode): void {
  const argv = calls.find(([verb]) => verb === 'run');
  const { options, image, command } = readRun(argv ?? []);
  expect(image).toBe(container.image);
  expect(command).toEqual(container.command);
  expect(Object.fromEntries(options)).toEqual({
    '-d': [''],
    '--restart': ['always'],
    '-h': [container.hostname],
    '--net': ['host'],
    '--name': [container.name],
    '--label': Object.entries(container.labels).map(([key, value]) => `${key}=${value}`),
    ...(container.mounts.length === 0
      ? {}
      : { '-v': container.mounts.map((m) => `${m.source}:${m.target}${m.readOnly ? ':ro,Z' : ''}`) }),
  });
}

const KEY = 'pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=';

describe('consul-start.sh of a cluster with encrypted gossip', () => {
  const secured = (): DesiredNode =>
    first(modernTopology({ workdir: workdir(), secure: { ...NOT_SECURED, gossip: true } }));
  const file = (): string => join(workdir(), '.secret', 'agent', 'secret.json');

  it('takes the key once, keeps it where only root can enter, and never holds it', () => {
    const node = secured();
    const without = docker.run(script(node));
    expect(without.code).toBe(1);
    expect(without.stderr).toContain('its key is not on this host yet');
    expect(verbs(without.calls)).not.toContain('run');

    const { code, stdout, stderr, calls } = docker.run(script(node), [], { CONSUL_GOSSIP_KEY: KEY });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expectContainer(calls, node);
    expect(JSON.stringify([stdout, calls, script(node)])).not.toContain(KEY);
    expect(statSync(join(workdir(), '.secret')).mode & 0o777).toBe(0o700);
    expect(statSync(file()).mode & 0o777).toBe(0o444);
    expect(readFileSync(file(), 'utf8')).toBe(
      renderSecrets(templateOf(node.secret as SecretFile), { [GOSSIP_KEY]: KEY }),
    );
    // Later it is there.
    const again = docker.run(script(node), [], { FAKE_VOLUME_OWNER: node.clusterId });
    expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('takes it from a file that nobody else can read, and no other text than a key', () => {
    const node = secured();
    const key = join(docker.directory, 'gossip.key');
    writeFileSync(key, `${KEY}\n`, { mode: 0o644 });
    const open = docker.run(script(node), [], { CONSUL_GOSSIP_KEY_FILE: key });
    expect(open.code).toBe(1);
    expect(open.stderr).toContain('chmod 600');
    writeFileSync(key, '"; evil: "\n');
    chmodSync(key, 0o600);
    expect(docker.run(script(node), [], { CONSUL_GOSSIP_KEY_FILE: key }).code).toBe(1);
    expect(existsSync(file())).toBe(false);
    writeFileSync(key, `${KEY}\n`);
    expect(docker.run(script(node), [], { CONSUL_GOSSIP_KEY_FILE: key }).code).toBe(0);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({
      encrypt: KEY,
      encrypt_verify_outgoing: true,
      encrypt_verify_incoming: true,
    });
  });
});

/** A folder as `raftyard secrets certificates` writes it. */
function certificates(mode = 0o600): string {
  const folder = join(docker.directory, `tls-${mode.toString(8)}`);
  if (!existsSync(folder)) mkdirSync(folder);
  for (const name of ['ca.pem', 'agent.pem', 'agent-key.pem'])
    if (!existsSync(join(folder, name))) writeFileSync(join(folder, name), `${name}, really\n`, { mode });
  return folder;
}

describe('consul-start.sh of a cluster with TLS', () => {
  it('copies the certificates once to where only root can enter, and refuses a key that others can read', () => {
    const node = first(modernTopology({ workdir: workdir(), secure: { ...NOT_SECURED, tls: true } }));
    const without = docker.run(script(node));
    expect(without.code).toBe(1);
    expect(without.stderr).toContain('CONSUL_TLS_DIR');
    const open = docker.run(script(node), [], { CONSUL_TLS_DIR: certificates(0o644) });
    expect(open.code).toBe(1);
    expect(open.stderr).toContain('chmod 600');
    expect(verbs([...without.calls, ...open.calls])).not.toContain('run');
    const run = docker.run(script(node), [], { CONSUL_TLS_DIR: certificates() });
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
    expectContainer(run.calls, node);
    expect(statSync(join(workdir(), '.secret')).mode & 0o777).toBe(0o700);
    const there = (name: string) => readFileSync(join(workdir(), '.secret', 'agent', name), 'utf8');
    for (const name of ['ca.pem', 'agent.pem', 'agent-key.pem'])
      expect(there(name)).toBe(`${name}, really\n`);
    expect(there('secret.json')).toBe(templateOf(node.secret as SecretFile));
    const again = docker.run(script(node), [], { FAKE_VOLUME_OWNER: node.clusterId });
    expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('consul-start.sh', () => {
  it('makes the container, the volume and the configuration, saying so', () => {
    const node = first(modernTopology({ workdir: workdir() }));
    const { code, stdout, stderr, calls } = docker.run(script(node));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(verbs(calls)).toEqual([
      'version',
      'ps',
      'volume inspect',
      'volume create',
      'image inspect',
      'run',
    ]);
    expect(calls[3]).toEqual([
      'volume',
      'create',
      '--label',
      `raftyard.cluster=${node.clusterId}`,
      '--label',
      'raftyard.node=node1',
      'raftyard-1c6ea0ff-node1',
    ]);
    expectContainer(calls, node);
    const file = join(workdir(), 'config', 'raftyard.json');
    expect(readFileSync(file, 'utf8')).toBe(node.files[1]?.content);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(statSync(join(workdir(), 'config')).mode & 0o777).toBe(0o755);
    expect(stdout).toContain('Starting consul01: server node1 of docker consul集群');
  });

  it('can be run again: replaces its own container, keeps volume and unchanged file', () => {
    const node = first(modernTopology({ workdir: workdir() }));
    docker.run(script(node));
    const file = join(workdir(), 'config', 'raftyard.json');
    const { mtimeMs } = statSync(file);
    const again = docker.run(script(node), [], {
      FAKE_EXISTING: 'abc123',
      FAKE_OWNER: node.clusterId,
      FAKE_VOLUME_OWNER: node.clusterId,
    });
    expect(again.code).toBe(0);
    expect(verbs(again.calls)).toEqual([
      'version',
      'ps',
      'inspect',
      'volume inspect',
      'image inspect',
      'rm -f',
      'run',
    ]);
    expect(again.calls.find(([verb]) => verb === 'rm')).toEqual(['rm', '-f', 'abc123']);
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
  });

  it('repairs an edited configuration file and its mode', () => {
    const node = first(modernTopology({ workdir: workdir() }));
    mkdirSync(join(workdir(), 'config'), { recursive: true, mode: 0o700 });
    writeFileSync(join(workdir(), 'config', 'raftyard.json'), '{}', { mode: 0o600 });
    expect(docker.run(script(node)).code).toBe(0);
    const file = join(workdir(), 'config', 'raftyard.json');
    expect(readFileSync(file, 'utf8')).toBe(node.files[1]?.content);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(statSync(join(workdir(), 'config')).mode & 0o777).toBe(0o755);
  });

  it('stops at a container that is not of this cluster, and replaces it only when told to', () => {
    const node = first(seedTopology());
    for (const owner of ['', '<no value>', 'another-cluster']) {
      const env = { FAKE_EXISTING: 'abc123', FAKE_OWNER: owner };
      const stopped = docker.run(script(node), [], env);
      expect(stopped.code).toBe(1);
      expect(stopped.stderr).toContain('A container named consul01 is there already');
      expect(verbs(stopped.calls)).toEqual(['version', 'ps', 'inspect']);
      const replaced = docker.run(script(node), ['--replace'], env);
      expect(replaced.code).toBe(0);
      expect(verbs(replaced.calls)).toEqual(['version', 'ps', 'inspect', 'image inspect', 'rm -f', 'run']);
    }
  });

  it('asks for exactly its own name', () => {
    const [datacenter] = seedTopology().datacenters;
    const nodes = (datacenter?.nodes ?? []).map((node) => ({ ...node, container: `my.${node.container}` }));
    const { calls } = docker.run(script(first(seedTopology({ datacenters: [{ name: 'dc1', nodes }] }))));
    expect(calls[1]).toEqual(['ps', '-aq', '--no-trunc', '--filter', 'name=^/?my[.]consul01$']);
  });

  it('never uses a volume of someone else, not even with --replace', () => {
    const node = first(modernTopology({ workdir: workdir() }));
    const run = docker.run(script(node), ['--replace'], { FAKE_VOLUME_OWNER: 'someone' });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('A volume named raftyard-1c6ea0ff-node1 is there already');
    expect(verbs(run.calls)).not.toContain('run');
  });

  it('leaves what runs alone when the image does not come', () => {
    const node = first(seedTopology());
    const run = docker.run(script(node), [], {
      FAKE_EXISTING: 'abc123',
      FAKE_OWNER: node.clusterId,
      FAKE_NO_IMAGE: 'yes',
      FAKE_NO_PULL: 'yes',
    });
    expect(run.code).not.toBe(0);
    expect(run.calls.at(-1)).toEqual(['pull', 'progrium/consul']);
  });

  it('stops with a clear message without Docker', () => {
    const none = docker.run(script(first(seedTopology())), [], { PATH: join(docker.directory, 'nowhere') });
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('Docker is not installed on this host');
    const down = docker.run(script(first(seedTopology())), [], { FAKE_DOWN: 'yes' });
    expect(down.code).toBe(1);
    expect(down.stderr).toMatch(/Docker does not answer.*Cannot connect/s);
    expect(verbs(down.calls)).toEqual(['version']);
  });

  it('explains itself, and refuses what it does not know', () => {
    const content = script(first(seedTopology()));
    expect(docker.run(content, ['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('usage'),
    });
    expect(docker.run(content, ['--force'])).toMatchObject({ code: 64, calls: [] });
  });

  it('carries hostile values to Docker unchanged, and runs none of them', () => {
    const marker = join(docker.directory, 'pwned');
    const values = [
      ...HOSTILE,
      `$(touch ${marker})`,
      `\`touch ${marker}\``,
      `'; touch ${marker}; '`,
      `\n touch ${marker}\n`,
    ];
    const node = first(
      modernTopology({
        name: values.join(' '),
        agentOptions: values.map((value) => `-log-file=${value}`),
        workdir: join(workdir(), `$(touch ${marker.replaceAll('/', '_')}) 'x' "y"`),
      }),
    );
    const run = docker.run(script(node));
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
    expectContainer(run.calls, node);
    expect(existsSync(marker)).toBe(false);
  });

  it('keeps even names that validation refuses out of the shell', () => {
    const marker = join(docker.directory, 'pwned');
    const evil = `x\ntouch ${marker}\n$(touch ${marker})'`;
    const topology = seedTopology({ id: evil, image: evil });
    const nodes = (topology.datacenters[0]?.nodes ?? []).map((node) => ({
      ...node,
      name: evil,
      container: evil,
    }));
    const node = first({ ...topology, datacenters: [{ name: evil, nodes }] });
    const run = docker.run(script(node));
    expect(run.code).toBe(0);
    expectContainer(run.calls, node);
    expect(existsSync(marker)).toBe(false);
  });

  it('asks Docker for the desired container of any topology', () => {
    fc.assert(
      fc.property(topologyArbitrary, (topology) => {
        const node = first({ ...topology, workdir: join(workdir(), topology.workdir) });
        const run = docker.run(script(node), [], { CONSUL_GOSSIP_KEY: KEY, CONSUL_TLS_DIR: certificates() });
        expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
        expectContainer(run.calls, node);
      }),
      { numRuns: runs(0.2) },
    );
  });
});
