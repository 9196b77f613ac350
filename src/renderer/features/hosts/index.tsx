import { useUi } from '../../stores/ui.js';
import { AddHostsDialog } from './AddHostsDialog.js';
import { ImportDialog } from './ImportDialog.js';

export function HostDialogs() {
  const dialog = useUi((state) => state.dialog);
  if (dialog?.kind === 'add-hosts') return <AddHostsDialog tab={dialog.tab ?? 'form'} />;
  return dialog?.kind === 'import' ? <ImportDialog /> : null;
}
