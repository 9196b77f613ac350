import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desiredNodes } from '../../../src/shared/desired/index.js';
import { EXPORT_FORMATS, exportScripts, exportTopology } from '../../../src/shared/export/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';
import { modernTopology, seedTopology, topologyArbitrary } from '../desired/arbitrary.js';
import { arbitraryTopology } from '../topology/arbitrary.js';

/** Ansible cannot be given a path with a dollar sign, nor would validation let one through. */
const anyTopology = fc
  .oneof(topologyArbitrary, arbitraryTopology())
  .map((topology): Topology => ({ ...topology, workdir: topology.workdir.replace('$', '') }));

function withHostName(name: string): Topology {
  const topology = seedTopology();
  const [first] = topology.hosts;
  return {
    ...topology,
    hosts: topology.hosts.map((host) => (host === first ? { ...host, name } : host)),
    datacenters: topology.datacenters.map((datacenter) => ({
      ...datacenter,
      nodes: datacenter.nodes.map((node) => (node.host === first?.name ? { ...node, host: name } : node)),
    })),
  };
}

describe.each(EXPORT_FORMATS)('exportTopology as %s', (format) => {
  it('exports any topology to safe and stable paths', () => {
    fc.assert(
      fc.property(anyTopology, fc.constantFrom('robust' as const, 'classic' as const), (topology, style) => {
        const files = exportTopology(topology, format, { style });
        expect(files[0]?.path).toBe('README.md');
        expect(new Set(files.map((file) => file.path)).size).toBe(files.length);
        for (const { path, content, mode } of files) {
          expect(path).toMatch(/^[A-Za-z0-9][^/\\]*(\/[^/\\]+)*$/);
          expect(path.split('/')).not.toContain('..');
          expect(content.endsWith('\n')).toBe(true);
          expect(content).not.toMatch(/undefined|\[object|NaN/);
          expect([0o644, 0o755]).toContain(mode);
        }
        expect(exportTopology(topology, format, { style })).toEqual(files);
        expect(exportTopology({ ...topology, bootstrap: style }, format)).toEqual(files);
      }),
      { numRuns: 120 },
    );
  }, 120_000);

  it('stays below its own folder', () => {
    for (const name of ['..', '../x', 'a/b', '/etc', '', '.hidden', 'a\\b', 'a\nb']) {
      expect(() => exportTopology(withHostName(name), format)).toThrow('name of a folder');
    }
  });

  it('names every host in the README, in the order of starting', () => {
    const readme = exportTopology(modernTopology(), format)[0]?.content ?? '';
    const places = desiredNodes(modernTopology()).map(({ host }) => readme.indexOf(host));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });
});

describe('exportScripts', () => {
  it('is the format scripts', () => {
    expect(exportScripts(seedTopology(), { style: 'robust' })).toEqual(
      exportTopology(seedTopology(), 'scripts', { style: 'robust' }),
    );
  });
});
