import { Button, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './hosts.module.css';

interface ImportedNotesProps {
  readonly notes: readonly string[];
  onOpen(): void;
  onClose(): void;
}

/** What was found and what could not be carried over, to be read before the topology is opened. */
export function ImportedNotes({ notes, onOpen, onClose }: ImportedNotesProps) {
  const { t } = useTranslation('hosts');
  return (
    <Modal opened onClose={onClose} title={<strong>{t('importTitle')}</strong>}>
      <p className={styles.text}>{t('imported')}</p>
      {notes.length > 0 && (
        <ul className={styles.notes} aria-label={t('importNotes')} data-testid="import-notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button data-autofocus onClick={onOpen} data-testid="import-open">
          {t('importOpen')}
        </Button>
      </div>
    </Modal>
  );
}
