import { Notification } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSay } from '../lib/useSay.js';
import styles from './App.module.css';
import { dismissToast, useToasts } from './tell.js';

export function Toasts() {
  const { t } = useTranslation('errors');
  const { t: common } = useTranslation();
  const say = useSay();
  const toasts = useToasts((state) => state.toasts);
  return (
    <div className={styles.toasts} aria-live="polite">
      {toasts.map(({ id, kind, text, error }) => (
        <Notification
          key={id}
          withBorder
          color={kind === 'error' ? 'red' : 'raft'}
          title={error === undefined ? undefined : [t(error.code), error.host].filter(Boolean).join(' · ')}
          onClose={() => dismissToast(id)}
          closeButtonProps={{ 'aria-label': common('close') }}
        >
          {text ?? say(error?.message ?? '')}
          {error?.hint !== undefined && ` ${say(error.hint)}`}
        </Notification>
      ))}
    </div>
  );
}
