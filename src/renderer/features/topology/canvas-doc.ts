/** What the canvas's actions share: the document as it is now, and places in it. */
import type { Layout, Position } from '../../../shared/ipc/index.js';
import type { NodeRef } from '../../../shared/topology/index.js';
import { tellError } from '../../app/tell.js';
import { useDocument } from '../../stores/document.js';
import { arrange, nodeIds, type PlacedArea, settle } from './arrange.js';
import { useCanvas } from './canvas-store.js';
import { prunedLayout } from './carry.js';

export const doc = () => useDocument.getState();

export function currentAreas(): PlacedArea[] {
  const { shown, layout } = doc();
  return arrange(shown.draft, layout, useCanvas.getState().collapsed);
}

/** Runs an edit; what cannot be done is told and changes nothing. */
export function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    tellError(error);
  }
}

export function idOf(ref: NodeRef): string | undefined {
  const { draft } = doc().model;
  const node = draft.datacenters[ref.datacenter]?.nodes[ref.node];
  return node === undefined ? undefined : nodeIds(draft).get(node);
}

/** Adds to the layout within the step of undo that the edit before it made. */
export function addToLayout(places: Layout): void {
  const { layout, model } = doc();
  useDocument.setState({ layout: prunedLayout(model.draft, { ...layout, ...places }) });
}

/** Puts a node's card at a place of the canvas, within the step of undo that the edit before it made. */
export function place(ref: NodeRef, at: Position): void {
  const id = idOf(ref);
  const area = currentAreas()[ref.datacenter];
  if (id === undefined || area === undefined) return;
  addToLayout(settle(area, { [id]: { x: at.x - area.x, y: at.y - area.y } }));
}
