import { CloudOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLive } from '../../stores/live.js';
import styles from './live.module.css';

/** Says since when nothing can be known; what is shown below it is as old as that. */
export function Stale() {
  const { t, i18n } = useTranslation('live');
  const since = useLive((state) => state.snapshot?.staleSince ?? null);
  if (since === null) return null;
  const time = new Date(since).toLocaleTimeString(i18n.language, { hour12: false });
  return (
    <p className={styles.stale} role="status" data-testid="stale">
      <CloudOff size={16} aria-hidden /> {t('stale', { time })}
    </p>
  );
}
