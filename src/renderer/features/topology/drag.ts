/** What is dragged from palette, inventory and cards onto the canvas. */
import type { PlacedNode } from './arrange.js';

export type Dragged =
  | { readonly kind: 'palette'; readonly item: PaletteItem }
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'flag'; readonly ref: PlacedNode['ref'] };

export const PALETTE = ['bootstrap', 'server', 'client', 'datacenter'] as const;
export type PaletteItem = (typeof PALETTE)[number];

const TYPE = 'application/x-raftyard';

export function writeDrag(transfer: DataTransfer, dragged: Dragged): void {
  transfer.setData(TYPE, JSON.stringify(dragged));
  transfer.effectAllowed = 'copyMove';
}

export const isOurDrag = (transfer: DataTransfer): boolean => transfer.types.includes(TYPE);

/** What was dropped; null for what comes from elsewhere. */
export function readDrag(transfer: DataTransfer): Dragged | null {
  const text = transfer.getData(TYPE);
  return text === '' ? null : (JSON.parse(text) as Dragged);
}
