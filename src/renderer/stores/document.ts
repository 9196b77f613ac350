/**
 * The open document: its text is the truth; canvas, forms and the YAML view are projections of it. Every
 * change is a new text (and layout), so that undo is the former one, whoever made the change.
 */
import { create } from 'zustand';
import type { Layout, OpenedDocument, Position } from '../../shared/ipc/index.js';
import { type DocumentModel, readModel } from '../../shared/topology/index.js';
import { newTask } from '../lib/ipc.js';

interface Snapshot {
  readonly text: string;
  readonly layout: Layout;
}

export interface DocumentState {
  /** Names the draft; null: no document is open. */
  readonly key: string | null;
  readonly path: string | null;
  readonly text: string;
  /** What the file holds; null for a document that was never saved. */
  readonly savedText: string | null;
  readonly layout: Layout;
  readonly model: DocumentModel;
  /** The last model that could be read: what the canvas shows while the YAML is being typed. */
  readonly shown: DocumentModel;
  readonly past: readonly Snapshot[];
  readonly future: readonly Snapshot[];
}

interface DocumentActions {
  open(document: OpenedDocument): void;
  close(): void;
  /**
   * Changes the text, the layout, or both, as one step of undo. `merge`: a step with the same word right
   * before it is continued (typing in one field, a drag) instead of a new one.
   */
  change(next: Partial<Snapshot>, merge?: string): void;
  /** Applies an edit of shared/topology to the text. */
  edit(apply: (text: string) => string, merge?: string): void;
  move(positions: Readonly<Record<string, Position>>): void;
  undo(): void;
  redo(): void;
  saved(path: string, text: string): void;
}

const EMPTY: DocumentModel = readModel('');
const LIMIT = 200;
const MERGE_MS = 1200;
let lastMerge: { readonly word: string; readonly at: number } | null = null;

const closed: DocumentState = {
  key: null,
  path: null,
  text: '',
  savedText: null,
  layout: {},
  model: EMPTY,
  shown: EMPTY,
  past: [],
  future: [],
};

function withText(state: DocumentState, text: string): Pick<DocumentState, 'text' | 'model' | 'shown'> {
  if (text === state.text) return state;
  const model = readModel(text);
  return { text, model, shown: model.readable ? model : state.shown };
}

export const useDocument = create<DocumentState & DocumentActions>((set, get) => ({
  ...closed,
  open: ({ path, text, layout, recovered }) => {
    lastMerge = null;
    const model = readModel(text);
    set({
      ...closed,
      key: newTask('doc'),
      path,
      text,
      savedText: path === null || recovered === true ? null : text,
      layout,
      model,
      shown: model,
    });
  },
  close: () => set(closed),
  change: (next, merge) =>
    set((state) => {
      const text = next.text ?? state.text;
      const layout = next.layout ?? state.layout;
      if (text === state.text && layout === state.layout) return state;
      const now = Date.now();
      const joined =
        merge !== undefined &&
        lastMerge?.word === merge &&
        now - lastMerge.at < MERGE_MS &&
        state.past.length > 0;
      lastMerge = merge === undefined ? null : { word: merge, at: now };
      const before: Snapshot = { text: state.text, layout: state.layout };
      return {
        ...withText(state, text),
        layout,
        past: joined ? state.past : [...state.past.slice(-LIMIT), before],
        future: [],
      };
    }),
  edit: (apply, merge) => get().change({ text: apply(get().text) }, merge),
  move: (positions) => get().change({ layout: { ...get().layout, ...positions } }),
  undo: () =>
    set((state) => {
      const before = state.past.at(-1);
      if (before === undefined) return state;
      lastMerge = null;
      return {
        ...withText(state, before.text),
        layout: before.layout,
        past: state.past.slice(0, -1),
        future: [{ text: state.text, layout: state.layout }, ...state.future],
      };
    }),
  redo: () =>
    set((state) => {
      const [after, ...rest] = state.future;
      if (after === undefined) return state;
      lastMerge = null;
      return {
        ...withText(state, after.text),
        layout: after.layout,
        past: [...state.past, { text: state.text, layout: state.layout }],
        future: rest,
      };
    }),
  saved: (path, text) => set({ path, savedText: text }),
}));

export const isDirty = (state: DocumentState): boolean =>
  state.key !== null && state.text !== state.savedText;

/** The cluster's name, or the file's, or nothing. */
export function documentName(state: DocumentState): string {
  const name: unknown = state.shown.value['name'];
  return typeof name === 'string' && name !== '' ? name : (state.path?.split(/[\\/]/).at(-1) ?? '');
}
