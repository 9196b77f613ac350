/** The selection of the canvas in the words of the rest of the window. Pure. */
import type { Selected } from '../../stores/ui.js';
import type { FlowNode } from './flow.js';

export function selectedBy(nodes: readonly FlowNode[]): Selected[] {
  return nodes.flatMap((node): Selected[] => {
    if (node.selected !== true) return [];
    if (node.data.kind === 'area') return [{ kind: 'datacenter', datacenter: node.data.index }];
    return node.data.ghost ? [] : [{ kind: 'node', ...node.data.ref }];
  });
}
