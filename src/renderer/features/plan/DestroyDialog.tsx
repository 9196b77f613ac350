import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { documentName, useDocument } from '../../stores/document.js';
import { useRun } from '../../stores/run.js';
import { useUi } from '../../stores/ui.js';
import styles from './plan.module.css';

/** Names what will be lost, and lets only someone through who types the cluster's name. The plan comes first. */
export function DestroyDialog() {
  const { t } = useTranslation('plan');
  const { dialog, closeDialog, show } = useUi();
  const name = useDocument(documentName);
  const draft = useDocument((state) => state.shown.draft);
  const nodes = draft.datacenters.flatMap((dc) => dc.nodes.map((node) => node.name));
  const [typed, setTyped] = useState('');
  const [keepData, setKeepData] = useState(false);
  const close = (): void => {
    setTyped('');
    closeDialog();
  };
  const go = (): void => {
    close();
    show('plan');
    void useRun.getState().planDestroy(keepData);
  };
  return (
    <Modal
      opened={dialog?.kind === 'destroy'}
      onClose={close}
      title={<strong>{t('destroyTitle', { name })}</strong>}
      size="md"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === name) go();
        }}
      >
        <p className={styles.dialogText}>{t('destroyLoses')}</p>
        <ul className={styles.loses}>
          <li>{t('loses.containers', { nodes: nodes.join(', '), count: nodes.length })}</li>
          <li>{keepData ? t('loses.dataKept') : t('loses.data')}</li>
          <li>{t('loses.files')}</li>
        </ul>
        <Checkbox
          my="md"
          label={t('keepData')}
          checked={keepData}
          onChange={(event) => setKeepData(event.currentTarget.checked)}
        />
        <TextInput
          data-autofocus
          label={t('typeName', { name })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <p className={styles.muted}>{t('destroyNext')}</p>
        <div className={styles.buttonsEnd}>
          <Button variant="default" onClick={close}>
            {t('cancel')}
          </Button>
          <Button type="submit" color="red" disabled={typed !== name} data-testid="plan-destroy">
            {t('planDestroy')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
