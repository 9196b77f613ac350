import { useReactFlow } from '@xyflow/react';
import { useEffect } from 'react';
import { registerCommand } from '../../app/commands.js';
import { useDocument } from '../../stores/document.js';
import { useCanvas } from './canvas-store.js';
import { copySelected, duplicateSelected, paste, removeSelected, selectAll } from './clipboard.js';
import { useFit } from './useFit.js';

const MS = 180;

/** What menu, keyboard and buttons can do with the canvas while it is on the screen. */
export function useCanvasCommands(): void {
  const flow = useReactFlow();
  const fit = useFit();
  useEffect(() => {
    const ends = [
      registerCommand('copy', copySelected),
      registerCommand('paste', paste),
      registerCommand('duplicate', duplicateSelected),
      registerCommand('delete', removeSelected),
      registerCommand('select-all', selectAll),
      registerCommand('find', () => useCanvas.setState({ searching: true })),
      registerCommand('zoom-in', () => {
        useCanvas.setState({ moved: true });
        void flow.zoomIn({ duration: MS });
      }),
      registerCommand('zoom-out', () => {
        useCanvas.setState({ moved: true });
        void flow.zoomOut({ duration: MS });
      }),
      registerCommand('zoom-fit', () => fit({ ms: MS })),
      registerCommand('auto-layout', () => {
        useDocument.getState().change({ layout: {} });
        requestAnimationFrame(() => fit({ ms: MS }));
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [flow, fit]);
}
