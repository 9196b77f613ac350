/** Compose files and configuration files make what apply makes: each is run as its reader would. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Topology } from '../../src/shared/topology/types.js';
import { prepareForCompose, remoteEngines } from './compose.js';
import { document, HOSTILE, healthy, sameAsApply, upload, using, written } from './exported.js';
import { containerIds } from './inspect.js';
import { more } from './steps.js';
import { applyTo, CONSUL, PROGRIUM, planFor, RESTART_DOCKER, rootScript, until } from './support.js';

describe('compose', () => {
  const engines = remoteEngines();
  afterAll(() => engines.close());

  const forms = [
    ['robust', 'open', 'volume', () => CONSUL],
    ['classic', 'disable', 'anonymous', () => PROGRIUM],
  ] as const;
  it.each(more.MORE ? forms : forms.slice(0, 1))(
    'makes the cluster of apply: %s, firewall %s',
    async (bootstrap, firewall, data, image) => {
      const topology = await using(await document({ bootstrap, firewall, data, image: image() }));
      await prepareForCompose(topology);
      // As the tutorial says after `systemctl stop firewalld`: what Docker lost, its next start makes again.
      if (firewall === 'disable') {
        await Promise.all(topology.hosts.map(({ name }) => rootScript(topology, name, RESTART_DOCKER)));
      }
      const directory = written(topology, 'compose');
      await engines.up(topology, directory);
      await healthy(topology);

      const before = await containerIds(topology);
      await engines.up(topology, directory);
      expect(await containerIds(topology)).toEqual(before);

      const { steps } = await planFor(topology);
      expect(steps.filter(({ action }) => action.kind.startsWith('container-'))).toEqual([]);
      await sameAsApply(topology);
    },
  );
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

  it.each(more.MORE ? (['robust', 'classic'] as const) : (['robust'] as const))(
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
          const checked = await rootScript(topology, name, consul(CONSUL, '--rm', 'validate', file));
          expect(checked).toContain('Configuration is valid!');
          await rootScript(topology, name, consul(CONSUL, '-d', 'agent', `-config-file=${file}`));
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
