import { useEffect } from 'react';
import { useDocument } from '../../stores/document.js';
import { useUi } from '../../stores/ui.js';
import { carryLayout, keptSelection } from './carry.js';

/** Cards stay where they are when they are renamed, and nothing is selected that is gone. */
export function useFollowDocument(): void {
  useEffect(
    () =>
      useDocument.subscribe((state, before) => {
        if (state.shown === before.shown) return;
        const { selection, select } = useUi.getState();
        const kept = keptSelection(state.shown.draft, selection);
        if (kept !== selection) select(kept);
        // Undo, redo and opening bring the places that belong to their text.
        if (state.key !== before.key || state.layout !== before.layout) return;
        const layout = carryLayout(before.shown.draft, state.shown.draft, state.layout);
        if (layout !== state.layout) useDocument.setState({ layout });
      }),
    [],
  );
}
