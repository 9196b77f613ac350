import { ExportDialogs } from '../features/export/index.js';
import { HostDialogs } from '../features/hosts/index.js';
import { DestroyDialog } from '../features/plan/DestroyDialog.js';
import { SettingsDialogs } from '../features/settings/index.js';
import { WelcomeDialogs } from '../features/welcome/index.js';

/** Every dialog of the window; which one is open is in stores/ui. Each shows itself when it is its turn. */
export function Dialogs() {
  return (
    <>
      <WelcomeDialogs />
      <HostDialogs />
      <DestroyDialog />
      <ExportDialogs />
      <SettingsDialogs />
    </>
  );
}
