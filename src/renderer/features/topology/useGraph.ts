import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useDocument } from '../../stores/document.js';
import { useLive } from '../../stores/live.js';
import { useRun } from '../../stores/run.js';
import { type Selected, useUi } from '../../stores/ui.js';
import type { AreaNode } from './Area.js';
import { arrange, CARD, type PlacedArea } from './arrange.js';
import { useCanvas } from './canvas-store.js';
import { areaDataOf, type CardData, cardOf, ghostsOf, linksOf, type View } from './graph.js';
import type { LinkEdgeType } from './LinkEdge.js';
import type { CardNode } from './NodeCard.js';

export type FlowNode = CardNode | AreaNode;

interface Graph {
  readonly nodes: FlowNode[];
  readonly edges: LinkEdgeType[];
  readonly areas: PlacedArea[];
}

/** The picture of the document with what is live and what runs; unchanged parts keep their identity. */
export function useGraph(): Graph {
  const { t } = useTranslation('topology');
  const model = useDocument((state) => state.shown);
  const layout = useDocument((state) => state.layout);
  const snapshot = useLive((state) => state.snapshot);
  const selection = useUi((state) => state.selection);
  const collapsed = useCanvas((state) => state.collapsed);
  const doing = useDoing();
  const areas = useMemo(() => arrange(model.draft, layout, collapsed), [model, layout, collapsed]);
  const view: View = useMemo(
    () => ({
      bootstrap: model.draft.bootstrap,
      hosts: model.draft.hosts,
      snapshot,
      doing,
      errors: countErrors(model.findings),
    }),
    [model, snapshot, doing],
  );
  const before = useRef(new Map<string, FlowNode>());
  const nodes = useMemo(() => {
    const made = areas.flatMap((area): FlowNode[] => [
      {
        id: area.id,
        type: 'area',
        position: { x: area.x, y: area.y },
        data: areaDataOf(area, view),
        width: area.width,
        height: area.height,
        zIndex: -1,
        selected: isSelected(selection, { kind: 'datacenter', datacenter: area.index }),
        ariaLabel: t('datacenterNamed', { name: area.draft.name ?? '' }),
      },
      ...area.nodes.map((node): FlowNode => {
        const data = cardOf(node, area, view);
        return {
          id: node.id,
          type: 'card',
          parentId: area.id,
          position: { x: node.x, y: node.y },
          data,
          width: node.width,
          height: node.height,
          selected: isSelected(selection, { kind: 'node', ...node.ref }),
          ariaLabel: nameOf(data, t),
        };
      }),
      ...ghostsOf(area, view).map(
        (ghost): FlowNode => ({
          id: ghost.id,
          type: 'card',
          parentId: area.id,
          position: { x: ghost.x, y: ghost.y },
          data: ghost.data,
          width: CARD.width,
          height: CARD.height,
          draggable: false,
          selectable: false,
        }),
      ),
    ]);
    const kept = made.map((node) => {
      const old = before.current.get(node.id);
      return old !== undefined && JSON.stringify(old) === JSON.stringify(node) ? old : node;
    });
    before.current = new Map(kept.map((node) => [node.id, node]));
    return kept;
  }, [areas, view, selection, t]);
  const edges = useMemo(
    () =>
      linksOf(areas, view).map(
        (link): LinkEdgeType => ({
          id: link.id,
          type: 'link',
          source: link.source,
          target: link.target,
          data: { link },
          selectable: false,
          focusable: false,
        }),
      ),
    [areas, view],
  );
  return { nodes, edges, areas };
}

function isSelected(selection: readonly Selected[], wanted: Selected): boolean {
  const text = JSON.stringify(wanted);
  return selection.some((item) => JSON.stringify(item) === text);
}

/** Errors of a node or of the host below it, by the node's path. */
function countErrors(
  findings: readonly { readonly severity: string; readonly path: readonly (string | number)[] }[],
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { severity, path } of findings) {
    if (severity !== 'error' || path[2] !== 'nodes' || path.length < 4) continue;
    const key = path.slice(0, 4).join('.');
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** What is done on each host at this moment of a run. */
function useDoing(): Readonly<Record<string, string>> {
  const view = useRun((state) => state.view);
  const steps = useRun((state) => state.steps);
  const applying = useRun((state) => state.phase === 'applying');
  return useMemo(() => {
    if (!applying || view === null) return {};
    const running = view.plan.steps.filter((step) => steps[step.id]?.state === 'running');
    return Object.fromEntries(running.map((step) => [step.host, step.title]));
  }, [applying, view, steps]);
}

/** What a screen reader says of a card. */
function nameOf(data: CardData, t: ReturnType<typeof useTranslation<'topology'>>['t']): string {
  return [
    data.name,
    t(data.role === 'client' ? 'client' : 'server'),
    ...(data.flag === 'chosen' ? [t('bootstrapServer')] : []),
    ...(data.live?.leader === true ? [t('leader')] : []),
    ...(data.live === null ? [] : [data.live.status]),
    data.address,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
