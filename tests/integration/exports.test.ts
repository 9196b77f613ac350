/** What is exported for other tools makes what apply makes: each is run as its reader would. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ExportFormat, exportTopology } from '../../src/shared/export/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { containerIds, containersOf } from './inspect.js';
import {
  applyTo,
  bareHosts,
  onHost,
  planFor,
  range,
  rangeDocument,
  rootScript,
  statusOf,
  until,
} from './support.js';

const HASHICORP = range.images.find((name) => name.startsWith('hashicorp/consul')) ?? '';
const PROGRIUM = range.images.find((name) => name.startsWith('progrium/consul')) ?? '';

/** Something in it for every program on the way: Jinja, Compose, a shell. An option that 0.5.2 knows, too. */
const HOSTILE = `-pid-file=/tmp/{{ 7 * 7 }} $HOME $$ it's.pid`;

const folder = mkdtempSync(join(tmpdir(), 'raftyard-exports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Runs a program on this computer; a program that is not there is an error of its own. */
async function run(
  program: string,
  argv: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  return await new Promise((resolve, reject) => {
    execFile(
      program,
      [...argv],
      { ...options, env: { ...process.env, ...options.env }, maxBuffer: 32e6 },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
      },
    );
  });
}

/** Writes an export into a folder of its own, as the command line does. */
function written(topology: Topology, format: ExportFormat): string {
  const directory = mkdtempSync(join(folder, `${format}-`));
  for (const { path, content, mode } of exportTopology(topology, format)) {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content, { mode });
  }
  return directory;
}

/** The blocks of commands of a host's README, in order. */
function commandsOf(topology: Topology, format: ExportFormat, host: string): string[] {
  const readme = exportTopology(topology, format).find(({ path }) => path === `${host}/README.md`);
  return [...(readme?.content ?? '').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => text ?? '');
}

/** A host's folder of the export, on the host. */
async function upload(topology: Topology, format: ExportFormat, host: string, to: string): Promise<void> {
  const files = exportTopology(topology, format).filter(({ path }) => path.startsWith(`${host}/`));
  await onHost(topology, host, async (connection) => {
    for (const { path, content, mode } of files) {
      const target = join(to, path.slice(host.length + 1));
      await connection.exec(['mkdir', '-p', dirname(target)], { root: true });
      await connection.writeFile(target, content, mode);
    }
  });
}

async function document(change: Partial<Topology>, user: 'root' | 'op' = 'root'): Promise<Topology> {
  return await rangeDocument({ image: HASHICORP, agentOptions: [HOSTILE], ...change }, user);
}

const healthy = (topology: Topology): Promise<void> =>
  until('a healthy cluster', 90_000, async () => (await statusOf(topology)).healthy);

/**
 * A Docker that was started without firewalld does not hear of its start, which flushes Docker's rules: before they are
 * there again, a host is not bare.
 */
async function dockerSettled(topology: Topology): Promise<void> {
  const rules = 'iptables -t nat -S DOCKER && iptables -S DOCKER-USER && docker version';
  await Promise.all(
    topology.hosts.map(async ({ name }) => {
      await rootScript(topology, name, `{ ${rules}; } >/dev/null 2>&1 || systemctl restart docker`);
      await until(`Docker on ${name}`, 20_000, async () => (await rootScript(topology, name, rules)) !== '');
    }),
  );
}

async function sameAsApply(topology: Topology): Promise<void> {
  const exported = await containersOf(topology);
  await bareHosts(topology);
  await dockerSettled(topology);
  const { summary } = await applyTo(topology);
  expect(summary.failed).toEqual([]);
  expect(exported).toEqual(await containersOf(topology));
}

let used: Topology | undefined;
afterEach(async () => {
  if (used !== undefined) await bareHosts(used);
  used = undefined;
});
/** Bare hosts before and after. */
async function using(topology: Topology): Promise<Topology> {
  used = topology;
  await bareHosts(topology);
  await dockerSettled(topology);
  return topology;
}

const COMPOSE_MISSING =
  'Docker Compose is needed: apt-get install docker-compose, or the plugin of the Docker command line';

/** Compose on this computer, against the engine of a range host through ssh. */
class RemoteEngine {
  readonly #socket: string;
  readonly #ssh: ReturnType<typeof spawn>;

