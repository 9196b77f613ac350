/**
 * The life of a cluster on real hosts, by the command line as a person types it: raised, killed in the middle and
 * resumed, secured while it lives, destroyed; its exported scripts run by hand, imported and taken over.
 */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WHOLLY_SECURED } from '../../src/shared/topology/index.js';
import { afterEarlierSteps } from '../integration/steps.js';
import { bareHosts, rangeDocument } from '../integration/support.js';
import { ClusterLife, run } from './cluster-life.js';

let life: ClusterLife;
let before: string[];

/** An apply that is killed, as by a crash or a power cut, when it begins a step of this kind. */
async function killedAt(kind: string): Promise<void> {
  const child = spawn(process.execPath, ['bin/raftyard.js', 'apply', life.file, '--yes', '--json'], {
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
  const plain = await rangeDocument();
  await bareHosts(plain);
  life = new ClusterLife(plain);
  before = await life.traced();
});
afterAll(async () => {
  await bareHosts(life.plain);
});

/** Each step begins where the one before it ended. */
describe('the story of a cluster on hosts', () => {
  beforeEach(afterEarlierSteps);

  it('begins with a plan that changes nothing by itself', async () => {
    expect(await run(2, 'plan', life.file, '--detailed-exitcode')).toContain('Start server node1');
    expect(await life.traced()).toEqual(before);
  });

  it('is raised although the apply is killed twice, and is as the document says', async () => {
    await killedAt('firewall-open');
    await killedAt('container-run');
    // The journal tells of the run that did not come to its end.
    expect(await run(0, 'apply', life.file, '--yes')).toContain('The run of');
    await run(0, 'status', life.file);
    expect(await life.everywhere("docker ps --format '{{.Names}} {{.State}}'")).toEqual([
      'consul01 running',
      'consul02 running',
      'consul03 running',
    ]);
    const ports = 'firewall-cmd --zone=public --list-ports; firewall-cmd --zone=public --list-rich-rules';
    const [opened = ''] = await life.everywhere(ports);
    expect(opened).toContain('port="8301"');
    expect(opened).not.toContain('8500');
    await life.putValue();
  });

  it('changes nothing the second time', async () => {
    await life.nothingLeft();
    const containers = await life.containers();
    expect(await life.apply()).toMatchObject({ changed: 0 });
    expect(await life.containers()).toEqual(containers);
  });

  it('is secured while it lives, with its data kept', async () => {
    life.write({ secure: WHOLLY_SECURED });
    await life.apply();
    const [asked = ''] = await life.everywhere('curl -s http://127.0.0.1:8500/v1/kv/story; true');
    expect(asked).not.toContain('kept');
    await life.valueKept();
    await life.nothingLeft();
  });

  it('is destroyed, and the hosts are as they were', async () => {
    await run(0, 'destroy', life.file, '--yes');
    expect(await life.traced()).toEqual(before);
  });

  it('comes from its exported start scripts, run by hand', async () => {
    life.write({ firewall: 'leave' });
    await life.runScripts();
  });

  it('is imported, and taken over as it is', async () => {
    await life.adopted(await life.imported());
  });

  it('ends with what Raftyard did not start still there, and with what it started gone', async () => {
    await run(0, 'destroy', life.file, '--yes');
    expect(await life.everywhere('docker ps -aq')).toEqual(['', '', '']);
  });
});
