/** Opening, saving and closing documents, with the guard for what is not saved. */
import type { OpenedDocument } from '../../shared/ipc/index.js';
import { call } from '../lib/ipc.js';
import { documentName, isDirty, useDocument } from '../stores/document.js';
import { useLive } from '../stores/live.js';
import { useRun } from '../stores/run.js';
import { useUi } from '../stores/ui.js';
import { tellError } from './tell.js';

/** Shows a document in place of the open one. The caller has asked about unsaved changes. */
export function show(document: OpenedDocument): void {
  void useLive.getState().stop();
  useLive.getState().clear();
  useRun.getState().reset();
  useDocument.getState().open(document);
  useUi.setState({ view: 'topology', selection: [], dialog: null });
  askAboutCopy(document.copyOf);
}

function askAboutCopy(original: string | undefined): void {
  if (original !== undefined) useUi.getState().openDialog({ kind: 'copy', original });
}

/** Does `next` at once, or after the person has said what to do with unsaved changes. */
export function guarded(next: () => void): void {
  if (isDirty(useDocument.getState())) useUi.getState().openDialog({ kind: 'unsaved', next });
  else next();
}

export async function openFile(path?: string): Promise<void> {
  try {
    const opened = await call('document:open', path === undefined ? {} : { path });
    if (opened !== null) guarded(() => show(opened));
  } catch (error) {
    tellError(error);
  }
}

/** Opens text that is no file yet: a template, an import, the practice range. */
export function openText(text: string): void {
  guarded(() => show({ path: null, text, layout: {} }));
}

/** Returns whether the document is on disk now. */
export async function saveFile(as = false): Promise<boolean> {
  const state = useDocument.getState();
  if (state.key === null) return false;
  const { text, layout, path } = state;
  try {
    const saved = await call('document:save', {
      text,
      layout,
      ...(path === null || as ? { suggestedName: `${documentName(state) || 'cluster'}.raftyard` } : { path }),
    });
    if (saved === null) return false;
    useDocument.getState().saved(saved.path, text);
    askAboutCopy(saved.copyOf);
    return true;
  } catch (error) {
    tellError(error);
    return false;
  }
}

export function closeDocument(): void {
  guarded(() => {
    void useLive.getState().stop();
    useLive.getState().clear();
    useRun.getState().reset();
    useDocument.getState().close();
    useUi.setState({ view: 'topology', selection: [], dialog: null });
  });
}
