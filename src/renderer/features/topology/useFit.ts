import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useCallback } from 'react';
import { useUi } from '../../stores/ui.js';
import { useCanvas } from './canvas-store.js';
import { fitPadding } from './fit.js';
import type { FlowNode } from './flow.js';
import { isNarrow } from './useNarrow.js';

const MAX_ZOOM = 1;
const INSPECTOR = 280;

/** Width of the inspector where it lies over the canvas, in pixels. */
const overlay = (): number => (useUi.getState().inspectorOpen && isNarrow() ? INSPECTOR : 0);

/** Brings everything onto the screen; `ms`: how long the way there takes. */
export function useFit(): (ms?: number) => void {
  const flow = useReactFlow<FlowNode>();
  const store = useStoreApi();
  return useCallback(
    (ms = 0) => {
      useCanvas.setState({ moved: false });
      const { width, height } = store.getState();
      const areas = flow.getNodes().filter((node) => node.type === 'area');
      const boxes = areas.map(({ position, width: w, height: h }) => ({
        ...position,
        width: w ?? 0,
        height: h ?? 0,
      }));
      const { top, right, bottom, left } = fitPadding(boxes, { width, height }, MAX_ZOOM, overlay());
      const padding = {
        top: `${top}px`,
        right: `${right}px`,
        bottom: `${bottom}px`,
        left: `${left}px`,
      } as const;
      void flow.fitView({ padding, maxZoom: MAX_ZOOM, minZoom: 0.15, duration: ms });
    },
    [flow, store],
  );
}
