import { Button } from '@mantine/core';
import { LifeBuoy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Recoverable } from '../../../shared/ipc/index.js';
import { show } from '../../app/files.js';
import { tellError } from '../../app/tell.js';
import { call } from '../../lib/ipc.js';
import styles from './welcome.module.css';

/** Drafts of a run that ended before they were saved. */
export function Recovery() {
  const { t, i18n } = useTranslation('welcome');
  const [drafts, setDrafts] = useState<readonly Recoverable[]>([]);
  useEffect(() => {
    call('document:recoverable').then(setDrafts, tellError);
  }, []);
  const take = async (key: string, discard: boolean): Promise<void> => {
    try {
      const opened = await call('document:recover', discard ? { key, discard } : { key });
      setDrafts((all) => all.filter((draft) => draft.key !== key));
      if (opened !== null) show(opened);
    } catch (error) {
      tellError(error);
    }
  };
  return drafts.map((draft) => (
    <div key={draft.key} className={styles.recovery} role="status" data-testid="recovery">
      <LifeBuoy size={18} aria-hidden />
      <p>
        {t('recovered', {
          name: draft.name,
          time: new Date(draft.savedAt).toLocaleString(i18n.language, {
            dateStyle: 'medium',
            timeStyle: 'short',
          }),
        })}
      </p>
      <Button size="compact-sm" onClick={() => void take(draft.key, false)}>
        {t('recover')}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => void take(draft.key, true)}>
        {t('discard')}
      </Button>
    </div>
  ));
}
