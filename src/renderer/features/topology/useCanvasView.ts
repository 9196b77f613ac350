import { useNodesInitialized, useReactFlow, useStore, useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { useDocument } from '../../stores/document.js';
import { forgetCrowns } from './Crown.js';
import { useCanvas } from './canvas-store.js';
import { useFit } from './useFit.js';
import { viewportOf } from './viewport.js';

/** What the canvas looks at: another document whole, and what was just added or found. */
export function useCanvasView(): void {
  const flow = useReactFlow();
  const fit = useFit();
  const store = useStoreApi();
  const key = useDocument((state) => state.key);
  const ready = useNodesInitialized();
  const shown = useRef(viewportOf(key) === null ? null : key);
  useEffect(() => {
    if (!ready || key === shown.current) return;
    shown.current = key;
    forgetCrowns();
    useCanvas.setState({ collapsed: new Set(), target: null });
    // One frame later the nodes of the new document are React Flow's own.
    const frame = requestAnimationFrame(() => fit());
    return () => cancelAnimationFrame(frame);
  }, [key, ready, fit]);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  useEffect(() => {
    if (shown.current !== null && !useCanvas.getState().moved) fit();
  }, [width, height, fit]);
  const reveal = useCanvas((state) => state.reveal);
  useEffect(() => {
    if (reveal === null) return;
    // One frame later: what was just added is on the canvas then.
    const frame = requestAnimationFrame(() => {
      const node = flow.getInternalNode(reveal.id);
      if (node === undefined) return;
      const { x, y } = flow.flowToScreenPosition(node.internals.positionAbsolute);
      const pane = store.getState().domNode?.getBoundingClientRect();
      const zoom = flow.getZoom();
      const width = (node.width ?? 0) * zoom;
      const height = (node.height ?? 0) * zoom;
      const whole =
        pane !== undefined &&
        x >= pane.left &&
        y >= pane.top &&
        x + width <= pane.right &&
        y + height <= pane.bottom;
      if (!whole) fit(180);
    });
    return () => cancelAnimationFrame(frame);
  }, [reveal, flow, store, fit]);
}
