/** One place for every command: the menu, shortcuts and buttons all come here. */
import { RaftyardError } from '../../shared/errors.js';
import type { MenuCommand } from '../../shared/ipc/index.js';
import { call, listen } from '../lib/ipc.js';
import { isDirty, useDocument } from '../stores/document.js';
import { canApply, unconfirmed, useRun } from '../stores/run.js';
import { useUi } from '../stores/ui.js';
import { closeDocument, guarded, openFile, saveFile, show } from './files.js';

type Handler = () => void;
/** Commands that belong to a part of the window that is on the screen now, e.g. zoom of the canvas. */
const registered = new Map<MenuCommand, Handler>();

/** Registers a command for as long as a part is on the screen; returns the function that ends it. */
export function registerCommand(command: MenuCommand, handler: Handler): () => void {
  registered.set(command, handler);
  return () => {
    if (registered.get(command) === handler) registered.delete(command);
  };
}

const hasDocument = (): boolean => useDocument.getState().key !== null;
const ui = () => useUi.getState();

const builtIn: Partial<Record<MenuCommand, Handler>> = {
  new: () => ui().openDialog({ kind: 'templates' }),
  open: () => void openFile(),
  save: () => void saveFile(),
  'save-as': () => void saveFile(true),
  'close-document': () => closeDocument(),
  undo: () => useDocument.getState().undo(),
  redo: () => useDocument.getState().redo(),
  'check-hosts': () => {
    ui().show('plan');
    void useRun.getState().check();
  },
  plan: () => {
    ui().show('plan');
    void useRun.getState().plan();
  },
  apply: () => void startApply(),
  destroy: () => ui().openDialog({ kind: 'destroy' }),
  export: () => ui().show('export'),
  'view-topology': () => ui().show('topology'),
  'view-plan': () => ui().show('plan'),
  'view-services': () => ui().show('services'),
  'view-consul-ui': () => ui().show('consul-ui'),
  'view-logs': () => ui().show('logs'),
  'view-export': () => ui().show('export'),
  'view-settings': () => ui().openDialog({ kind: 'settings' }),
  'toggle-yaml': () => ui().toggleDrawer('yaml'),
  'toggle-problems': () => ui().toggleDrawer('problems'),
  shortcuts: () => ui().openDialog({ kind: 'shortcuts' }),
  about: () => ui().openDialog({ kind: 'about' }),
};

/** Applies the plan that the person has before them, once everything that wants a yes has one. */
async function startApply(): Promise<void> {
  const run = useRun.getState();
  ui().show('plan');
  if (canApply(run, useDocument.getState().text) && unconfirmed(run).length === 0) await run.apply();
}

const WITHOUT_DOCUMENT: ReadonlySet<MenuCommand> = new Set<MenuCommand>([
  'new',
  'open',
  'view-settings',
  'shortcuts',
  'about',
]);

/** Carries a command out; what cannot be done now does nothing. */
export function runCommand(command: MenuCommand): void {
  if (!WITHOUT_DOCUMENT.has(command) && !hasDocument()) return;
  (registered.get(command) ?? builtIn[command])?.();
}

export function listenToMenu(): void {
  listen('menu:command', ({ command }) => runCommand(command));
  listen('document:open-requested', (document) => guarded(() => show(document)));
  listen('app:close-requested', ({ running }) => {
    const close = () => void call('app:close', 'close');
    if (isDirty(useDocument.getState()) || running) ui().openDialog({ kind: 'unsaved', next: close });
    else close();
  });
  useDocument.subscribe((state) => {
    void call('app:set-menu-state', {
      document: state.key !== null,
      canUndo: state.past.length > 0,
      canRedo: state.future.length > 0,
      selection: ui().selection.length > 0,
    });
  });
}

/** @throws RaftyardError usage: for a place that needs an open document */
export function needDocument(): void {
  if (!hasDocument()) throw new RaftyardError('usage', 'no document is open');
}