  constructor(host: (typeof range.hosts)[number]) {
    const place = mkdtempSync(join(folder, 'ssh-'));
    const known = join(place, 'known_hosts');
    writeFileSync(known, `[127.0.0.1]:${host.sshPort} ${host.hostKey}\n`);
    this.#socket = join(place, 'docker.sock');
    const options = [`UserKnownHostsFile=${known}`, 'BatchMode=yes', 'ExitOnForwardFailure=yes'];
    this.#ssh = spawn(
      'ssh',
      [
        ...options.flatMap((option) => ['-o', option]),
        ...['-i', range.identity, '-p', String(host.sshPort), '-N'],
        ...['-L', `${this.#socket}:/var/run/docker.sock`, 'root@127.0.0.1'],
      ],
      { stdio: 'ignore' },
    );
  }

  async compose(cwd: string, ...argv: string[]): Promise<string> {
    await until('a way to the engine', 20_000, () => Promise.resolve(existsSync(this.#socket)));
    const env = { DOCKER_HOST: `unix://${this.#socket}`, COMPOSE_HTTP_TIMEOUT: '120' };
    const plugin = await run('docker', ['compose', 'version']).catch(() => ({ code: 1 }));
    const { code, output } = await (plugin.code === 0
      ? run('docker', ['compose', ...argv], { cwd, env })
      : run('docker-compose', argv, { cwd, env })
    ).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new Error(COMPOSE_MISSING) : error;
    });
    if (code !== 0) throw new Error(`compose ${argv.join(' ')}: ${output}`);
    return output;
  }

  async close(): Promise<void> {
    if (this.#ssh.exitCode !== null) return;
    const closed = once(this.#ssh, 'close');
    this.#ssh.kill();
    await closed;
  }
}

describe('compose', () => {
  let engines: { readonly name: string; readonly engine: RemoteEngine }[] = [];
  beforeAll(() => {
    engines = range.hosts.map((host) => ({ name: host.name, engine: new RemoteEngine(host) }));
  });
  afterAll(async () => {
    await Promise.all(engines.map(({ engine }) => engine.close()));
  });

  const up = async (topology: Topology, directory: string): Promise<void> => {
    await Promise.all(
      topology.hosts.map(async ({ name }) => {
        const engine = engines.find((entry) => entry.name === name)?.engine;
        if (engine === undefined) throw new Error(`no engine of ${name}`);
        await engine.compose(join(directory, name), 'up', '-d');
      }),
    );
  };

  it.each([
    ['robust', 'open', 'volume', () => HASHICORP],
    ['classic', 'disable', 'anonymous', () => PROGRIUM],
  ] as const)('makes the cluster of apply: %s, firewall %s', async (bootstrap, firewall, data, image) => {
    const topology = await using(await document({ bootstrap, firewall, data, image: image() }));
    for (const { name } of topology.hosts) {
      await upload(topology, 'compose', name, '/root/exported');
      const [start = '', ...rest] = commandsOf(topology, 'compose', name);
      // All that the README says, but for the last line: Compose itself runs on this computer.
      expect(start).toMatch(/\ndocker compose up -d .*\n$/);
      const prepare = start.replace(/docker compose up -d .*\n$/, '');
      await rootScript(topology, name, `set -e\ncd /root/exported\n${prepare}`);
      await rootScript(topology, name, `${rest[0] ?? ''}rm -rf /root/exported`);
    }
    // As the tutorial says after `systemctl stop firewalld`: what Docker lost, its next start makes again.
    if (firewall === 'disable') {
      await Promise.all(
        topology.hosts.map(({ name }) => rootScript(topology, name, 'systemctl restart docker')),
      );
    }
    const directory = written(topology, 'compose');
    await up(topology, directory);
    await healthy(topology);

    const before = await containerIds(topology);
    await up(topology, directory);
    expect(await containerIds(topology)).toEqual(before);

    const { steps } = await planFor(topology);
    expect(steps.filter(({ action }) => action.kind.startsWith('container-'))).toEqual([]);
    await sameAsApply(topology);
  });
});

interface Recap {
  readonly changed: number;
  readonly failed: number;
}

describe('ansible', () => {
  let directory: string;

  const play = async (...argv: string[]): Promise<Ran & { recap: Record<string, Recap> }> => {
    const ran = await run('ansible-playbook', ['-i', 'inventory.yaml', 'playbook.yaml', ...argv], {
      cwd: directory,
      env: { LC_ALL: 'C.UTF-8', ANSIBLE_HOME: join(folder, 'ansible'), ANSIBLE_NOCOLOR: '1' },
    });
    const lines = ran.output.matchAll(/^(\S+) +: ok=\d+ +changed=(\d+) +unreachable=\d+ +failed=(\d+)/gm);
    return {
      ...ran,
      recap: Object.fromEntries(
        [...lines].map(([, host = '', changed, failed]) => [
          host,
          { changed: Number(changed), failed: Number(failed) },
        ]),
      ),
    };
  };
  const nothing = {
    docker01: { changed: 0, failed: 0 },
    docker02: { changed: 0, failed: 0 },
    docker03: { changed: 0, failed: 0 },
  };

  it('makes the cluster of apply, by sudo and past firewalld; a second run changes nothing', async () => {
    const topology = await using(await document({}, 'op'));
    directory = written(topology, 'ansible');
    const checked = await play('--check');
    expect(checked, checked.output).toMatchObject({ code: 0 });
    const bare = 'docker ps -aq; ls -A /opt; firewall-cmd --list-rich-rules | grep ^rule || true';
    for (const { name } of topology.hosts) expect(await rootScript(topology, name, bare)).toBe('');

    const first = await play();
    expect(first, first.output).toMatchObject({ code: 0 });
    for (const { name } of topology.hosts) {
      expect(first.recap[name]?.changed).toBeGreaterThan(0);
      expect(await rootScript(topology, name, 'firewall-cmd --state 2>&1')).toBe('running');
    }
    // The playbook itself has waited for it: now, not soon.
    const cluster = await statusOf(topology);
    expect(cluster.healthy).toBe(true);

    const second = await play();
    expect(second.recap, second.output).toEqual(nothing);

    const before = await containerIds(topology);
    await rootScript(topology, 'docker02', 'docker stop consul02');
    const third = await play();
    expect(third.recap, third.output).toEqual({ ...nothing, docker02: { changed: 1, failed: 0 } });
    expect(await containerIds(topology)).toEqual(before);
    await sameAsApply(topology);
    // And the other way about: what apply made needs nothing more.
    expect((await play()).recap).toEqual(nothing);
  }, 400_000);

  it('makes the tutorial’s cluster with its firewall off, and leaves Docker’s own rules', async () => {
    const topology = await using(
      await document({ bootstrap: 'classic', firewall: 'disable', data: 'anonymous', image: PROGRIUM }),
    );
    directory = written(topology, 'ansible');
    const first = await play();
    expect(first, first.output).toMatchObject({ code: 0 });
    for (const { name } of topology.hosts) {
      expect(await rootScript(topology, name, 'systemctl is-active firewalld || true')).toBe('inactive');
      await rootScript(topology, name, 'iptables -t nat -n -L DOCKER');
    }
    expect((await statusOf(topology)).healthy).toBe(true);
    expect((await play()).recap).toEqual(nothing);
    await sameAsApply(topology);
  }, 400_000);

  it('replaces an outdated container one host at a time', async () => {
    const topology = await using(await document({}));
    await applyTo(topology);
    const before = await containerIds(topology);
    const changed = { ...topology, agentOptions: ['-log-level=debug'] };
    directory = written(changed, 'ansible');
    const ran = await play();
    expect(ran, ran.output).toMatchObject({ code: 0 });
    const after = await containerIds(topology);
    for (const id of before) expect(after).not.toContain(id);
    expect((await statusOf(changed)).healthy).toBe(true);
    expect((await play()).recap).toEqual(nothing);
  }, 400_000);

  it('says why an agent does not come up', async () => {
    const topology = await using(await document({ agentOptions: ['-unheard-of={{ 7 * 7 }}'] }));
    directory = written(topology, 'ansible');
    const yaml = join(directory, 'playbook.yaml');
    writeFileSync(yaml, readFileSync(yaml, 'utf8').replaceAll('retries: 120', 'retries: 1'));
    const ran = await play();
    expect(ran.code).not.toBe(0);
    expect(ran.output).toMatch(/Its last words: .*unheard-of/);
  }, 200_000);

  it('stops at a foreign container, before anything is changed', async () => {
    const topology = await using(await document({}));
    await rootScript(topology, 'docker02', `docker create --name consul02 '${HASHICORP}'`);
    directory = written(topology, 'ansible');
    const ran = await play();
    expect(ran.code).not.toBe(0);
    expect(ran.output).toContain('A container named consul02 is there already and is not of this cluster');
    expect(Object.values(ran.recap).map(({ changed }) => changed)).toEqual([0, 0, 0]);
    expect(await rootScript(topology, 'docker01', 'docker ps -aq')).toBe('');
  }, 200_000);
});

const SELF = 'curl -fsS http://127.0.0.1:8500/v1/agent/self';

/** The whole configuration that an agent runs with. */
async function settingsOf(topology: Topology, host: string): Promise<Record<string, unknown>> {
  const { DebugConfig } = JSON.parse(await rootScript(topology, host, SELF)) as {
    DebugConfig: Record<string, unknown>;
  };
  return DebugConfig;
}

function differences(a: Record<string, unknown>, b: Record<string, unknown>): string[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key])).sort();
}

