import { describe, expect, it } from 'vitest';
import {
  filterServices,
  nodesByHealth,
  serviceHealth,
  worst,
} from '../../../../src/renderer/features/services/health.js';
import { crumbs, lastPart, pretty } from '../../../../src/renderer/features/services/kv.js';
import type { CheckStatus, LiveService, LiveSnapshot } from '../../../../src/shared/live/index.js';

const check = (status: CheckStatus) => ({ id: status, name: status, status, output: '' });
const service = (
  name: string,
  datacenter: string,
  status: CheckStatus,
  tags: string[] = [],
): LiveService => ({
  name,
  datacenter,
  instances: [{ node: 'node1', id: name, address: '192.0.2.1', port: 80, tags, checks: [check(status)] }],
});
const snapshot = {
  services: [
    service('web', 'dc1', 'passing', ['blue']),
    service('db', 'dc1', 'critical'),
    service('web', 'dc2', 'warning'),
  ],
} as unknown as LiveSnapshot;

describe('services', () => {
  it('are as healthy as their worst check', () => {
    expect(worst([])).toBe('none');
    expect(worst([check('passing'), check('warning')])).toBe('warning');
    expect(worst([check('critical'), check('warning')])).toBe('critical');
    expect(serviceHealth({ ...service('x', 'dc1', 'passing'), instances: [] })).toBe('none');
  });

  it('that are put aside are in maintenance, and not critical by it', () => {
    const aside = { ...check('critical'), id: '_service_maintenance:x' };
    expect(worst([check('passing'), aside])).toBe('maintenance');
    expect(worst([check('critical'), aside])).toBe('critical');
  });

  it('are listed with the troubled first, found by name, tag and node', () => {
    const names = (words: string, datacenter = '') =>
      filterServices(snapshot, { words, datacenter }).map((s) => `${s.datacenter}/${s.name}`);
    expect(names('')).toEqual(['dc1/db', 'dc2/web', 'dc1/web']);
    expect(names('BLUE')).toEqual(['dc1/web']);
    expect(names('web', 'dc2')).toEqual(['dc2/web']);
    expect(names('node1 db')).toEqual(['dc1/db']);
  });
});

describe('nodes', () => {
  it('are shown with all their checks, the troubled first', () => {
    const node = (name: string, status: CheckStatus) => ({ name, nodeChecks: [check(status)] });
    const cluster = {
      services: [service('db', 'dc1', 'critical')],
      datacenters: [
        { name: 'dc1', nodes: [node('node2', 'warning'), node('node1', 'passing')] },
        { name: 'east', nodes: [node('node3', 'passing')] },
      ],
    } as unknown as LiveSnapshot;
    const found = nodesByHealth(cluster);
    expect(found.map(({ name, health }) => [name, health])).toEqual([
      ['node1', 'critical'],
      ['node2', 'warning'],
      ['node3', 'passing'],
    ]);
    expect(found[0]?.checks.map(({ service: of, check: { id } }) => [of, id])).toEqual([
      ['', 'passing'],
      ['db', 'critical'],
    ]);
  });
});

describe('keys', () => {
  it('are folders', () => {
    expect(crumbs('')).toEqual([]);
    expect(crumbs('a/b/')).toEqual([
      { name: 'a', prefix: 'a/' },
      { name: 'b', prefix: 'a/b/' },
    ]);
    expect([lastPart('a/b/c'), lastPart('a/b/'), lastPart('x')]).toEqual(['c', 'b/', 'x']);
  });

  it('show JSON with indentation and leave the rest', () => {
    expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(pretty('{broken')).toBe('{broken');
    expect(pretty('plain')).toBe('plain');
  });
});
