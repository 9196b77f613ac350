import { useTranslation } from 'react-i18next';
import { useSay } from '../../../lib/useSay.js';
import styles from './inspector.module.css';
import type { Versions } from './versions.js';

/** How far asking the registry is, and why the list is the table's where it is. */
export function RegistryLine({
  versions,
  onThorough,
  onCancel,
}: {
  readonly versions: Versions | undefined;
  readonly onThorough: () => void;
  readonly onCancel: () => void;
}) {
  const { t } = useTranslation('inspector');
  const say = useSay();
  if (versions?.state === 'asking')
    return (
      <div className={styles.description} role="status" data-testid="registry-line">
        <span>{t('cluster.registry.asking')}</span>
        <button type="button" className={styles.link} onClick={onCancel}>
          {t('cluster.registry.cancel')}
        </button>
      </div>
    );
  if (versions?.state !== 'failed') return null;
  const { code, message, hint, retryable } = versions.error;
  const again = code === 'secrets-needed' ? 'password' : retryable ? 'hosts' : 'again';
  return (
    <div className={styles.description} role="status" data-testid="registry-line">
      <span>{t('cluster.registry.table', { reason: say(message) })}</span>
      {hint !== undefined && <span>{say(hint)}</span>}
      <button type="button" className={styles.link} onClick={onThorough} data-testid="registry-again">
        {t(`cluster.registry.${again}`)}
      </button>
    </div>
  );
}
