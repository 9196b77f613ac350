import { Button, Checkbox, Modal, PasswordInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer, Question } from '../../../shared/ipc/index.js';
import styles from './hosts.module.css';

interface SecretDialogProps {
  readonly question: Extract<Question, { kind: 'secret' }>;
  readonly more: ReactNode;
  onAnswer(answer: Answer): void;
}

/** A password or passphrase. It goes to main and is nowhere else: not in the document, not in a store. */
export function SecretDialog({ question, more, onAnswer }: SecretDialogProps) {
  const { t } = useTranslation('hosts');
  const [secret, setSecret] = useState('');
  const [keep, setKeep] = useState(false);
  return (
    <Modal
      opened
      onClose={() => onAnswer(null)}
      zIndex={300}
      closeOnClickOutside={false}
      withCloseButton={false}
      title={
        <span className={styles.title}>
          <strong>{t(`secret.${question.secret}`, { host: question.host })}</strong> {more}
        </span>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onAnswer({ secret, keep });
        }}
      >
        <PasswordInput
          data-autofocus
          label={question.prompt}
          value={secret}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': t('showSecret') }}
          onChange={(event) => setSecret(event.currentTarget.value)}
          data-testid="secret-input"
        />
        {question.canKeep ? (
          <Checkbox
            mt="md"
            label={t('keep')}
            checked={keep}
            onChange={(event) => setKeep(event.currentTarget.checked)}
          />
        ) : question.secret === 'answer' ? null : (
          <p className={styles.hint}>{t('sessionOnly')}</p>
        )}
        <div className={styles.buttons}>
          <Button variant="default" onClick={() => onAnswer(null)}>
            {t('cancel')}
          </Button>
          <Button type="submit" data-testid="secret-submit">
            {t('go')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
