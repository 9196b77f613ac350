/** The exported start scripts, run by hand on bare hosts, make what apply makes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportScripts } from '../../src/shared/export/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { more } from './steps.js';
import {
  applyTo,
  bareHosts,
  CONSUL,
  onHost,
  RESTART_DOCKER,
  rangeDocument,
  rootScript,
  statusOf,
  until,
} from './support.js';

const INSPECT = `docker inspect "$(docker ps -q --filter label=raftyard.cluster)"`;

interface Inspected {
  Config: { Image: string; Cmd: string[]; Env: string[]; Hostname: string; Labels: Record<string, string> };
  HostConfig: { NetworkMode: string; RestartPolicy: unknown; Binds: string[] | null };
  Mounts: { Type: string; Name?: string; Source: string; Destination: string; RW: boolean }[];
  Name: string;
}

async function containerOf(topology: Topology, host: string): Promise<unknown> {
  const [info] = JSON.parse(await rootScript(topology, host, INSPECT)) as Inspected[];
  if (info === undefined) throw new Error(`no container on ${host}`);
  const anonymous = /^[0-9a-f]{64}$/;
  return {
    name: info.Name,
    image: info.Config.Image,
    command: info.Config.Cmd,
    env: info.Config.Env,
    hostname: info.Config.Hostname,
    labels: info.Config.Labels,
    network: info.HostConfig.NetworkMode,
    restart: info.HostConfig.RestartPolicy,
    mounts: info.Mounts.map((mount) => ({
      type: mount.Type,
      source: anonymous.test(mount.Name ?? '') ? 'anonymous' : mount.Source,
      target: mount.Destination,
      writable: mount.RW,
    })).sort((a, b) => a.target.localeCompare(b.target)),
  };
}

const OPEN_PORTS = `systemctl disable --now firewalld >/dev/null 2>&1; ${RESTART_DOCKER}; firewall-cmd --state 2>&1 || true`;

for (const style of ['robust', 'classic'] as const) {
  // exports-forms runs the robust scripts with all that can be in them.
  (style === 'classic' ? describe : more.describe)(`${style} scripts`, () => {
    let topology: Topology;

    beforeAll(async () => {
      const image = CONSUL;
      topology = await rangeDocument({ bootstrap: style, image });
      await bareHosts(topology);
    });
    afterAll(async () => {
      await bareHosts(topology);
    });

    it('make the same containers and the same cluster as apply', async () => {
      await Promise.all(topology.hosts.map((host) => rootScript(topology, host.name, OPEN_PORTS)));
      const files = exportScripts(topology, { style });
      for (const host of topology.hosts) {
        const script = files.find((file) => file.path === `${host.name}/consul-start.sh`);
        if (script === undefined) throw new Error(`no script for ${host.name}`);
        const result = await onHost(topology, host.name, (connection) =>
          connection.script(script.content, [], { root: true, timeoutMs: 60_000 }),
        );
        expect(result.stderr).toBe('');
        expect(result.code).toBe(0);
        // A second run replaces our own container and nothing else.
        const again = await onHost(topology, host.name, (connection) =>
          connection.script(script.content, [], { root: true, timeoutMs: 60_000 }),
        );
        expect(again.code).toBe(0);
      }
      await until(
        'a healthy cluster from the scripts',
        90_000,
        async () => (await statusOf(topology)).healthy,
      );
      const byHand = await Promise.all(topology.hosts.map((host) => containerOf(topology, host.name)));

      await bareHosts(topology);
      const { summary } = await applyTo(topology);
      expect(summary.failed).toEqual([]);
      const byApp = await Promise.all(topology.hosts.map((host) => containerOf(topology, host.name)));
      expect(byHand).toEqual(byApp);
    });

    it('stop at a foreign container of that name, with a message, and leave it', async () => {
      await bareHosts(topology);
      await rootScript(topology, 'docker01', `docker create --name consul01 ${CONSUL}`);
      const script = exportScripts(topology, { style }).find(
        (file) => file.path === 'docker01/consul-start.sh',
      );
      const result = await onHost(topology, 'docker01', (connection) =>
        connection.script(script?.content ?? '', [], { root: true, timeoutMs: 60_000 }),
      );
      expect(result.code).not.toBe(0);
      expect(result.stderr).toContain('consul01');
      expect(await rootScript(topology, 'docker01', "docker ps -a --format '{{.Names}}'")).toBe('consul01');
    });
  });
}
