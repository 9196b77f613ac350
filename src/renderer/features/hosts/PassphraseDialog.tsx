import { Button, Modal, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer, Question } from '../../../shared/ipc/index.js';
import styles from './hosts.module.css';

interface PassphraseDialogProps {
  readonly question: Extract<Question, { kind: 'passphrase' }>;
  onAnswer(answer: Answer): void;
}

/** As main asks for it: short passphrases are guessed. */
const LEAST = 10;

/** The passphrase of a vault or a recovery kit; a new one is typed twice. It goes to main and is nowhere else. */
export function PassphraseDialog({ question, onAnswer }: PassphraseDialogProps) {
  const { t } = useTranslation('hosts');
  const [secret, setSecret] = useState('');
  const [again, setAgain] = useState('');
  const isNew = question.of === 'new-vault' || question.of === 'new-kit';
  const short = [...secret].length < LEAST;
  const other = again !== '' && again !== secret;
  const ready = isNew ? !short && again === secret : secret !== '';
  const toggle = { 'aria-label': t('showSecret') };
  return (
    <Modal
      opened
      onClose={() => onAnswer(null)}
      zIndex={300}
      closeOnClickOutside={false}
      withCloseButton={false}
      title={<strong>{t(`passphrase.title.${question.of}`)}</strong>}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onAnswer({ secret, keep: false });
        }}
      >
        <p className={styles.hint}>{t(`passphrase.text.${question.of}`)}</p>
        <p className={styles.path}>{question.path}</p>
        <PasswordInput
          data-autofocus
          label={t('passphrase.label')}
          description={isNew ? t('passphrase.least', { count: LEAST }) : undefined}
          error={question.wrong && secret === '' ? t('passphrase.wrong') : undefined}
          value={secret}
          autoComplete="off"
          visibilityToggleButtonProps={toggle}
          onChange={(event) => setSecret(event.currentTarget.value)}
          data-testid="passphrase-input"
        />
        {isNew && (
          <PasswordInput
            mt="sm"
            label={t('passphrase.again')}
            error={other ? t('passphrase.other') : undefined}
            value={again}
            autoComplete="off"
            visibilityToggleButtonProps={toggle}
            onChange={(event) => setAgain(event.currentTarget.value)}
            data-testid="passphrase-again"
          />
        )}
        <div className={styles.buttons}>
          <Button variant="default" onClick={() => onAnswer(null)}>
            {t('cancel')}
          </Button>
          <Button type="submit" disabled={!ready} data-testid="passphrase-submit">
            {t('go')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
