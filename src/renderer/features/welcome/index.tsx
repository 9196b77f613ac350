import { useUi } from '../../stores/ui.js';
import { CopyDialog } from './CopyDialog.js';
import { RangeDialog } from './RangeDialog.js';
import { TemplateDialog } from './TemplateDialog.js';
import { UnsavedDialog } from './UnsavedDialog.js';

export { Welcome } from './Welcome.js';

/** The dialogs that begin or end a document. */
export function WelcomeDialogs() {
  const dialog = useUi((state) => state.dialog);
  return (
    <>
      {dialog?.kind === 'templates' && <TemplateDialog initial={dialog.template} />}
      {dialog?.kind === 'range' && <RangeDialog />}
      {dialog?.kind === 'copy' && <CopyDialog original={dialog.original} />}
      {dialog?.kind === 'unsaved' && <UnsavedDialog next={dialog.next} />}
    </>
  );
}