/** Options of every kind: a wrong key, or one that is no key, shows in what the agent runs with. */
const OPTIONS = [
  HOSTILE,
  '-node-meta=a:b:c',
  '-node-meta=d:{{ e }}',
  '-recursor=192.0.2.1',
  '-recursor=192.0.2.2',
  '-domain=example',
  '-alt-domain=other',
  '-dns-port=8653',
  '-grpc-port=8502',
  '-log-level=warn',
  '-log-level=debug',
  '-log-json',
  '-log-file=/tmp/consul.log',
  '-log-rotate-bytes=1000000',
  '-log-rotate-duration=12h',
  '-log-rotate-max-files=3',
  '-rejoin',
  '-raft-protocol=3',
  '-protocol=2',
  '-disable-host-node-id',
  '-disable-keyring-file',
  '-enable-script-checks',
  '-enable-local-script-checks=true',
  '-default-query-time=100s',
  '-max-query-time=200s',
  '-allow-write-http-from=127.0.0.0/8',
  '-serf-lan-allowed-cidrs=198.18.0.0/15',
  '-serf-wan-allowed-cidrs=198.18.0.0/15',
  '-serf-lan-bind=0.0.0.0',
  '-serf-wan-bind=0.0.0.0',
  '-bind=0.0.0.0',
  '-retry-interval-wan=40s',
  '-retry-max-wan=2',
  '-ui-content-path=/consul/',
];

