import { Anchor, Breadcrumbs, Loader } from '@mantine/core';
import { Folder, KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../ui/parts/EmptyState.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';
import { KvValueView } from './KvValue.js';
import { crumbs, lastPart } from './kv.js';
import { PathLine } from './PathLine.js';
import styles from './services.module.css';
import { useKv } from './useKv.js';

interface KvBrowserProps {
  readonly datacenter: string;
  /** Node whose agent is asked; null: a server of the datacenter. */
  readonly through: string | null;
}

/** Consul's keys as folders. Read-only: values are changed by those who own them. */
export function KvBrowser({ datacenter, through }: KvBrowserProps) {
  const { t } = useTranslation('kv');
  const [prefix, setPrefix] = useState('');
  const [key, setKey] = useState<string | null>(null);
  const { listing, value, error, loading } = useKv({ datacenter, through }, prefix, key);
  const go = (next: string): void => {
    setPrefix(next);
    setKey(null);
  };
  return (
    <>
      {listing !== null && <PathLine path={listing.path} />}
      <div className={styles.split}>
        <div className={styles.side}>
          <div className={styles.filters}>
            <Breadcrumbs separator="/" separatorMargin={4} className={styles.crumbs}>
              <Anchor component="button" type="button" onClick={() => go('')}>
                {t('root')}
              </Anchor>
              {crumbs(prefix).map((crumb) => (
                <Anchor key={crumb.prefix} component="button" type="button" onClick={() => go(crumb.prefix)}>
                  {crumb.name}
                </Anchor>
              ))}
            </Breadcrumbs>
          </div>
          {error !== null && <ErrorNote error={error} />}
          <ul className={styles.list} aria-label={t('keys')} aria-busy={loading}>
            {listing?.keys.map((entry) => {
              const folder = entry.endsWith('/');
              const Icon = folder ? Folder : KeyRound;
              return (
                <li key={entry}>
                  <button
                    type="button"
                    className={styles.row}
                    aria-current={entry === key ? 'true' : undefined}
                    onClick={() => (folder ? go(entry) : setKey(entry))}
                  >
                    <Icon size={14} aria-hidden className={styles.muted} />
                    <span className={`${styles.rowName} mono`}>{lastPart(entry)}</span>
                  </button>
                </li>
              );
            })}
            {listing?.truncated === true && <li className={styles.note}>{t('truncated')}</li>}
            {loading && listing === null && <Loader size="sm" m="md" />}
          </ul>
        </div>
        {key === null ? (
          <EmptyState
            icon={<KeyRound size={26} />}
            title={listing?.keys.length === 0 ? t('empty') : t('choose')}
            text={listing?.keys.length === 0 ? t('emptyText') : t('chooseText')}
          />
        ) : (
          <KvValueView name={key} value={value} />
        )}
      </div>
    </>
  );
}
