/** What belongs to the picture alone: collapsed datacenters, the clipboard. */
import { create } from 'zustand';

interface CanvasStore {
  /** Ids of areas whose clients are not drawn. */
  readonly collapsed: ReadonlySet<string>;
  /** Roles of copied nodes, with the datacenter they came from. */
  readonly clipboard: readonly { readonly datacenter: number; readonly role: 'server' | 'client' }[];
  readonly searching: boolean;
  toggle(area: string): void;
}

export const useCanvas = create<CanvasStore>((set, get) => ({
  collapsed: new Set(),
  clipboard: [],
  searching: false,
  toggle: (area) => {
    const collapsed = new Set(get().collapsed);
    if (!collapsed.delete(area)) collapsed.add(area);
    set({ collapsed });
  },
}));
