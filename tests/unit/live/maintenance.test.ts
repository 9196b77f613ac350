import { describe, expect, it } from 'vitest';
import {
  type CheckSeen,
  diffLive,
  inDatacenter,
  isMaintenanceCheck,
  type LiveSnapshot,
  maintenanceOf,
  maintenanceOutlook,
} from '../../../src/shared/live/index.js';
import { healthy, snapshotOf } from './fixture.js';

const seen = (node: string, id: string, output: string, serviceId = ''): CheckSeen => ({
  node,
  id,
  name: id,
  status: 'critical',
  output,
  serviceId,
  service: serviceId === '' ? '' : 'web',
});

function cluster(checks: readonly CheckSeen[], nodes: readonly string[] = ['node1', 'node2']): LiveSnapshot {
  const instances = nodes.map((node) => ({
    service: 'web',
    node,
    id: 'web',
    address: '',
    port: 80,
    tags: [],
  }));
  return snapshotOf(inDatacenter(healthy(), 'dc1', (datacenter) => ({ ...datacenter, checks, instances })));
}

const nodeCheck = seen('node2', '_node_maintenance', 'disk change');
const serviceCheck = seen('node1', '_service_maintenance:web', 'new version', 'web');
const node2 = (snapshot: LiveSnapshot) => snapshot.datacenters[0]?.nodes.find(({ name }) => name === 'node2');

describe('maintenance', () => {
  it('of a node is its reason, and no failed check', () => {
    const snapshot = cluster([nodeCheck]);
    expect(node2(snapshot)).toMatchObject({ maintenance: 'disk change', checks: { critical: 0 } });
    expect(snapshot.problems).toEqual([
      { code: 'node-maintenance', datacenter: 'dc1', node: 'node2', detail: 'disk change' },
    ]);
  });

  it('of a service is the instance’s own, and the node’s other checks still count', () => {
    const snapshot = cluster([serviceCheck, seen('node1', 'alive', 'refused', 'web')]);
    const [service] = snapshot.services;
    expect(service?.instances.map(({ maintenance }) => maintenance)).toEqual(['new version', undefined]);
    expect(snapshot.datacenters[0]?.nodes[0]?.checks.critical).toBe(1);
    expect(snapshot.problems.map(({ code }) => code).sort()).toEqual([
      'check-critical',
      'service-maintenance',
    ]);
  });

  it('goes into the timeline when it begins and when it ends, with its reason', () => {
    const [before, during] = [cluster([]), cluster([nodeCheck, serviceCheck])];
    expect(diffLive(before, during)).toMatchObject([
      { kind: 'maintenance-on', node: 'node2', reason: 'disk change' },
      { kind: 'maintenance-on', node: 'node1', service: 'web', reason: 'new version' },
    ]);
    const after = diffLive(during, before);
    expect(after.map(({ kind }) => kind)).toEqual(['maintenance-off', 'maintenance-off']);
    expect(after[0]).not.toHaveProperty('reason');
  });

  it('without a reason has none, whatever Consul writes there', () => {
    const text =
      'Maintenance mode is enabled for this node, but no reason was provided. This is a default message.';
    expect(maintenanceOf([{ id: '_node_maintenance', status: 'critical', output: text }])).toBe('');
    expect(maintenanceOf([{ id: 'alive', status: 'critical', output: 'x' }])).toBeUndefined();
    expect(isMaintenanceCheck('_service_maintenance:web')).toBe(true);
    expect(isMaintenanceCheck('serfHealth')).toBe(false);
  });
});

describe('what a maintenance costs', () => {
  it('is nothing while others answer', () => {
    expect(maintenanceOutlook(cluster([]), 'dc1', 'node1')).toEqual({
      instances: [{ service: 'web', id: 'web' }],
      emptied: [],
    });
  });

  it('is the service where nobody else answers', () => {
    for (const other of [nodeCheck, seen('node2', 'alive', 'x', 'web'), seen('node2', 'serfHealth', 'x')])
      expect(maintenanceOutlook(cluster([other]), 'dc1', 'node1').emptied).toEqual(['web']);
    expect(maintenanceOutlook(cluster([], ['node1']), 'dc1', 'node1', 'web').emptied).toEqual(['web']);
  });

  it('is nothing for what answers nobody now', () => {
    const ill = cluster([seen('node1', 'alive', 'x', 'web')]);
    expect(maintenanceOutlook(ill, 'dc1', 'node1')).toEqual({ instances: [], emptied: [] });
    expect(maintenanceOutlook(ill, 'dc1', 'node1', 'other').instances).toEqual([]);
  });
});
