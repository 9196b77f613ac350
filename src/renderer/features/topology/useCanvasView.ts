import { useNodesInitialized, useReactFlow, useStore, useStoreApi } from '@xyflow/react';
import { useCallback, useEffect, useRef } from 'react';
import { useDocument } from '../../stores/document.js';
import { forgetCrowns } from './Crown.js';
import { useCanvas } from './canvas-store.js';
import { READABLE } from './fit.js';
import type { AreaData } from './graph.js';
import { useFit } from './useFit.js';
import { viewportOf } from './viewport.js';

const MS = 180;
const MOST_FRAMES = 60;

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
    const frame = requestAnimationFrame(() => fit({ readable: true }));
    return () => cancelAnimationFrame(frame);
  }, [key, ready, fit]);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  useEffect(() => {
    if (shown.current !== null && !useCanvas.getState().moved) fit({ readable: true });
  }, [width, height, fit]);
  /** Whether a card or an area is on the screen from edge to edge. */
  const isWhole = useCallback(
    (id: string): boolean => {
      const node = flow.getInternalNode(id);
      const pane = store.getState().domNode?.getBoundingClientRect();
      if (node === undefined || pane === undefined) return false;
      const { x, y } = flow.flowToScreenPosition(node.internals.positionAbsolute);
      const zoom = flow.getZoom();
      return (
        x >= pane.left &&
        y >= pane.top &&
        x + (node.width ?? 0) * zoom <= pane.right &&
        y + (node.height ?? 0) * zoom <= pane.bottom
      );
    },
    [flow, store],
  );
  const reveal = useCanvas((state) => state.reveal);
  useEffect(() => {
    if (reveal === null) return;
    // One frame later: what was just added is on the canvas then.
    const frame = requestAnimationFrame(() => {
      useCanvas.setState({ reveal: null });
      const node = flow.getInternalNode(reveal.id);
      if (node === undefined || isWhole(reveal.id)) return;
      if (fit({ ms: MS, readable: true, area: reveal.id }) || node.type === 'area') return;
      const { x, y } = node.internals.positionAbsolute;
      void flow.setCenter(x + (node.width ?? 0) / 2, y + (node.height ?? 0) / 2, {
        zoom: READABLE,
        duration: MS,
      });
    });
    return () => cancelAnimationFrame(frame);
  }, [reveal, flow, fit, isWhole]);
  const toggled = useCanvas((state) => state.toggled);
  useEffect(() => {
    if (toggled === null) return;
    let frame = 0;
    let left = MOST_FRAMES;
    const drawn = (): boolean =>
      ((flow.getNode(toggled)?.data as Partial<AreaData> | undefined)?.hiddenClients !== 0) ===
      useCanvas.getState().collapsed.has(toggled);
    const onFrame = (): void => {
      // On a busy computer the clients come and go some frames later.
      left -= 1;
      if (!drawn() && left > 0) {
        frame = requestAnimationFrame(onFrame);
        return;
      }
      useCanvas.setState({ toggled: null });
      // Who has moved the picture keeps it, as long as what was hidden or shown is in sight.
      if (!useCanvas.getState().moved || !isWhole(toggled)) fit({ ms: MS, readable: true, area: toggled });
    };
    frame = requestAnimationFrame(onFrame);
    return () => cancelAnimationFrame(frame);
  }, [toggled, flow, fit, isWhole]);
}
