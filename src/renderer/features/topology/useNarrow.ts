import { useEffect } from 'react';
import { useUi } from '../../stores/ui.js';

/** As in topology.module.css: below this the inspector lies over the canvas. */
const NARROW = '(max-width: 1080px)';

export const isNarrow = (): boolean => window.matchMedia(NARROW).matches;

/** In a narrow window the inspector would cover half of the canvas: it is closed until it is wanted. */
export function useNarrow(): void {
  useEffect(() => {
    const query = window.matchMedia(NARROW);
    const follow = (): void => {
      const { inspectorOpen, toggleInspector } = useUi.getState();
      if (inspectorOpen === query.matches) toggleInspector();
    };
    if (query.matches) follow();
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
}
