import { describe, expect, it } from 'vitest';
import { carryLayout } from '../../../../src/renderer/features/topology/inspector/layout.js';
import { type Draft, readModel, renameNode, setField } from '../../../../src/shared/topology/index.js';

const TEXT = `datacenters:
  - name: dc1
    nodes:
      - { name: node1, host: docker01 }
      - { name: node2, host: docker02 }
hosts: []
`;
const draft = (text: string): Draft => readModel(text).draft;
const LAYOUT = {
  'dc:dc1': { x: 8, y: 16 },
  'node:dc1/node1': { x: 40, y: 48 },
  'node:old/x': { x: 1, y: 1 },
};

describe('the layout under new names', () => {
  it('keeps a renamed node in its place', () => {
    const after = draft(renameNode(TEXT, { datacenter: 0, node: 0 }, 'first'));
    expect(carryLayout(draft(TEXT), after, LAYOUT)).toEqual({
      'dc:dc1': { x: 8, y: 16 },
      'node:dc1/first': { x: 40, y: 48 },
      'node:old/x': { x: 1, y: 1 },
    });
  });

  it('takes the nodes of a renamed datacenter along', () => {
    const after = draft(setField(TEXT, ['datacenters', 0, 'name'], 'east'));
    expect(carryLayout(draft(TEXT), after, LAYOUT)).toEqual({
      'dc:east': { x: 8, y: 16 },
      'node:east/node1': { x: 40, y: 48 },
      'node:old/x': { x: 1, y: 1 },
    });
  });

  it('comes back through a name that another node has', () => {
    const same = draft(renameNode(TEXT, { datacenter: 0, node: 0 }, 'node2'));
    const after = draft(renameNode(TEXT, { datacenter: 0, node: 0 }, 'node20'));
    const places = { 'node:dc1/node1': { x: 8, y: 8 }, 'node:dc1/node2': { x: 16, y: 16 } };
    expect(carryLayout(same, after, carryLayout(draft(TEXT), same, places))).toEqual({
      'node:dc1/node20': { x: 8, y: 8 },
      'node:dc1/node2': { x: 16, y: 16 },
    });
  });

  it('is the same object where nothing that has a place was renamed', () => {
    const after = draft(renameNode(TEXT, { datacenter: 0, node: 1 }, 'second'));
    expect(carryLayout(draft(TEXT), after, LAYOUT)).toBe(LAYOUT);
  });
});
