import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { reuse } from '../../../shared/live/index.js';
import { useDocument } from '../../stores/document.js';
import { useLive } from '../../stores/live.js';
import { useRun } from '../../stores/run.js';
import { useUi } from '../../stores/ui.js';
import { arrange, type PlacedArea } from './arrange.js';
import { useCanvas } from './canvas-store.js';
import { type Doing, doingOf } from './doing.js';
import { type FlowNode, flowEdges, flowNodes, keep, type LinkEdge } from './flow.js';
import { errorsByNode, type View } from './graph.js';
import { namesIn } from './names.js';

interface Graph {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly LinkEdge[];
  readonly areas: readonly PlacedArea[];
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
  const errors = useMemo(() => errorsByNode(model.draft, model.findings), [model]);
  const view: View = useMemo(
    () => ({ bootstrap: model.draft.bootstrap, hosts: model.draft.hosts, snapshot, doing, errors }),
    [model, snapshot, doing, errors],
  );
  const names = useMemo(() => namesIn(t), [t]);
  const nodes = useKept(
    useMemo(() => flowNodes(areas, view, selection, names), [areas, view, selection, names]),
  );
  const edges = useKept(useMemo(() => flowEdges(areas, view), [areas, view]));
  return { nodes, edges, areas };
}

function useKept<T extends { readonly id: string }>(made: readonly T[]): readonly T[] {
  const before = useRef<readonly T[]>([]);
  before.current = keep(before.current, made);
  return before.current;
}

/** The output of steps comes many times a second and changes no card. */
function useDoing(): readonly Doing[] {
  const plan = useRun((state) => state.view?.plan ?? null);
  const steps = useRun((state) => state.steps);
  const before = useRef<readonly Doing[]>([]);
  return useMemo(() => {
    before.current = reuse(before.current, doingOf(plan, steps));
    return before.current;
  }, [plan, steps]);
}