describe('config', () => {
  const place = '/opt/consul/exported';
  const file = `${place}/consul.json`;
  const consul = (image: string, how: string, ...argv: string[]): string =>
    `docker run ${how} --net=host -v ${place}:${place}:ro --entrypoint consul '${image}' ${argv.join(' ')} 2>&1`;

  it.each(['robust', 'classic'] as const)(
    'makes agents with the settings of apply’s: %s',
    async (bootstrap) => {
      const topology = await using(
        await document({ bootstrap, data: 'anonymous', firewall: 'disable', agentOptions: OPTIONS }),
      );
      const { summary } = await applyTo(topology);
      expect(summary.failed).toEqual([]);
      const byApply = await Promise.all(topology.hosts.map(({ name }) => settingsOf(topology, name)));
      await Promise.all(
        topology.hosts.map(async ({ name }) => {
          await rootScript(topology, name, 'docker rm -fv $(docker ps -aq) >/dev/null');
          await upload(topology, 'config', name, place);
          const checked = await rootScript(topology, name, consul(HASHICORP, '--rm', 'validate', file));
          expect(checked).toContain('Configuration is valid!');
          await rootScript(topology, name, consul(HASHICORP, '-d', 'agent', `-config-file=${file}`));
        }),
      );
      await until('a leader and three peers', 90_000, async () => {
        const peers = await rootScript(
          topology,
          'docker01',
          'curl -fsS http://127.0.0.1:8500/v1/status/peers',
        );
        return (JSON.parse(peers) as unknown[]).length === 3;
      });
      const byFile = await Promise.all(topology.hosts.map(({ name }) => settingsOf(topology, name)));
      const different = byFile.map((settings, index) => differences(settings, byApply[index] ?? {}));
      // Random, and new with the data.
      expect(different).toEqual([['NodeID'], ['NodeID'], ['NodeID']]);
    },
  );

  it('gives 0.5.2 a file that a Consul can read', async () => {
    const topology = await using(await document({ bootstrap: 'classic', image: PROGRIUM }));
    for (const { name } of topology.hosts) {
      await upload(topology, 'config', name, place);
      // 0.5.2 itself has no `validate`; the later Consul inside of the range's image has.
      const checked = await rootScript(topology, name, consul(PROGRIUM, '--rm', 'validate', file));
      expect(checked).toContain('Configuration is valid!');
    }
  });
});
