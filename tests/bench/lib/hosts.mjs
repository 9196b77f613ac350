/** The hosts of the bench: commands over ssh, bare hosts, and an observer that sees leaders. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Stop } from '../../../scripts/lib/run.mjs';

const POLL_MS = 20;
const GIVE_UP_MS = 180_000;

/** A program's output; its failure is a Stop that shows what it said. */
export function output(program, argv, { input, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { env: env ?? process.env, stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      err += text;
    });
    child.on('error', (error) => reject(new Stop(`Cannot run ${program}: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Stop(`${program} failed (exit code ${code}): ${(err || out).trim().slice(-800)}`));
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** What is left on a host by one round must not help or hinder the next. */
const BARE = `
ids=$(docker ps -aq); [ -z "$ids" ] || docker rm -fv $ids
vols=$(docker volume ls -q); [ -z "$vols" ] || docker volume rm -f $vols
rm -rf /opt/consul
systemctl stop firewalld
`;

export class Hosts {
  #forwards = [];

  /** @param range as rangeStatus gives it; @param folder for known hosts and control sockets */
  constructor(range, folder) {
    this.range = range;
    this.folder = folder;
    this.list = range.hosts;
    this.knownHosts = join(folder, 'known_hosts');
    writeFileSync(
      this.knownHosts,
      this.list.map((host) => `[127.0.0.1]:${host.sshPort} ${host.hostKey}\n`).join(''),
    );
  }

  /** Options of ssh alike for all; without a shared connection, as a person's ssh is. */
  options() {
    return [
      '-q',
      '-i',
      this.range.identity,
      '-o',
      'BatchMode=yes',
      '-o',
      'StrictHostKeyChecking=yes',
      '-o',
      `UserKnownHostsFile=${this.knownHosts}`,
    ];
  }

  /** Runs a shell command on a host. `shared` goes over a connection that is already open. */
  ssh(host, command, { input, shared = false } = {}) {
    const control = shared ? ['-S', this.#control(host)] : [];
    const argv = [...this.options(), ...control, '-p', String(host.sshPort), 'root@127.0.0.1', command];
    return output('ssh', argv, { input });
  }

  #control(host) {
    return join(this.folder, `${host.name}.sock`);
  }

  /** Opens a lasting connection to every host, with a way to Consul's API on its loopback. */
  async open() {
    for (const host of this.list) {
      const port = await freePort();
      const argv = [
        ...this.options(),
        '-M',
        '-S',
        this.#control(host),
        '-N',
        '-o',
        'ExitOnForwardFailure=yes',
        '-o',
        'ServerAliveInterval=15',
        '-L',
        `127.0.0.1:${port}:127.0.0.1:8500`,
        '-p',
        String(host.sshPort),
        'root@127.0.0.1',
      ];
      const child = spawn('ssh', argv, { stdio: 'ignore' });
      this.#forwards.push({ host, port, child });
    }
    const until = Date.now() + 20_000;
    for (const { host } of this.#forwards) {
      while ((await this.ssh(host, 'true', { shared: true }).catch(() => null)) === null) {
        if (Date.now() > until) throw new Stop(`No ssh connection to ${host.name}.`);
        await sleep(100);
      }
    }
  }

  close() {
    for (const { child } of this.#forwards) child.kill();
  }

  async bare() {
    await Promise.all(this.list.map((host) => this.ssh(host, BARE, { shared: true })));
  }

  /** When the first of the containers was created, in milliseconds of this computer's clock, which the hosts share. */
  async firstCreated() {
    const created = await Promise.all(
      this.list.map(async (host) => {
        const found = await this.ssh(host, `docker inspect -f '{{.Created}}' $(docker ps -aq)`, {
          shared: true,
        });
        return Math.min(...found.trim().split('\n').map(preciseTime));
      }),
    );
    return Math.min(...created);
  }

  async consulVersion() {
    const [host] = this.list;
    const found = await this.ssh(host, 'curl -fsS http://127.0.0.1:8500/v1/agent/self', { shared: true });
    return JSON.parse(found).Config.Version;
  }

  /** Asks every agent again and again who leads; resolves with the time at which all named the same one. */
  observe() {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const seen = new Map();
    let stopped = false;
    const agreed = new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Stop(`No leader within ${GIVE_UP_MS / 1000} s.`)),
        GIVE_UP_MS,
      );
      const poll = async ({ host, port }) => {
        while (!stopped) {
          seen.set(host.name, await leaderAt(port, agent));
          const leaders = new Set(seen.values());
          if (seen.size === this.list.length && leaders.size === 1 && !leaders.has('')) {
            resolve(performance.timeOrigin + performance.now());
            stopped = true;
          }
          await sleep(POLL_MS);
        }
        clearTimeout(timer);
      };
      for (const forward of this.#forwards) void poll(forward);
    });
    const stop = () => {
      stopped = true;
      agent.destroy();
    };
    return { agreed: agreed.finally(stop), stop };
  }
}

/** RFC 3339 with nanoseconds as milliseconds with fractions. */
function preciseTime(text) {
  const [, whole, fraction = '0'] = /^(.*?)(?:\.(\d+))?Z$/.exec(text) ?? [];
  return Date.parse(`${whole}Z`) + Number(`0.${fraction}`) * 1000;
}

/** `address:port` of the leader as one agent sees it; empty when it sees none or does not answer. */
function leaderAt(port, agent) {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/v1/status/leader', agent, timeout: 2000 });
    request.on('error', () => resolve(''));
    request.on('timeout', () => request.destroy());
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('error', () => resolve(''));
      response.on('end', () => {
        if (response.statusCode !== 200) return resolve('');
        try {
          resolve(String(JSON.parse(body)));
        } catch {
          resolve('');
        }
      });
    });
  });
}
