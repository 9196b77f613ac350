/** What a person does on the canvas, each one step of undo. */
import type { Position } from '../../../shared/ipc/index.js';
import {
  addDatacenter,
  addNode,
  assignHost,
  moveNode,
  type NodeRef,
  removeDatacenter,
  removeHost,
  removeNodes,
  setBootstrap,
} from '../../../shared/topology/index.js';
import { tellError } from '../../app/tell.js';
import { useDocument } from '../../stores/document.js';
import { type Selected, useUi } from '../../stores/ui.js';
import { areaAt, arrange, CARD, cardAt, nodeIds, type PlacedArea, settle, snap } from './arrange.js';
import { useCanvas } from './canvas-store.js';
import type { Dragged, PaletteItem } from './drag.js';

const doc = () => useDocument.getState();
const ui = () => useUi.getState();

export function currentAreas(): PlacedArea[] {
  const { shown, layout } = doc();
  return arrange(shown.draft, layout, useCanvas.getState().collapsed);
}

/** Runs an edit; what cannot be done is told and changes nothing. */
function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    tellError(error);
  }
}

function idOf(ref: NodeRef): string | undefined {
  const { draft } = doc().model;
  const node = draft.datacenters[ref.datacenter]?.nodes[ref.node];
  return node === undefined ? undefined : nodeIds(draft).get(node);
}

function place(ref: NodeRef, at: Position): void {
  const id = idOf(ref);
  if (id === undefined) return;
  const area = currentAreas()[ref.datacenter];
  if (area === undefined) return;
  const relative = { x: snap(at.x - area.x), y: snap(at.y - area.y) };
  // The same step of undo as the edit before it.
  useDocument.setState({ layout: { ...doc().layout, ...settle(area, { [id]: relative }) } });
}

const centred = (at: Position): Position => ({ x: at.x - CARD.width / 2, y: at.y - CARD.height / 2 });

/** Adds what the palette holds; without a place it goes where there is room. */
export function addItem(item: PaletteItem, at?: Position): void {
  attempt(() => {
    if (item === 'datacenter') {
      const { text, datacenter } = addDatacenter(doc().text);
      doc().change({ text });
      const area = currentAreas()[datacenter];
      if (at !== undefined && area !== undefined)
        useDocument.setState({ layout: { ...doc().layout, [area.id]: { x: snap(at.x), y: snap(at.y) } } });
      ui().select([{ kind: 'datacenter', datacenter }]);
      return;
    }
    const first = ui().selection[0];
    const selected = first !== undefined && first.kind !== 'host' ? first.datacenter : 0;
    const datacenter = at === undefined ? selected : (areaAt(currentAreas(), at)?.index ?? 0);
    const added = addNode(doc().text, {
      datacenter,
      role: item === 'client' ? 'client' : 'server',
      bootstrap: item === 'bootstrap',
    });
    doc().change({ text: added.text });
    if (at !== undefined) place(added.ref, centred(at));
    ui().select([{ kind: 'node', ...added.ref }]);
  });
}

/** Puts a host to use: on a card it takes that node over, elsewhere it gets a server of its own. */
export function placeHost(host: string, at?: Position): void {
  attempt(() => {
    const areas = currentAreas();
    const card = at === undefined ? undefined : cardAt(areas, at);
    if (card !== undefined) {
      doc().edit((text) => assignHost(text, card.ref, host));
      ui().select([{ kind: 'node', ...card.ref }]);
      return;
    }
    const datacenter = at === undefined ? 0 : (areaAt(areas, at)?.index ?? 0);
    const added = addNode(doc().text, { datacenter, role: 'server', host });
    doc().change({ text: added.text });
    if (at !== undefined) place(added.ref, centred(at));
    ui().select([{ kind: 'node', ...added.ref }]);
  });
}

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

/** Keeps where cards and areas were moved to; a card that was dropped in another datacenter belongs there. */
export function commitMoves(moved: ReadonlyMap<string, Position>): void {
  attempt(() => {
    const areas = currentAreas();
    const next = { ...doc().layout };
    for (const area of areas) {
      const own = moved.get(area.id);
      if (own !== undefined) next[area.id] = { x: snap(own.x), y: snap(own.y) };
    }
    let changed: { text: string; ref: NodeRef; at: Position } | null = null;
    for (const area of areas) {
      const mine: Record<string, Position> = {};
      for (const node of area.nodes) {
        const to = moved.get(node.id);
        if (to === undefined) continue;
        const at = { x: area.x + to.x, y: area.y + to.y };
        const target = areaAt(areas, { x: at.x + node.width / 2, y: at.y + node.height / 2 });
        if (target !== undefined && target.index !== area.index && changed === null)
          changed = { ...moveNode(doc().text, node.ref, target.index), at };
        else mine[node.id] = to;
      }
      if (Object.keys(mine).length > 0) Object.assign(next, settle(area, mine));
    }
    if (changed === null) doc().change({ layout: next });
    else {
      doc().change({ text: changed.text, layout: next });
      place(changed.ref, changed.at);
      ui().select([{ kind: 'node', ...changed.ref }]);
    }
  });
}

const nodeRefs = (selection: readonly Selected[]): NodeRef[] =>
  selection.flatMap((item) =>
    item.kind === 'node' ? [{ datacenter: item.datacenter, node: item.node }] : [],
  );

/** Takes out what is selected: nodes (their hosts stay), datacenters with their nodes, hosts with theirs. */
export function removeSelected(): void {
  const { selection } = ui();
  if (selection.length === 0) return;
  attempt(() => {
    let { text } = doc();
    const refs = nodeRefs(selection);
    if (refs.length > 0) text = removeNodes(text, refs);
    const indexes = (kind: 'datacenter' | 'host'): number[] =>
      selection
        .flatMap((item) =>
          item.kind === kind
            ? [item.kind === 'datacenter' ? item.datacenter : item.kind === 'host' ? item.host : -1]
            : [],
        )
        .sort((a, b) => b - a);
    for (const index of indexes('datacenter')) text = removeDatacenter(text, index);
    for (const index of indexes('host')) text = removeHost(text, index);
    doc().change({ text });
    ui().select([]);
  });
}

export function copySelected(): void {
  const { draft } = doc().model;
  const copied = nodeRefs(ui().selection).map(({ datacenter, node }) => ({
    datacenter,
    role:
      draft.datacenters[datacenter]?.nodes[node]?.role === 'client'
        ? ('client' as const)
        : ('server' as const),
  }));
  if (copied.length > 0) useCanvas.setState({ clipboard: copied });
}

/** Puts copies onto free hosts, or onto new ones whose addresses are still to be given. */
export function paste(): void {
  const { clipboard } = useCanvas.getState();
  if (clipboard.length === 0) return;
  attempt(() => {
    let { text } = doc();
    const made: Selected[] = [];
    for (const { datacenter, role } of clipboard) {
      const known = doc().model.draft.datacenters.length;
      const added = addNode(text, { datacenter: Math.min(datacenter, Math.max(0, known - 1)), role });
      text = added.text;
      made.push({ kind: 'node', ...added.ref });
    }
    doc().change({ text });
    ui().select(made);
  });
}

export function duplicateSelected(): void {
  const before = useCanvas.getState().clipboard;
  copySelected();
  paste();
  useCanvas.setState({ clipboard: before });
}

export function selectAll(): void {
  ui().select(
    doc().model.draft.datacenters.flatMap((dc, datacenter) =>
      dc.nodes.map((_, node) => ({ kind: 'node' as const, datacenter, node })),
    ),
  );
}
