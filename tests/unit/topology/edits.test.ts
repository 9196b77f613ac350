import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDatacenter,
  addHosts,
  addNode,
  assignHost,
  duplicateNodes,
  freeHosts,
  moveNode,
  readModel,
  removeHost,
  removeNodes,
  renameHost,
  renameNode,
  setBootstrap,
  setField,
  setRole,
} from '../../../src/shared/topology/index.js';

const three = readFileSync(
  new URL('../../../assets/examples/three-servers.raftyard', import.meta.url),
  'utf8',
);
const draft = (text: string) => readModel(text).draft;
const names = (text: string) => draft(text).datacenters.map((d) => d.nodes.map((n) => n.name));
const errors = (text: string) => readModel(text).findings.filter((f) => f.severity === 'error');
const flags = (text: string) => draft(text).datacenters.map((d) => d.nodes.map((n) => n.bootstrap));

describe('edits', () => {
  it('add a client on a placeholder host, and take a real one instead of it', () => {
    const added = addNode(three, { role: 'client' });
    expect(names(added.text)).toEqual([['node1', 'node2', 'node3', 'client1']]);
    expect(draft(added.text).hosts.at(-1)).toMatchObject({ name: 'docker04', address: '' });
    expect(errors(added.text).map((f) => f.path)).toContainEqual(['hosts', 3, 'address']);
    const withHost = addHosts(added.text, [{ name: 'edge', address: '192.0.2.20', user: 'root' }]);
    const assigned = assignHost(withHost, added.ref, 'edge');
    expect(draft(assigned).hosts.map((h) => h.name)).toEqual(['docker01', 'docker02', 'docker03', 'edge']);
    expect(errors(assigned)).toEqual([]);
    expect(assigned).toContain("# The cluster's identity on its hosts.");
  });

  it('keep one bootstrap flag in a datacenter, whoever goes or changes', () => {
    expect(flags(setBootstrap(three, { datacenter: 0, node: 2 }))).toEqual([[false, false, true]]);
    expect(flags(removeNodes(three, [{ datacenter: 0, node: 0 }]))).toEqual([[true, false]]);
    expect(flags(setRole(three, { datacenter: 0, node: 0 }, 'client'))).toEqual([[false, true, false]]);
  });

  it('move a node to another datacenter', () => {
    const two = addDatacenter(three);
    const moved = moveNode(two.text, { datacenter: 0, node: 0 }, 1);
    expect(names(moved.text)).toEqual([['node2', 'node3'], ['node1']]);
    expect(flags(moved.text)).toEqual([[true, false], [true]]);
  });

  it('rename a host with all that refers to it, and a node without its container', () => {
    const text = setField(renameHost(three, 0, 'alpha'), ['hosts', 1, 'ssh', 'jump'], ['alpha']);
    const renamed = renameHost(text, 0, 'beta');
    expect(errors(renamed)).toEqual([]);
    expect(draft(renamed).hosts[1]?.jump).toEqual(['beta']);
    const bare = setField(three, ['datacenters', 0, 'nodes', 1, 'container'], undefined);
    expect(renameNode(bare, { datacenter: 0, node: 1 }, 'second')).toContain('container: consul-node2');
  });

  it('remove a host with its nodes', () => {
    const text = removeHost(three, 1);
    expect(names(text)).toEqual([['node1', 'node3']]);
    expect(draft(text).hosts).toHaveLength(2);
  });

  it('copy nodes onto free hosts first', () => {
    const text = addHosts(three, [{ name: 'docker09', address: '192.0.2.9' }]);
    expect(freeHosts(draft(text))).toEqual(['docker09']);
    const copied = duplicateNodes(text, [
      { datacenter: 0, node: 0 },
      { datacenter: 0, node: 1 },
    ]);
    expect(draft(copied.text).datacenters[0]?.nodes.map((n) => n.host)).toEqual([
      'docker01',
      'docker02',
      'docker03',
      'docker09',
      'docker04',
    ]);
    expect(flags(copied.text)).toEqual([[true, false, false, false, false]]);
  });

  it('leave a readable document with unique names and containers, whatever their order', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom('add', 'client', 'dc', 'remove', 'move', 'copy', 'flag', 'role'),
            fc.nat(9),
            fc.nat(9),
          ),
          { maxLength: 14 },
        ),
        (steps) => {
          let text = three;
          for (const [kind, a, b] of steps) {
            const d = draft(text);
            const refs = d.datacenters.flatMap((dc, datacenter) =>
              dc.nodes.map((_, node) => ({ datacenter, node })),
            );
            const ref = refs[a % Math.max(1, refs.length)];
            const datacenter = b % d.datacenters.length;
            if (kind === 'add') text = addNode(text, { role: 'server', datacenter }).text;
            else if (kind === 'client') text = addNode(text, { role: 'client', datacenter }).text;
            else if (kind === 'dc') text = addDatacenter(text).text;
            else if (ref === undefined) continue;
            else if (kind === 'remove') text = removeNodes(text, [ref]);
            else if (kind === 'move') text = moveNode(text, ref, datacenter).text;
            else if (kind === 'copy') text = duplicateNodes(text, [ref]).text;
            else if (kind === 'role') text = setRole(text, ref, b % 2 === 0 ? 'client' : 'server');
            else if (d.datacenters[ref.datacenter]?.nodes[ref.node]?.role === 'server')
              text = setBootstrap(text, ref);
          }
          const model = readModel(text);
          expect(model.readable).toBe(true);
          const nodes = model.draft.datacenters.flatMap((dc) => [...dc.nodes]);
          expect(new Set(nodes.map((n) => n.name)).size).toBe(nodes.length);
          expect(new Set(nodes.map((n) => n.container)).size).toBe(nodes.length);
          for (const dc of model.draft.datacenters) {
            const servers = dc.nodes.filter((n) => n.role === 'server');
            expect(dc.nodes.filter((n) => n.bootstrap).length).toBe(servers.length === 0 ? 0 : 1);
            expect(dc.nodes.every((n) => !n.bootstrap || n.role === 'server')).toBe(true);
          }
        },
      ),
    );
  });
});
