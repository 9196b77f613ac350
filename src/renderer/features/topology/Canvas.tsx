import { Background, BackgroundVariant, MiniMap, ReactFlow, useReactFlow } from '@xyflow/react';
import { type DragEvent, type KeyboardEvent, type MouseEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDocument } from '../../stores/document.js';
import { useUi } from '../../stores/ui.js';
import { Announcer } from './Announcer.js';
import { Area } from './Area.js';
import { drop } from './actions.js';
import { CanvasControls } from './CanvasControls.js';
import { ContextMenu, type MenuPlace } from './ContextMenu.js';
import { currentAreas } from './canvas-doc.js';
import { useCanvas } from './canvas-store.js';
import { areaTarget, draggedBy, endDrag, targetOf } from './drag.js';
import { MINIMAP } from './fit.js';
import type { FlowNode } from './flow.js';
import { GRID } from './geometry.js';
import { LinkEdge } from './LinkEdge.js';
import { NodeCard } from './NodeCard.js';
import { Search } from './Search.js';
import { editNode, selectedBy } from './selection.js';
import styles from './topology.module.css';
import { useCanvasCommands } from './useCanvasCommands.js';
import { useCanvasView } from './useCanvasView.js';
import { useFlowNodes } from './useFlowNodes.js';
import { useFollowDocument } from './useFollowDocument.js';
import { useGraph } from './useGraph.js';
import { useSpoken } from './useSpoken.js';
import { rememberViewport, viewportOf } from './viewport.js';

// Outside of the component: new objects would make React Flow draw everything anew.
const NODE_TYPES = { card: NodeCard, area: Area };
const EDGE_TYPES = { link: LinkEdge };
const SNAP: [number, number] = [GRID, GRID];
const MULTI = ['Shift', 'Meta', 'Control'];
const FIT = { padding: 0.1, maxZoom: 1 };
const OVERVIEW = { width: MINIMAP.width, height: MINIMAP.height };
const colourOf = (node: FlowNode): string => (node.type === 'area' ? 'var(--ry-area)' : 'var(--ry-raised)');
const strokeOf = (node: FlowNode): string =>
  node.selected === true ? 'var(--ry-accent)' : 'var(--ry-line-strong)';

type Pointer = MouseEvent | globalThis.MouseEvent | TouchEvent;

/** The cluster as a picture that is edited by hand. */
export function Canvas() {
  const { t } = useTranslation('topology');
  const graph = useGraph();
  const { nodes, onNodesChange } = useFlowNodes(graph.nodes);
  const edges = useMemo(() => [...graph.edges], [graph.edges]);
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const flow = useReactFlow<FlowNode>();
  const key = useDocument((state) => state.key);
  const before = viewportOf(key);
  const spoken = useSpoken();
  useCanvasCommands();
  useCanvasView();
  useFollowDocument();
  const { select } = useUi.getState();
  const { setTarget } = useCanvas.getState();
  const placeOf = (event: { clientX: number; clientY: number }) =>
    flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }, { snapToGrid: false });
  const onDragOver = (event: DragEvent): void => {
    const dragged = draggedBy(event.dataTransfer);
    if (dragged === null) return;
    event.preventDefault();
    setTarget(targetOf(currentAreas(), dragged, placeOf(event)));
  };
  const onDrop = (event: DragEvent): void => {
    const dragged = draggedBy(event.dataTransfer);
    endDrag();
    if (dragged === null) return;
    event.preventDefault();
    drop(dragged, placeOf(event));
  };
  const onDragOfNodes = (event: Pointer, dragged: readonly FlowNode[]): void => {
    const owns = dragged.flatMap(({ data }) => (data.kind === 'card' ? [data.ref.datacenter] : []));
    const at = 'clientX' in event ? event : event.touches[0];
    if (owns.length > 0 && at !== undefined) setTarget(areaTarget(currentAreas(), owns, placeOf(at)));
  };
  const openMenu = (event: MouseEvent | globalThis.MouseEvent, node: FlowNode | null): void => {
    event.preventDefault();
    if (node !== null && node.selected !== true) select(selectedBy([{ ...node, selected: true }]));
    setMenu({ x: event.clientX, y: event.clientY, node, at: placeOf(event) });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Keys of the menus, which React brings here too, are theirs.
    if (event.key === 'Escape' && event.currentTarget.contains(event.target as Node)) select([]);
  };
  return (
    <section
      className={styles.canvas}
      aria-label={t('canvas')}
      onDrop={onDrop}
      onDragOver={onDragOver}
      onDragLeave={() => setTarget(null)}
      onKeyDown={onKeyDown}
      data-testid="canvas"
    >
      <ReactFlow<FlowNode>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onNodeDrag={(event, _, dragged) => onDragOfNodes(event, dragged)}
        onNodeDragStop={() => setTarget(null)}
        onSelectionDrag={onDragOfNodes}
        onSelectionDragStop={() => setTarget(null)}
        onNodeDoubleClick={(_, node) => editNode(node)}
        onNodeContextMenu={openMenu}
        onSelectionContextMenu={(event, selected) => openMenu(event, selected[0] ?? null)}
        onPaneContextMenu={(event) => openMenu(event, null)}
        onPaneClick={() => select([])}
        onMoveStart={(event) => {
          if (event !== null) useCanvas.setState({ moved: true });
        }}
        onMoveEnd={(_, viewport) => rememberViewport(key, viewport)}
        fitView={before === null}
        fitViewOptions={FIT}
        {...(before === null ? {} : { defaultViewport: before })}
        snapToGrid
        snapGrid={SNAP}
        nodeDragThreshold={2}
        minZoom={0.15}
        maxZoom={2}
        deleteKeyCode={null}
        multiSelectionKeyCode={MULTI}
        selectionKeyCode="Shift"
        edgesFocusable={false}
        elevateNodesOnSelect={false}
        ariaLabelConfig={spoken}
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} color="var(--ry-dots)" />
        <MiniMap<FlowNode>
          pannable
          zoomable
          className={styles.minimap}
          style={OVERVIEW}
          nodeColor={colourOf}
          nodeStrokeColor={strokeOf}
          maskColor="transparent"
          maskStrokeColor="var(--ry-accent)"
          maskStrokeWidth={2}
          bgColor="var(--ry-panel)"
        />
      </ReactFlow>
      <CanvasControls />
      <Search />
      <Announcer />
      <ContextMenu place={menu} onClose={() => setMenu(null)} />
    </section>
  );
}
