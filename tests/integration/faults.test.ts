/** What goes wrong on real machines, made to happen for real. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { preflight } from '../../src/main/cluster/index.js';
import { serialiseTopology } from '../../src/shared/topology/index.js';
import type { Host, Topology } from '../../src/shared/topology/types.js';
import { temporaryFolder } from '../temporary.js';
import { more } from './steps.js';
import {
  applyTo,
  bareHosts,
  CONSUL,
  cancelledAt,
  changesLeft,
  newContext,
  onHost,
  planFor,
  raftyard,
  rangeDocument,
  rootScript,
  statusOf,
  withoutSharedConnections,
} from './support.js';

withoutSharedConnections();

function withHost(topology: Topology, name: string, change: (host: Host) => Host): Topology {
  return { ...topology, hosts: topology.hosts.map((host) => (host.name === name ? change(host) : host)) };
}

const folder = temporaryFolder('raftyard-faults-');
const home = { RAFTYARD_HOME: process.env['RAFTYARD_HOME'] };

function save(topology: Topology): string {
  const path = join(folder, `${topology.name}.raftyard`);
  writeFileSync(path, serialiseTopology(topology));
  return path;
}

let topology: Topology;
beforeAll(async () => {
  topology = await rangeDocument();
});
beforeEach(async () => {
  await bareHosts(topology);
});
afterAll(async () => {
  await bareHosts(topology);
  if (home.RAFTYARD_HOME === undefined) delete process.env['RAFTYARD_HOME'];
});

describe('an apply that is killed', () => {
  more.it('goes on when it is run again, and ends in the same state', async () => {
    const file = save(topology);
    // Killed at a different place each time: while preparing, and while servers start.
    for (const moment of ['firewall-open', 'container-run']) {
      const child = spawn(process.execPath, ['bin/raftyard.js', 'apply', file, '--yes', '--json'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      await new Promise<void>((resolve, reject) => {
        let text = '';
        child.stdout.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          if (!text.includes(`/${moment}/`)) return;
          child.kill('SIGKILL');
        });
        child.on('close', () => (text.includes(`/${moment}/`) ? resolve() : reject(new Error(text))));
      });
      expect(child.signalCode).toBe('SIGKILL');
    }
    const again = await raftyard('apply', file, '--yes');
    expect(again.code, again.stderr).toBe(0);
    // The journal tells of the run that did not come to its end.
    expect(again.stderr).toContain('The run of');
    expect((await statusOf(topology)).healthy).toBe(true);
    expect(await changesLeft(topology)).toBe(0);
  });
});

describe('hosts that cannot be used', () => {
  it('one unreachable host: the others are prepared, and the summary says what is where', async () => {
    const dead = withHost(topology, 'docker03', (host) => ({ ...host, ssh: { ...host.ssh, port: 1 } }));
    const plan = await planFor(dead);
    expect(plan.issues.find((issue) => issue.code === 'host-unreachable')?.host).toBe('docker03');
    const { summary } = await applyTo(dead);
    expect(summary.result).toBe('partial');
    expect(summary.hosts['docker03']).toContain('unreachable');
    expect(summary.failed.some((failure) => failure.error.code === 'quorum-not-reached')).toBe(true);
    expect(await rootScript(topology, 'docker01', "docker ps --format '{{.Names}}'")).toBe('consul01');
    // The host is back: the same document finishes the work.
    const { summary: finished } = await applyTo(topology);
    expect(finished.result).toBe('done');
    expect((await statusOf(topology)).healthy).toBe(true);
  });

  it('another host key is refused before anything is sent, naming both fingerprints', async () => {
    const other = topology.hosts[1]?.ssh.hostKeys ?? [];
    const wrong = withHost(topology, 'docker01', (host) => ({
      ...host,
      ssh: { ...host.ssh, hostKeys: other },
    }));
    const context = newContext(wrong);
    const facts = await preflight(wrong, context);
    await context.close();
    const found = facts['docker01'];
    expect(found?.reachable).toBe(false);
    if (found?.reachable === false) {
      expect(found.error.code).toBe('host-key-changed');
      expect(found.error.message.match(/SHA256:/g)?.length).toBeGreaterThanOrEqual(2);
    }
  });

  it('an unknown host key is asked for, and refused without an answer', async () => {
    const unknown = withHost(topology, 'docker01', (host) => ({
      ...host,
      ssh: { ...host.ssh, hostKeys: [] },
    }));
    const asked: string[] = [];
    const context = newContext(unknown, {
      prompts: {
        hostKey: (question) => {
          asked.push(question.fingerprint);
          return Promise.resolve(false);
        },
        secret: () => Promise.resolve(null),
      },
    });
    const facts = await preflight(unknown, context);
    await context.close();
    expect(asked[0]).toMatch(/^SHA256:/);
    expect(facts['docker01']).toMatchObject({ reachable: false, error: { code: 'host-key-unknown' } });
  });

  it('a wrong password is told as such, and is in no message', async () => {
    process.env['RAFTYARD_TEST_PASSWORD'] = 'not-the-password-4711';
    const locked = withHost(topology, 'docker01', (host) => {
      const { identity: _identity, ...ssh } = host.ssh;
      return { ...host, ssh: { ...ssh, user: 'pw', agent: false, password: 'env:RAFTYARD_TEST_PASSWORD' } };
    });
    const context = newContext(locked);
    const facts = await preflight(locked, context);
    await context.close();
    expect(facts['docker01']).toMatchObject({ reachable: false, error: { code: 'auth-failed' } });
    expect(JSON.stringify(facts)).not.toContain('not-the-password-4711');
  });

  it('a user without docker and sudo is blocked with what to do', async () => {
    const plain = await rangeDocument({}, 'nodocker');
    const plan = await planFor(plain);
    const blockers = plan.issues.filter((issue) => issue.severity === 'blocker');
    expect(blockers.map((issue) => issue.code)).toEqual(expect.arrayContaining(['docker-denied', 'no-root']));
    expect(plan.steps).toEqual([]);
  });
});

describe('users other than root', () => {
  more.it('a user with sudo raises the same cluster', async () => {
    const sudo = await rangeDocument({}, 'op');
    const { summary } = await applyTo(sudo);
    expect(summary.failed).toEqual([]);
    expect((await statusOf(sudo)).healthy).toBe(true);
    expect(await rootScript(topology, 'docker01', 'stat -c %U /opt/consul/consul-start.sh')).toBe('root');
  });
});

describe('what is there and not ours', () => {
  const foreign = (id: string): string =>
    `docker run -d --name ${id} --net=host --entrypoint sleep ${CONSUL} 3600`;

  it('a foreign container of the same name is a conflict and stays', async () => {
    await rootScript(topology, 'docker02', foreign('consul02'));
    const plan = await planFor(topology);
    expect(plan.issues.find((issue) => issue.code === 'foreign-container')?.host).toBe('docker02');
    await expect(applyTo(topology)).rejects.toMatchObject({ code: 'conflict', host: 'docker02' });
    expect(await rootScript(topology, 'docker02', "docker ps --format '{{.Names}}'")).toBe('consul02');
    expect(await rootScript(topology, 'docker01', 'docker ps -aq')).toBe('');
  });

  it('a port that is taken is named with who has it', async () => {
    await rootScript(
      topology,
      'docker01',
      `docker run -d --name squatter --net=host --entrypoint sh ${CONSUL} -c 'while :; do nc -l -p 8500; done'
       for i in 1 2 3 4 5 6 7 8 9 10; do ss -Hltn sport = :8500 | grep -q . && break; sleep 0.2; done`,
    );
    const plan = await planFor(topology);
    expect(plan.issues.find((issue) => issue.code === 'port-taken')).toMatchObject({
      host: 'docker01',
      severity: 'conflict',
    });
  });

  it('a lock of someone else stops the apply before anything is touched', async () => {
    const lock = `/run/raftyard-${topology.id.slice(0, 8)}.lock`;
    const holder = JSON.stringify({
      who: 'mei@laptop',
      computer: 'laptop',
      pid: 1,
      since: '2026-01-01T00:00:00Z',
    });
    await rootScript(topology, 'docker02', `mkdir ${lock}; printf '%s' '${holder}' > ${lock}/holder`);
    await expect(applyTo(topology)).rejects.toMatchObject({ code: 'lock-held', host: 'docker02' });
    expect(await rootScript(topology, 'docker01', 'docker ps -aq; ls -A /opt')).not.toContain('consul');
    const { summary } = await applyTo(topology, { breakLock: true });
    expect(summary.result).toBe('done');
  });
});

describe('cancelling', () => {
  it('ends soon, says so, leaves no lock, and can be gone on with', async () => {
    const { summary } = await cancelledAt(
      topology,
      (event) => event.type === 'step' && event.step.includes('/file/') && event.state === 'done',
    );
    expect(summary.result).toBe('cancelled');
    await onHost(topology, 'docker01', async (connection) => {
      const { stdout } = await connection.exec(['ls', '/run'], { root: true });
      expect(stdout).not.toContain('raftyard');
    });
    expect((await applyTo(topology)).summary.result).toBe('done');
  });

  it('lets a firewall change that has begun come to its end, and the next look sees all of it', async () => {
    const begun = new Set<string>();
    const { summary, events } = await cancelledAt(topology, (event) => {
      if (event.type !== 'step' || !event.step.includes('/firewall-open/')) return false;
      if (event.state === 'running') begun.add(event.step);
      return event.state === 'running';
    });
    const ended = new Map(
      events.flatMap((event) => (event.type === 'step' ? [[event.step, event.state] as const] : [])),
    );
    expect(summary.result).toBe('cancelled');
    expect(begun.size).toBeGreaterThan(0);
    for (const step of begun) expect([step, ended.get(step)]).toEqual([step, 'done']);
    const left = (await planFor(topology)).steps.map(({ id }) => id);
    for (const step of begun) expect(left).not.toContain(step);
  });
});
