import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desiredNodes } from '../../../src/shared/desired/index.js';
import {
  EXPORT_FORMATS,
  type ExportFormat,
  exportScripts,
  exportTopology,
} from '../../../src/shared/export/index.js';
import { fromTemplate, readTopology } from '../../../src/shared/topology/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';
import { modernTopology, seedTopology, topologyArbitrary } from '../desired/arbitrary.js';
import { arbitraryTopology } from '../topology/arbitrary.js';

const ADDRESSES = [1, 2, 3, 4, 5].map((last) => `192.0.2.${last}`);

/** As a README tells it; a playbook reloads by itself. */
const SERVICES_FILE: Readonly<Record<ExportFormat, RegExp>> = {
  scripts: /`web`.*`\/opt\/consul\/config\/services\.json`.*docker exec consul05 consul reload/s,
  compose: /install -m 0644 config\/services\.json .*docker exec consul05 consul reload/s,
  config: /`web`.*`\/opt\/consul\/consul\.json`.*\nconsul reload/s,
  ansible: /`config\/services\.json`.*read it anew/,
};

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
    );
  });

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

  it('says where services are, how the agent hears of a change, and how names come and go', () => {
    const { topology } = readTopology(
      fromTemplate('services', { name: 'a', addresses: ADDRESSES, secure: false }),
    );
    if (topology === undefined) throw new Error('the template is not valid');
    const files = exportTopology(topology, format);
    const text = (path: string): string => files.find((file) => file.path === path)?.content ?? '';
    const readme = text(format === 'ansible' ? 'README.md' : 'docker05/README.md');
    expect(readme).toMatch(SERVICES_FILE[format]);
    expect(readme).toContain('consul-dns.sh --undo');
    expect(readme).toMatch(/iptables .*-i docker0 .*--dport 53/);
    // A server has names, and no services.
    if (format !== 'ansible') {
      expect(text('docker01/README.md')).toContain('consul-dns.sh --undo');
      expect(text('docker01/README.md')).not.toContain('consul reload');
    }
  });

  it('says that services are not in it where each is registered with a token', () => {
    const { topology } = readTopology(fromTemplate('services', { name: 'a', addresses: ADDRESSES }));
    if (topology === undefined) throw new Error('the template is not valid');
    const files = exportTopology(topology, format);
    expect(files[0]?.content).toContain('The services are in none of these files');
    expect(files.some(({ content }) => content.includes('"web"'))).toBe(false);
  });
});

describe('exportScripts', () => {
  it('is the format scripts', () => {
    expect(exportScripts(seedTopology(), { style: 'robust' })).toEqual(
      exportTopology(seedTopology(), 'scripts', { style: 'robust' }),
    );
  });
});
