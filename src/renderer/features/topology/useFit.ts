import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useCallback } from 'react';
import { useUi } from '../../stores/ui.js';
import { useCanvas } from './canvas-store.js';
import { beginningAt, boundsOf, fitPadding, READABLE, zoomOf } from './fit.js';
import type { FlowNode } from './flow.js';
import { isNarrow } from './useNarrow.js';

const MAX_ZOOM = 1;
const INSPECTOR = 280;

/** Width of the inspector where it lies over the canvas, in pixels. */
const overlay = (): number => (useUi.getState().inspectorOpen && isNarrow() ? INSPECTOR : 0);

export interface FitOptions {
  /** How long the way there takes. */
  readonly ms?: number;
  /** Where many clients would be too small to be read so: the beginning of an area instead, of this or the first. */
  readonly readable?: boolean;
  readonly area?: string;
}

/** Brings everything onto the screen; false where it had no room and a part of it is shown instead. */
export function useFit(): (options?: FitOptions) => boolean {
  const flow = useReactFlow<FlowNode>();
  const store = useStoreApi();
  return useCallback(
    ({ ms = 0, readable = false, area }: FitOptions = {}) => {
      useCanvas.setState({ moved: false });
      const { width, height } = store.getState();
      const nodes = flow.getNodes();
      const boxes = nodes
        .filter((node) => node.type === 'area')
        .map(({ id, position, width: w, height: h }) => ({ id, ...position, width: w ?? 0, height: h ?? 0 }));
      const pane = { width, height };
      const padding = fitPadding(boxes, pane, MAX_ZOOM, overlay());
      const compact = nodes.some((node) => node.type === 'card' && node.data.compact);
      const first = boxes.find(({ id }) => id === area) ?? boxes[0];
      if (
        readable &&
        compact &&
        first !== undefined &&
        zoomOf(boundsOf(boxes), pane, padding, MAX_ZOOM) < READABLE
      ) {
        // Room is scarce: what can be seen past the overview is seen.
        const beside = fitPadding([], pane, MAX_ZOOM, overlay());
        void flow.setViewport(beginningAt(first, boxes, pane, beside, READABLE), { duration: ms });
        return false;
      }
      const { top, right, bottom, left } = padding;
      void flow.fitView({
        padding: { top: `${top}px`, right: `${right}px`, bottom: `${bottom}px`, left: `${left}px` },
        maxZoom: MAX_ZOOM,
        minZoom: 0.15,
        duration: ms,
      });
      return true;
    },
    [flow, store],
  );
}
