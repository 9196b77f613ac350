/** The selection of the canvas in the words of the rest of the window. */
import { type Selected, useUi } from '../../stores/ui.js';
import type { FlowNode } from './flow.js';

/** Ghosts are not of the document, and nothing to select. */
export function selectedBy(nodes: readonly FlowNode[]): Selected[] {
  return nodes.flatMap((node): Selected[] => {
    if (node.selected !== true) return [];
    if (node.data.kind === 'area') return [{ kind: 'datacenter', datacenter: node.data.index }];
    return node.data.ghost ? [] : [{ kind: 'node', ...node.data.ref }];
  });
}

/** Opens the inspector at the name of what a card or an area stands for. */
export function editNode({ data }: FlowNode): void {
  const { goToField } = useUi.getState();
  if (data.kind === 'area') goToField(['datacenters', data.index, 'name']);
  else if (!data.ghost) goToField(['datacenters', data.ref.datacenter, 'nodes', data.ref.node, 'name']);
}
