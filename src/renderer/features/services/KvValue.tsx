import { Button } from '@mantine/core';
import { Copy } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { KvValue } from '../../../shared/ipc/index.js';
import { tell, tellError } from '../../app/tell.js';
import { call } from '../../lib/ipc.js';
import { pretty } from './kv.js';
import styles from './services.module.css';

export function KvValueView({ name, value }: { readonly name: string; readonly value: KvValue | null }) {
  const { t } = useTranslation('kv');
  const shown = value === null ? null : (value.text ?? value.base64);
  const copy = (): void => {
    if (shown !== null) call('app:write-clipboard', shown).then(() => tell(t('copied')), tellError);
  };
  return (
    <section className={styles.detail} aria-label={name}>
      <h2 className="mono">{name}</h2>
      {value === null || shown === null ? (
        <p className={styles.muted}>{t('loading')}</p>
      ) : (
        <>
          <p className={styles.muted}>
            {t('facts', { bytes: value.bytes, index: value.modifyIndex, flags: value.flags })}
            {value.text === null && ` ${t('binary')}`}
            {value.truncated && ` ${t('cut')}`}
          </p>
          <Button size="compact-sm" variant="default" leftSection={<Copy size={13} />} onClick={copy}>
            {t('copy')}
          </Button>
          <pre className={styles.value} data-testid="kv-value">
            {value.text === null ? value.base64 : pretty(value.text)}
          </pre>
        </>
      )}
    </section>
  );
}
