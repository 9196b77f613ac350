import { Button, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Question } from '../../../shared/ipc/index.js';
import styles from './hosts.module.css';

interface HostKeyDialogProps {
  readonly question: Extract<Question, { kind: 'host-key' }>;
  readonly more: ReactNode;
  onAnswer(accept: boolean): void;
}

/** A key that nobody has vouched for yet. Refusing is what Enter and Escape do. */
export function HostKeyDialog({ question, more, onAnswer }: HostKeyDialogProps) {
  const { t } = useTranslation('hosts');
  const { host, address, port, keyType, fingerprint } = question;
  const file = keyType.replace(/^(ssh-|ecdsa-sha2-).*$/, (_, family: string) =>
    family === 'ecdsa-sha2-' ? 'ecdsa' : keyType === 'ssh-ed25519' ? 'ed25519' : 'rsa',
  );
  return (
    <Modal
      opened
      onClose={() => onAnswer(false)}
      zIndex={300}
      closeOnClickOutside={false}
      withCloseButton={false}
      title={
        <span className={styles.title}>
          <strong>{t('keyTitle', { host })}</strong> {more}
        </span>
      }
    >
      <p className={styles.text}>{t('keyText', { address, port })}</p>
      <div className={styles.fingerprint}>
        <span>{keyType}</span>
        <code data-testid="fingerprint">{fingerprint}</code>
      </div>
      <p className={styles.text}>{t('keyCheck')}</p>
      <pre className={styles.command}>{`ssh-keygen -lf /etc/ssh/ssh_host_${file}_key.pub`}</pre>
      <div className={styles.buttons}>
        <Button variant="default" data-autofocus onClick={() => onAnswer(false)} data-testid="refuse-key">
          {t('refuse')}
        </Button>
        <Button onClick={() => onAnswer(true)} data-testid="trust-key">
          {t('trust')}
        </Button>
      </div>
    </Modal>
  );
}
