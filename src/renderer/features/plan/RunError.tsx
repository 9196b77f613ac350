import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ErrorEnvelope } from '../../../shared/errors.js';
import { runCommand } from '../../app/commands.js';
import { useRun } from '../../stores/run.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';
import styles from './plan.module.css';

/** What stopped the run before any step, with the way on that fits it. */
export function RunError({ error }: { readonly error: ErrorEnvelope }) {
  const { t } = useTranslation('plan');
  const run = useRun();
  if (error.code === 'cancelled') return <p className={styles.outdated}>{t('cancelled')}</p>;
  return (
    <ErrorNote error={error} testId="run-error">
      <div className={styles.buttons}>
        {error.code === 'lock-held' ? (
          <Button size="compact-sm" color="red" variant="light" onClick={() => void run.apply(true)}>
            {t('breakLock')}
          </Button>
        ) : (
          <Button size="compact-sm" variant="default" onClick={() => runCommand('plan')}>
            {t('planAgain')}
          </Button>
        )}
      </div>
    </ErrorNote>
  );
}
