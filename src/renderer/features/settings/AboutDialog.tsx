import { Anchor, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { tellError } from '../../app/tell.js';
import { call } from '../../lib/ipc.js';
import { useApp } from '../../stores/app.js';
import { useUi } from '../../stores/ui.js';
import { Logo } from '../../ui/parts/Logo.js';
import styles from './settings.module.css';

export function AboutDialog() {
  const { t } = useTranslation('settings');
  const closeDialog = useUi((state) => state.closeDialog);
  const info = useApp((state) => state.info);
  return (
    <Modal opened onClose={closeDialog} title={<strong>{t('about')}</strong>} size="sm">
      <div className={styles.about}>
        <Logo size={52} />
        <strong className={styles.product}>Raftyard {info?.version}</strong>
        <p className={styles.muted}>{t('aboutText')}</p>
        <p className={styles.muted}>{`Electron ${info?.electron ?? ''} · ${t('license')}`}</p>
        <Anchor
          component="button"
          type="button"
          onClick={() => call('app:open-page', 'guide').catch(tellError)}
        >
          {t('guide')}
        </Anchor>
      </div>
    </Modal>
  );
}
