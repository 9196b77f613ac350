import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  MiniMap,
  type NodeChange,
  ReactFlow,
  useReactFlow,
} from '@xyflow/react';
import { type DragEvent, type MouseEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useUi } from '../../stores/ui.js';
import { Area } from './Area.js';
import { commitMoves, drop } from './actions.js';
import { GRID } from './arrange.js';
import { CanvasControls } from './CanvasControls.js';
import { ContextMenu, type MenuPlace } from './ContextMenu.js';
import { isOurDrag, readDrag } from './drag.js';
import { LinkEdge } from './LinkEdge.js';
import { NodeCard } from './NodeCard.js';
import { Search } from './Search.js';
import { selectedBy } from './selection.js';
import styles from './topology.module.css';
import { type FlowNode, useGraph } from './useGraph.js';

// Outside of the component: new objects would make React Flow draw everything anew.
const NODE_TYPES = { card: NodeCard, area: Area };
const EDGE_TYPES = { link: LinkEdge };
const FIT = { padding: 0.12, maxZoom: 1, minZoom: 0.2 };
const MULTI = ['Shift', 'Meta', 'Control'];

/** The cluster as a picture that is edited by hand. */
export function Canvas() {
  const { t } = useTranslation('topology');
  const { nodes: derived, edges, areas } = useGraph();
  const [nodes, setNodes] = useState<FlowNode[]>(derived);
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const flow = useReactFlow<FlowNode>();
  const select = useUi((state) => state.select);
  const latest = useRef(nodes);
  latest.current = nodes;
  // What is being dragged stays under the pointer while the rest follows the document.
  useEffect(
    () =>
      setNodes((before) => {
        const held = new Map(before.filter((node) => node.dragging === true).map((node) => [node.id, node]));
        const measured = new Map(before.map((node) => [node.id, node.measured]));
        return derived.map((node) => {
          const drag = held.get(node.id);
          const size = measured.get(node.id);
          const next = size === undefined ? node : { ...node, measured: size };
          return drag === undefined ? next : { ...next, position: drag.position, dragging: true };
        });
      }),
    [derived],
  );
  const onNodesChange = useCallback(
    (changes: NodeChange<FlowNode>[]) => {
      const next = applyNodeChanges(changes, latest.current);
      setNodes(next);
      latest.current = next;
      if (changes.some((change) => change.type === 'select')) select(selectedBy(next));
      const moved = changes.flatMap((change) =>
        change.type === 'position' && change.dragging === false && change.position !== undefined
          ? [change.id]
          : [],
      );
      if (moved.length === 0) return;
      const positions = new Map(
        next.filter((node) => moved.includes(node.id)).map((node) => [node.id, node.position]),
      );
      commitMoves(positions);
    },
    [select],
  );
  const onDrop = (event: DragEvent): void => {
    const dragged = readDrag(event.dataTransfer);
    if (dragged === null) return;
    event.preventDefault();
    drop(dragged, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }));
  };
  const onDragOver = (event: DragEvent): void => {
    if (isOurDrag(event.dataTransfer)) event.preventDefault();
  };
  const openMenu = (event: MouseEvent | globalThis.MouseEvent, node: FlowNode | null): void => {
    event.preventDefault();
    if (node !== null && !node.selected) select(selectedBy([{ ...node, selected: true }]));
    setMenu({
      x: event.clientX,
      y: event.clientY,
      node,
      at: flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }),
    });
  };
  return (
    <section
      className={styles.canvas}
      aria-label={t('canvas')}
      onDrop={onDrop}
      onDragOver={onDragOver}
      data-testid="canvas"
    >
      <ReactFlow<FlowNode>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onNodeContextMenu={openMenu}
        onPaneContextMenu={(event) => openMenu(event, null)}
        onPaneClick={() => select([])}
        snapToGrid
        snapGrid={[GRID, GRID]}
        fitView
        fitViewOptions={FIT}
        minZoom={0.15}
        maxZoom={2}
        deleteKeyCode={null}
        multiSelectionKeyCode={MULTI}
        selectionKeyCode="Shift"
        edgesFocusable={false}
        elevateNodesOnSelect={false}
        ariaLabelConfig={{ 'node.a11yDescription.default': t('cardHelp') }}
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} color="var(--ry-dots)" />
        <MiniMap
          pannable
          zoomable
          ariaLabel={t('minimap')}
          className={styles.minimap}
          style={{ width: 124, height: 84 }}
          nodeColor={(node) => (node.type === 'area' ? 'var(--ry-area)' : 'var(--ry-raised)')}
          nodeStrokeColor={(node) => (node.selected === true ? 'var(--ry-accent)' : 'var(--ry-line-strong)')}
          maskColor="transparent"
          bgColor="var(--ry-panel)"
        />
      </ReactFlow>
      <CanvasControls areas={areas} />
      <Search areas={areas} />
      <ContextMenu place={menu} onClose={() => setMenu(null)} />
    </section>
  );
}
