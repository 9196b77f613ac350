import { useUi } from '../../stores/ui.js';
import { AboutDialog } from './AboutDialog.js';
import { SettingsDialog } from './SettingsDialog.js';
import { ShortcutsDialog } from './ShortcutsDialog.js';

export function SettingsDialogs() {
  const kind = useUi((state) => state.dialog?.kind);
  if (kind === 'settings') return <SettingsDialog />;
  if (kind === 'shortcuts') return <ShortcutsDialog />;
  return kind === 'about' ? <AboutDialog /> : null;
}
