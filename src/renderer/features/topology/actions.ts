/** What a person adds to the canvas, by drag and drop or by a click; each one step of undo. */
import type { Position } from '../../../shared/ipc/index.js';
import {
  addDatacenter,
  addNode,
  assignHost,
  type NodeRef,
  setBootstrap,
} from '../../../shared/topology/index.js';
import { useUi } from '../../stores/ui.js';
import { areaNear, cardAt, pinned, snap } from './arrange.js';
import { addToLayout, attempt, currentAreas, doc, idOf, place } from './canvas-doc.js';
import { useCanvas } from './canvas-store.js';
import type { Dragged, PaletteItem } from './drag.js';
import { CARD } from './slots.js';

const ui = () => useUi.getState();

const centred = (at: Position): Position => ({ x: at.x - CARD.width / 2, y: at.y - CARD.height / 2 });

/** Selects a node, and brings it onto the screen where it may be outside of it; a client that is not drawn is drawn. */
export function goTo(ref: NodeRef, reveal = true): void {
  const area = currentAreas()[ref.datacenter];
  if (area?.nodes.some((node) => node.ref.node === ref.node) === false) useCanvas.getState().expand(area.id);
  ui().select([{ kind: 'node', ...ref }]);
  const id = idOf(ref);
  if (reveal && id !== undefined) useCanvas.getState().show(id);
}

function insert(node: Parameters<typeof addNode>[1], at: Position | undefined): void {
  const added = addNode(doc().text, node);
  const area = currentAreas()[added.ref.datacenter];
  const kept = at === undefined || area === undefined ? {} : pinned([area]);
  doc().change({ text: added.text, layout: { ...doc().layout, ...kept } });
  if (at !== undefined) place(added.ref, centred(at));
  goTo(added.ref, at === undefined);
}

function insertDatacenter(at: Position | undefined): void {
  const { text, datacenter } = addDatacenter(doc().text);
  doc().change({ text });
  const area = currentAreas()[datacenter];
  if (at !== undefined && area !== undefined) addToLayout({ [area.id]: { x: snap(at.x), y: snap(at.y) } });
  ui().select([{ kind: 'datacenter', datacenter }]);
  if (at === undefined && area !== undefined) useCanvas.getState().show(area.id);
}

/** The datacenter of a place of the canvas; without a place that of what is selected. */
function datacenterFor(at: Position | undefined): number {
  if (at !== undefined) return areaNear(currentAreas(), at)?.index ?? 0;
  const first = ui().selection[0];
  return first !== undefined && first.kind !== 'host' ? first.datacenter : 0;
}

/** Adds what the palette holds; without a place it goes where there is room. */
export function addItem(item: PaletteItem, at?: Position): void {
  attempt(() => {
    if (item === 'datacenter') return insertDatacenter(at);
    const role = item === 'client' ? 'client' : 'server';
    insert({ datacenter: datacenterFor(at), role, bootstrap: item === 'bootstrap' }, at);
  });
}

/** The node that runs on a host, where there is one. */
export function nodeOnHost(host: string): NodeRef | undefined {
  for (const [datacenter, dc] of doc().model.draft.datacenters.entries()) {
    const node = dc.nodes.findIndex((entry) => entry.host === host);
    if (node >= 0) return { datacenter, node };
  }
  return undefined;
}

/**
 * Puts a host to use: on a card it takes that node over, elsewhere it gets a node of its own. A host that
 * has a node already is shown instead of getting a second one.
 */
export function placeHost(host: string, at?: Position, role: 'server' | 'client' = 'server'): void {
  attempt(() => {
    const card = at === undefined ? undefined : cardAt(currentAreas(), at);
    if (card !== undefined) {
      if (card.draft.host !== host) doc().edit((text) => assignHost(text, card.ref, host));
      return goTo(card.ref, false);
    }
    const known = nodeOnHost(host);
    if (known !== undefined) return goTo(known);
    insert({ datacenter: datacenterFor(at), role, host }, at);
  });
}

/** Makes a server the bootstrap server of its datacenter. */
export function giveFlag(ref: NodeRef): void {
  const node = doc().model.draft.datacenters[ref.datacenter]?.nodes[ref.node];
  if (node?.role === 'server' && !node.bootstrap)
    attempt(() => doc().edit((text) => setBootstrap(text, ref)));
}

/** What was dropped at a place of the canvas. */
export function drop(dragged: Dragged, at: Position): void {
  if (dragged.kind === 'palette') addItem(dragged.item, at);
  else if (dragged.kind === 'host') placeHost(dragged.host, at);
  else {
    const card = cardAt(currentAreas(), at);
    if (card !== undefined && card.ref.datacenter === dragged.ref.datacenter) giveFlag(card.ref);
  }
}
