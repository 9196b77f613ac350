import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DesiredNode, desiredNodes } from '../../../src/shared/desired/index.js';
import { exportTopology } from '../../../src/shared/export/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';
import { modernTopology, seedTopology, topologyArbitrary } from '../desired/arbitrary.js';
import { arbitraryTopology } from '../topology/arbitrary.js';
import { at, HOSTILE_OPTION, readYaml, UNREADABLE } from './parse.js';

/** As Compose replaces variables; one that is left is a fault. */
function interpolate(value: unknown): unknown {
  if (typeof value === 'string') {
    // The one variable that is set in .env: known on the host only.
    const text = value.replaceAll('$$', '\0').replace(/^(consul:)\$\{DOCKER_GID\}$/, '$1GROUP');
    if (text.includes('$')) throw new Error(`a variable: ${value}`);
    return text.replaceAll('\0', '$');
  }
  if (Array.isArray(value)) return value.map(interpolate);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, interpolate(inner)]));
}

function expected({ container, volume }: DesiredNode): unknown {
  const volumes = container.mounts.map(({ type, source, target, readOnly, shared }) =>
    type === 'volume' ? `data:${target}` : `${source}:${target}${readOnly ? (shared ? ':ro' : ':ro,Z') : ''}`,
  );
  return {
    services: {
      consul: {
        image: container.image,
        container_name: container.name,
        hostname: container.hostname,
        network_mode: 'host',
        restart: 'always',
        labels: container.labels,
        ...(container.dockerUser === undefined ? {} : { user: `${container.dockerUser}:GROUP` }),
        ...(container.env.length === 0 ? {} : { environment: container.env }),
        ...(volumes.length === 0 ? {} : { volumes }),
        command: container.command,
      },
    },
    ...(volume === undefined ? {} : { volumes: { data: { name: volume.name, labels: volume.labels } } }),
  };
}

function check(topology: Topology): void {
  const files = exportTopology(topology, 'compose');
  for (const node of desiredNodes(topology)) {
    const text = at(files, `${node.host}/compose.yaml`);
    expect(text).not.toMatch(UNREADABLE);
    expect(interpolate(readYaml(text))).toEqual(expected(node));
    for (const file of node.files.slice(1)) {
      const path = `${node.host}/${file.path.slice(node.workdir.length + 1)}`;
      expect(files).toContainEqual({ path, mode: file.mode, content: file.content });
    }
    expect(at(files, `${node.host}/.env`)).toMatch(/^COMPOSE_PROJECT_NAME=[a-z0-9][a-z0-9_-]*\n$/);
  }
}

describe('compose', () => {
  it('is the desired container, whatever its values', () => {
    fc.assert(fc.property(fc.oneof(topologyArbitrary, arbitraryTopology()), check));
  });

  it('carries what Compose or YAML would act on', () => {
    check(modernTopology({ agentOptions: [HOSTILE_OPTION, '-node-meta=a:\u0001\t\r\n', '-domain=no'] }));
  });

  it('lists a folder for each host', () => {
    expect(exportTopology(modernTopology(), 'compose').map(({ path }) => path)).toEqual([
      'README.md',
      ...['docker01', 'docker02', 'docker03'].flatMap((host) =>
        ['compose.yaml', '.env', 'config/raftyard.json', 'README.md'].map((file) => `${host}/${file}`),
      ),
    ]);
    expect(exportTopology(seedTopology(), 'compose').map(({ path }) => path)).not.toContain(
      'docker01/config/raftyard.json',
    );
  });

  it('tells what to type', () => {
    const readme = at(exportTopology(modernTopology(), 'compose'), 'docker01/README.md');
    for (const line of [
      'install -d -m 0755 /opt/consul /opt/consul/config',
      'install -m 0644 config/raftyard.json /opt/consul/config/raftyard.json',
      'cd /opt/consul',
    ]) {
      expect(readme.split('\n')).toContain(line);
    }
    expect(readme).toContain('docker compose up -d');
    expect(readme).toContain('firewall-cmd --permanent');
  });
});
