import { CloseButton } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecentFile } from '../../../shared/ipc/index.js';
import { openFile } from '../../app/files.js';
import { tellError } from '../../app/tell.js';
import { call } from '../../lib/ipc.js';
import styles from './welcome.module.css';

/** Files that were open lately. */
export function Recent() {
  const { t, i18n } = useTranslation('welcome');
  const [files, setFiles] = useState<readonly RecentFile[]>([]);
  useEffect(() => {
    call('document:recent').then(setFiles, tellError);
  }, []);
  const forget = (path: string): void => {
    call('document:forget-recent', { path }).then(setFiles, tellError);
  };
  const when = (iso: string): string =>
    new Date(iso).toLocaleDateString(i18n.language, { dateStyle: 'medium' });
  return (
    <section aria-labelledby="recent" className={styles.recentSection}>
      <h2 id="recent" className={styles.section}>
        {t('recent')}
      </h2>
      {files.length === 0 ? (
        <p className={styles.muted}>{t('noRecent')}</p>
      ) : (
        <ul className={styles.recent}>
          {files.slice(0, 8).map((file) => (
            <li key={file.path}>
              <button type="button" className={styles.recentFile} onClick={() => void openFile(file.path)}>
                <strong>{file.name}</strong>
                <span className={styles.path}>{file.path}</span>
              </button>
              <span className={styles.muted}>{when(file.openedAt)}</span>
              <CloseButton
                size="sm"
                aria-label={t('forget', { name: file.name })}
                onClick={() => forget(file.path)}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
