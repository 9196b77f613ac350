/** Cards, areas and links as React Flow takes them; what did not change keeps its identity. Pure. */
import type { Edge, Node } from '@xyflow/react';
import { reuse } from '../../../shared/live/index.js';
import type { Selected } from '../../stores/ui.js';
import type { PlacedArea } from './arrange.js';
import {
  type AreaData,
  areaDataOf,
  type CardData,
  cardOf,
  ghostsOf,
  heightWith,
  type View,
} from './graph.js';
import { type Link, linksOf } from './links.js';
import { CARD } from './slots.js';

export type CardNode = Node<CardData, 'card'>;
export type AreaNode = Node<AreaData, 'area'>;
export type FlowNode = CardNode | AreaNode;
export type LinkEdge = Edge<{ readonly link: Link; readonly [key: string]: unknown }, 'link'>;

/** What a screen reader says of a card or an area. */
export interface Names {
  card(data: CardData): string;
  area(data: AreaData): string;
}

export function flowNodes(
  areas: readonly PlacedArea[],
  view: View,
  selection: readonly Selected[],
  names: Names,
): FlowNode[] {
  const selected = new Set(selection.map(keyOf));
  return areas.flatMap((area): FlowNode[] => {
    const ghosts = ghostsOf(area, view);
    const data = areaDataOf(area, view);
    return [
      {
        id: area.id,
        type: 'area',
        position: { x: area.x, y: area.y },
        data,
        width: area.width,
        height: heightWith(area, ghosts),
        zIndex: -1,
        selected: selected.has(`datacenter/${area.index}`),
        ariaLabel: names.area(data),
      },
      ...area.nodes.map((node): CardNode => {
        const card = cardOf(node, area, view);
        return {
          id: node.id,
          type: 'card',
          parentId: area.id,
          position: { x: node.x, y: node.y },
          data: card,
          width: node.width,
          height: node.height,
          selected: selected.has(`node/${node.ref.datacenter}/${node.ref.node}`),
          ariaLabel: names.card(card),
        };
      }),
      ...ghosts.map(
        (ghost): CardNode => ({
          id: ghost.id,
          type: 'card',
          parentId: area.id,
          position: { x: ghost.x, y: ghost.y },
          data: ghost.data,
          ...CARD,
          draggable: false,
          selectable: false,
          ariaLabel: names.card(ghost.data),
        }),
      ),
    ];
  });
}

const keyOf = (item: Selected): string =>
  item.kind === 'node'
    ? `node/${item.datacenter}/${item.node}`
    : item.kind === 'datacenter'
      ? `datacenter/${item.datacenter}`
      : `host/${item.host}`;

export function flowEdges(areas: readonly PlacedArea[], view: View): LinkEdge[] {
  return linksOf(areas, view).map((link) => ({
    id: link.id,
    type: 'link',
    source: link.source,
    target: link.target,
    data: { link },
    selectable: false,
    focusable: false,
  }));
}

/** The new list with the old objects in it wherever they say the same; the old list where nothing changed. */
export function keep<T extends { readonly id: string }>(
  before: readonly T[],
  made: readonly T[],
): readonly T[] {
  const old = new Map(before.map((item) => [item.id, item]));
  const kept = made.map((item) => reuse(old.get(item.id), item));
  return kept.length === before.length && kept.every((item, i) => item === before[i]) ? before : kept;
}

/**
 * What React Flow is given: the derived nodes with what it measured, and under the pointer what is dragged.
 * Nodes that need nothing new stay the same objects.
 */
export function follow(before: readonly FlowNode[], derived: readonly FlowNode[]): FlowNode[] {
  const old = new Map(before.map((node) => [node.id, node]));
  return derived.map((node): FlowNode => {
    const known = old.get(node.id);
    if (known === undefined) return node;
    const held = known.dragging === true;
    const { measured, dragging, position, ...rest } = known;
    const { position: wanted, ...other } = node;
    const unmoved = held || (position.x === wanted.x && position.y === wanted.y);
    if (unmoved && dragging !== false && sameDrawn(rest, other)) return known;
    return {
      ...node,
      ...(measured === undefined ? {} : { measured }),
      ...(held ? { position, dragging: true } : {}),
    } as FlowNode;
  });
}

const sameDrawn = (a: object, b: object): boolean =>
  Object.entries(b).every(([key, value]) => Object.is((a as Record<string, unknown>)[key], value));
