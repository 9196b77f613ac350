/**
 * The life of a cluster on real hosts, by the command line as a person types it: raised, killed in the middle and
 * resumed, secured while it lives, destroyed; its exported scripts run by hand, imported and taken over.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clusterPrefix } from '../../src/main/cluster/secrets.js';
import type { ApplySummary } from '../../src/main/cluster/types.js';
import { Vault } from '../../src/main/store/secrets/vault.js';
import { MANAGEMENT_TOKEN } from '../../src/shared/desired/index.js';
import { readTopology, serialiseTopology, WHOLLY_SECURED } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { afterEarlierSteps } from '../integration/steps.js';
import {
  bareHosts,
  raftyard,
  range,
  rangeDocument,
  rootScript,
  traces,
  until,
} from '../integration/support.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('raftyard-story-');
const file = join(folder, 'story.raftyard');
const vault = join(folder, 'vault.json');
const passphrase = join(folder, 'passphrase');
const unlock = ['--vault', vault, '--vault-passphrase-file', passphrase];

let plain: Topology;
let before: string[];

const everywhere = (text: string): Promise<string[]> =>
  Promise.all(plain.hosts.map(({ name }) => rootScript(plain, name, text)));
const traced = (): Promise<string[]> => Promise.all(plain.hosts.map(({ name }) => traces(plain, name)));

/** Runs a command and gives what it printed; anything but the exit code that is expected fails with its words. */
async function run(code: number, ...args: string[]): Promise<string> {
  const ended = await raftyard(...args);
  expect(ended.code, ended.stderr + ended.stdout).toBe(code);
  return ended.stdout + ended.stderr;
}

/** The summary that `apply --json` ends with. */
function summaryOf(printed: string): Pick<ApplySummary, 'result' | 'changed'> {
  const last = printed.split('\n').findLast((line) => line.startsWith('{"type":"summary"'));
  return (JSON.parse(last ?? '{}') as { summary: ApplySummary }).summary;
}

/** The cluster's secrets, as the vault keeps them. */
async function kept(): Promise<Record<string, string>> {
  const opened = await Vault.open(vault, readFileSync(passphrase, 'utf8').trim());
  const prefix = clusterPrefix(plain.id);
  const all = Object.entries(await opened.read(prefix));
  return Object.fromEntries(all.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** An apply that is killed, as by a crash or a power cut, when it begins a step of this kind. */
async function killedAt(kind: string): Promise<void> {
  const child = spawn(process.execPath, ['bin/raftyard.js', 'apply', file, '--yes', '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    if (printed.includes(`/${kind}/`)) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(child.signalCode, printed).toBe('SIGKILL');
}

beforeAll(async () => {
  plain = await rangeDocument();
  await bareHosts(plain);
  before = await traced();
  writeFileSync(file, serialiseTopology(plain));
  writeFileSync(passphrase, 'a passphrase for the story\n', { mode: 0o600 });
});
afterAll(async () => {
  await bareHosts(plain);
});

/** Each step begins where the one before it ended. */
describe('the story of a cluster on hosts', () => {
  beforeEach(afterEarlierSteps);

  it('begins with a plan that changes nothing by itself', async () => {
    expect(await run(2, 'plan', file, '--detailed-exitcode')).toContain('Start server node1');
    expect(await traced()).toEqual(before);
  });

  it('is raised although the apply is killed twice, and is as the document says', async () => {
    await killedAt('firewall-open');
    await killedAt('container-run');
    // The journal tells of the run that did not come to its end.
    expect(await run(0, 'apply', file, '--yes')).toContain('The run of');
    await run(0, 'status', file);
    expect(await everywhere("docker ps --format '{{.Names}} {{.State}}'")).toEqual([
      'consul01 running',
      'consul02 running',
      'consul03 running',
    ]);
    const ports = 'firewall-cmd --zone=public --list-ports; firewall-cmd --zone=public --list-rich-rules';
    const [opened = ''] = await everywhere(ports);
    expect(opened).toContain('port="8301"');
    expect(opened).not.toContain('8500');
    await rootScript(plain, 'docker01', 'docker exec consul01 consul kv put story kept');
  });

  it('changes nothing the second time', async () => {
    expect(await run(0, 'plan', file, '--detailed-exitcode')).toContain('0 changes');
    const containers = await everywhere('docker ps --no-trunc -q');
    expect(summaryOf(await run(0, 'apply', file, '--yes', '--json'))).toMatchObject({
      result: 'done',
      changed: 0,
    });
    expect(await everywhere('docker ps --no-trunc -q')).toEqual(containers);
  });

  it('is secured while it lives, with its data kept', async () => {
    writeFileSync(file, serialiseTopology({ ...plain, secure: WHOLLY_SECURED }));
    expect(summaryOf(await run(0, 'apply', file, '--yes', '--json', ...unlock)).result).toBe('done');
    await run(0, 'status', file, ...unlock);
    const [asked = ''] = await everywhere('curl -s http://127.0.0.1:8500/v1/kv/story; true');
    expect(asked).not.toContain('kept');
    const { [MANAGEMENT_TOKEN]: token = '' } = await kept();
    const value = `curl -s -H 'X-Consul-Token: ${token}' http://127.0.0.1:8500/v1/kv/story?raw`;
    expect(await rootScript(plain, 'docker02', value)).toBe('kept');
    expect(await run(0, 'plan', file, '--detailed-exitcode', ...unlock)).toContain('0 changes');
  });

  it('is destroyed, and the hosts are as they were', async () => {
    await run(0, 'destroy', file, '--yes');
    expect(await traced()).toEqual(before);
  });

  it('comes from its exported start scripts, run by hand', async () => {
    writeFileSync(file, serialiseTopology({ ...plain, firewall: 'leave' }));
    await run(0, 'export', file, '--out', join(folder, 'scripts'));
    await everywhere('systemctl stop firewalld');
    for (const { name } of plain.hosts)
      await rootScript(plain, name, readFileSync(join(folder, 'scripts', name, 'consul-start.sh'), 'utf8'));
    await until('a leader', 60_000, async () => (await raftyard('status', file)).code === 0);
  });

  it('is imported, and taken over as it is', async () => {
    const imported = join(folder, 'imported.raftyard');
    const hosts = range.hosts.flatMap((host) => ['--host', `root@127.0.0.1:${host.sshPort}`]);
    const containers = await everywhere('docker ps --no-trunc -q');
    await run(
      0,
      'import',
      ...hosts,
      '--identity',
      range.identity,
      '--accept-new-host-keys',
      '--out',
      imported,
    );
    const { topology, findings } = readTopology(readFileSync(imported, 'utf8'));
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(topology?.datacenters[0]?.nodes.map(({ name, role }) => [name, role])).toEqual([
      ['node1', 'server'],
      ['node2', 'server'],
      ['node3', 'server'],
    ]);
    await run(0, 'apply', imported, '--adopt', '--yes');
    await run(0, 'plan', imported, '--detailed-exitcode');
    expect(await everywhere('docker ps --no-trunc -q')).toEqual(containers);
  });

  it('ends with what Raftyard did not start still there, and with what it started gone', async () => {
    await run(0, 'destroy', file, '--yes');
    expect(await everywhere('docker ps -aq')).toEqual(['', '', '']);
  });
});
