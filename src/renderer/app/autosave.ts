/** Drafts: what is typed is on disk within two seconds, so that a crash loses next to nothing. */
import { call } from '../lib/ipc.js';
import { isDirty, useDocument } from '../stores/document.js';

const DELAY_MS = 1200;

export function startAutosave(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  useDocument.subscribe((state, before) => {
    if (state.key !== before.key && before.key !== null) {
      void call('document:draft', {
        key: before.key,
        path: before.path,
        text: null,
        layout: {},
        dirty: false,
      });
    }
    if (state.key === null) return;
    if (state.text === before.text && state.layout === before.layout && state.savedText === before.savedText)
      return;
    // That something is unsaved is told at once: the window may be closed within the delay.
    if (isDirty(state) !== isDirty(before)) void write();
    clearTimeout(timer);
    timer = setTimeout(() => void write(), DELAY_MS);
  });
}

async function write(): Promise<void> {
  const state = useDocument.getState();
  if (state.key === null) return;
  const dirty = isDirty(state);
  await call('document:draft', {
    key: state.key,
    path: state.path,
    text: dirty ? state.text : null,
    layout: state.layout,
    dirty,
  });
}
