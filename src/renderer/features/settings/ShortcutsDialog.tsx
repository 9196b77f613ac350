import { Kbd, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../stores/app.js';
import { useUi } from '../../stores/ui.js';
import styles from './settings.module.css';

/** `Mod` is Cmd on a Mac and Ctrl elsewhere. */
const SHORTCUTS = [
  ['new', 'Mod+N'],
  ['open', 'Mod+O'],
  ['save', 'Mod+S'],
  ['saveAs', 'Mod+Shift+S'],
  ['undo', 'Mod+Z'],
  ['redo', 'Mod+Shift+Z'],
  ['copy', 'Mod+C'],
  ['paste', 'Mod+V'],
  ['duplicate', 'Mod+D'],
  ['delete', 'Delete'],
  ['selectAll', 'Mod+A'],
  ['find', 'Mod+F'],
  ['fit', 'Mod+0'],
  ['rename', 'F2'],
  ['check', 'Mod+Shift+K'],
  ['plan', 'Mod+Shift+P'],
  ['apply', 'Mod+Enter'],
  ['export', 'Mod+E'],
] as const;

export function ShortcutsDialog() {
  const { t } = useTranslation('settings');
  const closeDialog = useUi((state) => state.closeDialog);
  const mac = useApp((state) => state.info?.platform === 'darwin');
  const keys = (shortcut: string): string[] =>
    shortcut
      .split('+')
      .map((key) => (key === 'Mod' ? (mac ? '⌘' : 'Ctrl') : key === 'Shift' && mac ? '⇧' : key));
  return (
    <Modal opened onClose={closeDialog} title={<strong>{t('shortcuts')}</strong>} size="lg">
      <dl className={styles.shortcuts}>
        {SHORTCUTS.map(([name, shortcut]) => (
          <div key={name}>
            <dt>{t(`shortcut.${name}`)}</dt>
            <dd>
              {keys(shortcut).map((key) => (
                <Kbd key={key} size="xs">
                  {key}
                </Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
