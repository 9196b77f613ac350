/** The tutorial's reader: consul01 to consul03 already run, made by hand, on anonymous volumes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTopology } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { temporaryFolder } from '../temporary.js';
import {
  bareHosts,
  PROGRIUM,
  RESTART_DOCKER,
  raftyard,
  range,
  rangeDocument,
  rootScript,
  until,
} from './support.js';

let topology: Topology;
beforeAll(async () => {
  topology = await rangeDocument();
  await bareHosts(topology);
});
afterAll(async () => {
  await bareHosts(topology);
});

describe('import of a cluster that was made by hand', () => {
  it('gives a document that takes it over as it is, and then plans 0 changes', async () => {
    const image = PROGRIUM;
    const [first] = topology.hosts;
    for (const [index, host] of topology.hosts.entries()) {
      const join = index === 0 ? '-bootstrap-expect 3' : `-retry-join ${first?.advertise ?? ''}`;
      // Word for word what the tutorial has its reader type.
      await rootScript(
        topology,
        host.name,
        `systemctl stop firewalld.service; systemctl disable firewalld.service 2>/dev/null; ${RESTART_DOCKER}
         docker run -d --restart always -h node${index + 1} --net=host --name consul0${index + 1} ${image} \\
           -server -advertise ${host.advertise} ${join}`,
      );
    }
    const folder = temporaryFolder('raftyard-import-');
    const file = join(folder, 'imported.raftyard');
    const hosts = range.hosts.flatMap((host) => ['--host', `root@127.0.0.1:${host.sshPort}`]);
    const imported = await raftyard(
      'import',
      ...hosts,
      '--identity',
      range.identity,
      '--accept-new-host-keys',
      '--out',
      file,
    );
    expect(imported.code, imported.stderr).toBe(0);

    const { topology: document, findings } = readTopology(readFileSync(file, 'utf8'));
    expect(findings.filter((finding) => finding.severity === 'error')).toEqual([]);
    expect(document).toMatchObject({
      bootstrap: 'classic',
      api: 'exposed',
      data: 'anonymous',
      firewall: 'leave',
      image,
    });
    expect(
      document?.datacenters[0]?.nodes.map((node) => [node.name, node.container, node.bootstrap]),
    ).toEqual([
      ['node1', 'consul01', true],
      ['node2', 'consul02', false],
      ['node3', 'consul03', false],
    ]);

    const before = await rootScript(topology, 'docker01', 'docker ps --no-trunc -q; docker volume ls -q');
    // Without --adopt they are someone else's: a conflict, and nothing happens.
    const refused = await raftyard('apply', file, '--yes');
    expect(refused.code).toBe(1);
    await until(
      'the hand-made cluster has a leader',
      60_000,
      async () => (await raftyard('status', file)).code === 0,
    );
    const adopted = await raftyard('apply', file, '--adopt', '--yes');
    expect(adopted.code, adopted.stderr + adopted.stdout).toBe(0);
    expect(await rootScript(topology, 'docker01', 'docker ps --no-trunc -q; docker volume ls -q')).toBe(
      before,
    );
    expect((await raftyard('plan', file, '--detailed-exitcode')).code).toBe(0);

    // Destroy takes away what Raftyard made: its records. The adopted containers stay.
    expect((await raftyard('destroy', file, '--yes')).code).toBe(0);
    expect(await rootScript(topology, 'docker01', 'docker ps --no-trunc -q; docker volume ls -q')).toBe(
      before,
    );
  });
});
