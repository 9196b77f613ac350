import { FileUp, Layers, ListChecks, PanelsTopLeft, ScrollText, Settings, Share2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useUi, VIEWS, type View } from '../stores/ui.js';
import styles from './App.module.css';

const ICONS: Readonly<Record<View, typeof Share2>> = {
  topology: Share2,
  plan: ListChecks,
  services: Layers,
  'consul-ui': PanelsTopLeft,
  logs: ScrollText,
  export: FileUp,
};

/** Where am I: the views of the open cluster. */
export function Rail() {
  const { t } = useTranslation();
  const { view, show, openDialog } = useUi();
  return (
    <nav className={styles.rail} aria-label="Raftyard">
      {VIEWS.map((name) => {
        const Icon = ICONS[name];
        return (
          <button
            key={name}
            type="button"
            className={styles.railItem}
            aria-current={view === name ? 'page' : undefined}
            onClick={() => show(name)}
          >
            <Icon size={20} strokeWidth={1.75} aria-hidden />
            {t(`view.${name}`)}
          </button>
        );
      })}
      <button
        type="button"
        className={`${styles.railItem} ${styles.railEnd}`}
        onClick={() => openDialog({ kind: 'settings' })}
      >
        <Settings size={20} strokeWidth={1.75} aria-hidden />
        {t('view.settings')}
      </button>
    </nav>
  );
}
