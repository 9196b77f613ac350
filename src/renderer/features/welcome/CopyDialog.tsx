import { Button, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { withNewId } from '../../../shared/topology/index.js';
import { useDocument } from '../../stores/document.js';
import { useUi } from '../../stores/ui.js';
import styles from './welcome.module.css';

/** A copy of a known file: the same cluster in two files, or the beginning of another one. */
export function CopyDialog({ original }: { readonly original: string }) {
  const { t } = useTranslation('welcome');
  const closeDialog = useUi((state) => state.closeDialog);
  const edit = useDocument((state) => state.edit);
  const renew = (): void => {
    edit(withNewId);
    closeDialog();
  };
  return (
    <Modal opened onClose={closeDialog} title={<strong>{t('copyTitle')}</strong>} size="md">
      <p className={styles.dialogText}>{t('copyText', { original })}</p>
      <div className={styles.buttonsEnd}>
        <Button variant="default" onClick={closeDialog}>
          {t('copySame')}
        </Button>
        <Button data-autofocus onClick={renew} data-testid="new-id">
          {t('copyOther')}
        </Button>
      </div>
    </Modal>
  );
}
