import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorEnvelope } from '../../../shared/errors.js';
import { useSay } from '../../lib/useSay.js';
import styles from './parts.module.css';

/** An error as a person needs it: what, on which host, what to do next. */
export function ErrorNote({
  error,
  children,
  testId,
}: {
  readonly error: ErrorEnvelope;
  readonly testId?: string;
  readonly children?: ReactNode;
}) {
  const { t } = useTranslation('errors');
  const say = useSay();
  return (
    <div className={styles.error} role="alert" data-testid={testId}>
      <CircleAlert size={17} aria-hidden className={styles.errorIcon} />
      <div className={styles.errorBody}>
        <strong>
          {t(error.code)}
          {error.host === undefined ? '' : ` · ${error.host}`}
        </strong>
        <p>{say(error.message)}</p>
        {error.hint !== undefined && <p className={styles.errorHint}>{say(error.hint)}</p>}
        {children}
      </div>
    </div>
  );
}
