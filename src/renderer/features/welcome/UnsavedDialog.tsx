import { Button, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { saveFile } from '../../app/files.js';
import { call } from '../../lib/ipc.js';
import { documentName, isDirty, useDocument } from '../../stores/document.js';
import { useRun } from '../../stores/run.js';
import { useUi } from '../../stores/ui.js';
import styles from './welcome.module.css';

/** Before something unsaved is left behind, or a run is cut short. */
export function UnsavedDialog({ next }: { readonly next: () => void }) {
  const { t } = useTranslation('welcome');
  const closeDialog = useUi((state) => state.closeDialog);
  const name = useDocument(documentName);
  const dirty = useDocument(isDirty);
  const running = useRun((state) => state.phase !== 'idle');
  const stay = (): void => {
    closeDialog();
    void call('app:close', 'stay');
  };
  const go = (): void => {
    closeDialog();
    next();
  };
  const save = async (): Promise<void> => {
    if (await saveFile()) go();
  };
  return (
    <Modal
      opened
      onClose={stay}
      title={<strong>{dirty ? t('unsavedTitle', { name }) : t('runningTitle')}</strong>}
      size="md"
    >
      {dirty && <p className={styles.dialogText}>{t('unsavedText')}</p>}
      {running && <p className={styles.dialogText}>{t('runningText')}</p>}
      <div className={styles.buttonsEnd}>
        <Button variant="subtle" color="red" className={styles.leftButton} onClick={go} data-testid="discard">
          {dirty ? t('discardChanges') : t('leaveRunning')}
        </Button>
        <Button variant="default" onClick={stay}>
          {t('stay')}
        </Button>
        {dirty && (
          <Button data-autofocus onClick={() => void save()} data-testid="save-and-go">
            {t('save')}
          </Button>
        )}
      </div>
    </Modal>
  );
}
