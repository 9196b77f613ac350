/** What is dragged from palette, inventory and cards onto the canvas, and what would take it. */
import type { Position } from '../../../shared/ipc/index.js';
import { areaAt, areaNear, cardAt, type PlacedArea, type PlacedNode } from './arrange.js';
import { useCanvas } from './canvas-store.js';

export type Dragged =
  | { readonly kind: 'palette'; readonly item: PaletteItem }
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'flag'; readonly ref: PlacedNode['ref'] };

export const PALETTE = ['bootstrap', 'server', 'client', 'datacenter'] as const;
export type PaletteItem = (typeof PALETTE)[number];

/** Marks drags of this window: what comes from elsewhere is not taken. */
const TYPE = 'application/x-raftyard';
/** The browser keeps a drag's data to itself until the drop; what would take it must be shown before. */
let current: Dragged | null = null;

export function beginDrag(transfer: DataTransfer, dragged: Dragged): void {
  current = dragged;
  transfer.setData(TYPE, dragged.kind);
  transfer.effectAllowed = 'copyMove';
}

export function endDrag(): void {
  current = null;
  useCanvas.getState().setTarget(null);
}

/** What is dragged in this window now; null for what comes from elsewhere. */
export const draggedBy = (transfer: DataTransfer): Dragged | null =>
  transfer.types.includes(TYPE) ? current : null;

/** Id of the card or area that would take what is dragged at a place; null: none, or a new one is made. Pure. */
export function targetOf(areas: readonly PlacedArea[], dragged: Dragged, at: Position): string | null {
  const card = cardAt(areas, at);
  switch (dragged.kind) {
    case 'flag':
      return card?.draft.role === 'server' &&
        card.ref.datacenter === dragged.ref.datacenter &&
        card.ref.node !== dragged.ref.node
        ? card.id
        : null;
    case 'host':
      return (card ?? areaNear(areas, at))?.id ?? null;
    case 'palette':
      return dragged.item === 'datacenter' ? null : (areaNear(areas, at)?.id ?? null);
  }
}

/**
 * Id of the area that cards would move to when they are let go at a place; null where they stay in their own. Pure.
 *
 * @param owns indexes of the datacenters that they are in
 */
export function areaTarget(
  areas: readonly PlacedArea[],
  owns: readonly number[],
  at: Position,
): string | null {
  const area = areaAt(areas, at);
  return area === undefined || owns.every((own) => own === area.index) ? null : area.id;
}
