/** Docker Compose as a person runs it: on this computer, against the engine of a range host through ssh. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Topology } from '../../src/shared/topology/types.js';
import { commandsOf, folder, run, upload } from './exported.js';
import { range, rootScript, until } from './support.js';

const COMPOSE_MISSING =
  'Docker Compose is needed: apt-get install docker-compose, or the plugin of the Docker command line';

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

/** The engines of all hosts of the range; close them when done. */
export function remoteEngines(): {
  up(topology: Topology, directory: string): Promise<void>;
  close(): Promise<void>;
} {
  const engines = range.hosts.map((host) => ({ name: host.name, engine: new RemoteEngine(host) }));
  return {
    /** `docker compose up -d` on every host, in its folder of the export. */
    up: async (topology, directory) => {
      await Promise.all(
        topology.hosts.map(async ({ name }) => {
          const engine = engines.find((entry) => entry.name === name)?.engine;
          if (engine === undefined) throw new Error(`no engine of ${name}`);
          await engine.compose(join(directory, name), 'up', '-d');
        }),
      );
    },
    close: async () => {
      await Promise.all(engines.map(({ engine }) => engine.close()));
    },
  };
}

/** All that the READMEs say, but for the last line of the start: Compose itself runs on this computer. */
export async function prepareForCompose(topology: Topology): Promise<void> {
  for (const { name } of topology.hosts) {
    await upload(topology, 'compose', name, '/root/exported');
    const [start = '', ...others] = commandsOf(topology, 'compose', name);
    if (!/\ndocker compose up -d .*\n$/.test(start)) throw new Error(`the README of ${name} does not end so`);
    const prepare = start.replace(/docker compose up -d .*\n$/, '');
    await rootScript(topology, name, `set -e\ncd /root/exported\n${prepare}`);
    await rootScript(topology, name, `${others[0] ?? ''}rm -rf /root/exported`);
  }
}
