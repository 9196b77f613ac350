import { useEffect } from 'react';
import { useUi } from '../../stores/ui.js';

/** As in topology.module.css: below this the inspector lies over the canvas. */
const NARROW = '(max-width: 1080px)';

export const isNarrow = (): boolean => window.matchMedia(NARROW).matches;

/** Below this an open drawer leaves less than a cluster's height to the canvas. */
const LOW = '(max-height: 680px)';

function useMedia(media: string, panel: () => { readonly open: boolean; toggle(): void }): void {
  useEffect(() => {
    const query = window.matchMedia(media);
    const follow = (): void => {
      const { open, toggle } = panel();
      if (open === query.matches) toggle();
    };
    if (query.matches) follow();
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, [media, panel]);
}

const inspector = () => {
  const { inspectorOpen: open, toggleInspector: toggle } = useUi.getState();
  return { open, toggle };
};
const drawer = () => {
  const { drawerOpen: open, toggleDrawer } = useUi.getState();
  return { open, toggle: () => toggleDrawer() };
};

/** In a small window, what would cover or squeeze the canvas is closed until it is wanted. */
export function useNarrow(): void {
  useMedia(NARROW, inspector);
  useMedia(LOW, drawer);
}
