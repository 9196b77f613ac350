/** What belongs to the picture alone: collapsed datacenters, the clipboard, what is being dragged over. */
import { create } from 'zustand';
import type { Position } from '../../../shared/ipc/index.js';

export interface Copied {
  readonly datacenter: number;
  readonly role: 'server' | 'client';
  /** In its area; undefined for one that is not drawn. */
  readonly at: Position | undefined;
}

interface CanvasStore {
  /** Ids of areas whose clients are not drawn. */
  readonly collapsed: ReadonlySet<string>;
  readonly clipboard: readonly Copied[];
  readonly searching: boolean;
  /** Id of the card or area that would take what is dragged, if it were let go now. */
  readonly target: string | null;
  /** Id of a card or area to bring onto the screen; a new object each time. */
  readonly reveal: { readonly id: string } | null;
  /** Id of an area whose clients the person has just hidden or shown. */
  readonly toggled: string | null;
  /** The person has moved or zoomed: what they look at stays when the window changes. */
  readonly moved: boolean;
  /** By the person's hand: the picture is fitted again. */
  toggle(area: string): void;
  expand(area: string): void;
  setTarget(target: string | null): void;
  show(id: string): void;
}

export const useCanvas = create<CanvasStore>((set, get) => ({
  collapsed: new Set(),
  clipboard: [],
  searching: false,
  target: null,
  reveal: null,
  toggled: null,
  moved: false,
  toggle: (area) => {
    const collapsed = new Set(get().collapsed);
    if (!collapsed.delete(area)) collapsed.add(area);
    set({ collapsed, toggled: area });
  },
  expand: (area) => {
    const { collapsed } = get();
    if (collapsed.has(area)) set({ collapsed: new Set([...collapsed].filter((id) => id !== area)) });
  },
  setTarget: (target) => {
    if (target !== get().target) set({ target });
  },
  show: (id) => set({ reveal: { id } }),
}));
