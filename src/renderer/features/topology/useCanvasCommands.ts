import { useReactFlow } from '@xyflow/react';
import { useEffect } from 'react';
import { registerCommand } from '../../app/commands.js';
import { useDocument } from '../../stores/document.js';
import { useCanvas } from './canvas-store.js';
import { copySelected, duplicateSelected, paste, removeSelected, selectAll } from './clipboard.js';

const MS = 180;
export const FIT = { padding: 0.1, maxZoom: 1, minZoom: 0.2 };

/** What menu, keyboard and buttons can do with the canvas while it is on the screen. */
export function useCanvasCommands(): void {
  const flow = useReactFlow();
  useEffect(() => {
    const fit = () => void flow.fitView({ ...FIT, duration: MS });
    const ends = [
      registerCommand('copy', copySelected),
      registerCommand('paste', paste),
      registerCommand('duplicate', duplicateSelected),
      registerCommand('delete', removeSelected),
      registerCommand('select-all', selectAll),
      registerCommand('find', () => useCanvas.setState({ searching: true })),
      registerCommand('zoom-in', () => void flow.zoomIn({ duration: MS })),
      registerCommand('zoom-out', () => void flow.zoomOut({ duration: MS })),
      registerCommand('zoom-fit', fit),
      registerCommand('auto-layout', () => {
        useDocument.getState().change({ layout: {} });
        requestAnimationFrame(fit);
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [flow]);
}
