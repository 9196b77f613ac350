/** Keys of editing, where no text field wants them for itself. The rest comes from the menu. */
import type { MenuCommand } from '../../shared/ipc/index.js';
import { useUi } from '../stores/ui.js';
import { runCommand } from './commands.js';

/** By key, with Ctrl or Cmd held. */
const WITH_MODIFIER: Readonly<Record<string, MenuCommand>> = {
  z: 'undo',
  y: 'redo',
  c: 'copy',
  v: 'paste',
  d: 'duplicate',
  a: 'select-all',
  f: 'find',
};
/** These are the canvas's alone. */
const CANVAS_ONLY: ReadonlySet<MenuCommand> = new Set<MenuCommand>([
  'copy',
  'paste',
  'duplicate',
  'select-all',
  'find',
  'delete',
]);

/** The command that a key means; null for one that means none here. */
export function commandOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
): MenuCommand | null {
  const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
  if (altKey) return null;
  if (ctrlKey || metaKey) {
    const command = WITH_MODIFIER[key.toLowerCase()] ?? null;
    return command === 'undo' && shiftKey ? 'redo' : shiftKey ? null : command;
  }
  return key === 'Delete' || key === 'Backspace' ? 'delete' : null;
}

/** Whether a key belongs to what has the focus. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** A switch, a list to choose from: nothing is typed there, so that undo means the document's. */
function isChoosing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement && (target.readOnly || /^(checkbox|radio|button)$/.test(target.type))
  );
}

export function listenToKeys(): void {
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || useUi.getState().dialog !== null) return;
    const command = commandOf(event);
    const undoing = (command === 'undo' || command === 'redo') && isChoosing(event.target);
    if (isTyping(event.target) && !undoing) return;
    const { view } = useUi.getState();
    if ((event.key === 'F2' || event.key === 'Enter') && view === 'topology' && editSelected(event)) return;
    if (command === null || (CANVAS_ONLY.has(command) && view !== 'topology')) return;
    // Selected words are what a person wants to copy.
    if (command === 'copy' && (window.getSelection()?.toString() ?? '') !== '') return;
    event.preventDefault();
    runCommand(command);
  });
}

/** Puts the cursor into the name of what is selected. */
function editSelected(event: KeyboardEvent): boolean {
  const [first] = useUi.getState().selection;
  const onCanvas = event.target instanceof HTMLElement && event.target.closest('.react-flow__node') !== null;
  if (first === undefined || (event.key === 'Enter' && !onCanvas)) return false;
  event.preventDefault();
  if (first.kind === 'node')
    useUi.getState().goToField(['datacenters', first.datacenter, 'nodes', first.node, 'name']);
  else if (first.kind === 'datacenter') useUi.getState().goToField(['datacenters', first.datacenter, 'name']);
  else useUi.getState().goToField(['hosts', first.host, 'name']);
  return true;
}
