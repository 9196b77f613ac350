import { Activity } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { changesWithin, type LiveService } from '../../../shared/live/index.js';
import { useLive } from '../../stores/live.js';
import { changesOf, FLAPS_FROM } from './health.js';
import styles from './services.module.css';

/** Tells of a service whose checks go back and forth. */
export function Flaps({ service }: { readonly service: LiveService }) {
  const { t } = useTranslation('services');
  const count = useLive((state) => changesOf(service, state.history, Date.parse(state.snapshot?.asOf ?? '')));
  if (count < FLAPS_FROM) return null;
  return (
    <span className={styles.flaps} title={t('flappingHelp', { count })}>
      <Activity size={13} aria-hidden />
      {t('flapping')} {count}×
    </span>
  );
}

/** When a check changed in the last hour, newest first. */
export function Changes({ of }: { readonly of: string }) {
  const { t, i18n } = useTranslation('services');
  const history = useLive((state) => state.history.get(of));
  const now = useLive((state) => state.snapshot?.asOf ?? '');
  const changes = changesWithin(history ?? [], Date.parse(now));
  if (changes.length === 0) return null;
  return (
    <details className={styles.changes} data-testid="check-changes">
      <summary>{t('changes', { count: changes.length })}</summary>
      <ol>
        {changes.map(({ at, from, to }, i) => (
          <li key={`${at}/${changes.length - i}`}>
            {t('change', {
              time: new Date(at).toLocaleTimeString(i18n.language, { hour12: false }),
              from: t(`health.${from}`),
              to: t(`health.${to}`),
            })}
          </li>
        ))}
      </ol>
    </details>
  );
}
