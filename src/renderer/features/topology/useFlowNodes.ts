import { applyNodeChanges, type NodeChange } from '@xyflow/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useUi } from '../../stores/ui.js';
import { useCanvas } from './canvas-store.js';
import type { FlowNode } from './flow.js';
import { follow } from './flow.js';
import { commitMoves } from './moves.js';
import { selectedBy } from './selection.js';

interface FlowNodes {
  readonly nodes: FlowNode[];
  onNodesChange(changes: NodeChange<FlowNode>[]): void;
}

/** What is dragged is above what it is dragged over. */
const lifted = (node: FlowNode): FlowNode =>
  node.dragging === true && node.type === 'card' && node.zIndex !== LIFTED
    ? { ...node, zIndex: LIFTED }
    : node;
const LIFTED = 10;

/**
 * The nodes as React Flow has them: those of the document, with what the pointer does to them until it lets
 * go. A move or a selection then goes to the document or the window's stores, and comes back from there.
 */
export function useFlowNodes(derived: readonly FlowNode[]): FlowNodes {
  const [nodes, setNodes] = useState<FlowNode[]>(() => [...derived]);
  const latest = useRef(nodes);
  const source = useRef(derived);
  const show = useCallback((next: FlowNode[]): void => {
    latest.current = next;
    setNodes(next);
  }, []);
  useEffect(() => {
    source.current = derived;
    show(follow(latest.current, derived));
  }, [derived, show]);
  const onNodesChange = useCallback(
    (changes: NodeChange<FlowNode>[]) => {
      const held = new Set(latest.current.filter((node) => node.dragging === true).map((node) => node.id));
      const next = applyNodeChanges(changes, latest.current).map(lifted);
      show(next);
      if (changes.some((change) => change.type === 'select')) useUi.getState().select(selectedBy(next));
      const ended = changes.flatMap((change) =>
        change.type === 'position' && change.dragging === false ? [change.id] : [],
      );
      if (ended.length === 0) return;
      const byKeys = !ended.some((id) => held.has(id));
      const moved = next.filter((node) => ended.includes(node.id));
      const places = new Map(moved.map((node) => [node.id, node.position]));
      if (byKeys) commitMoves(places, null, 'arrows');
      else commitMoves(places, useCanvas.getState().target);
      // Where nothing came of it, the cards go back to where the document has them.
      show(follow(latest.current, source.current));
    },
    [show],
  );
  return { nodes, onNodesChange };
}
