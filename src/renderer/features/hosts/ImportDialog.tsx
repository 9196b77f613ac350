import { Button, Loader, Modal, Textarea, TextInput } from '@mantine/core';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ErrorEnvelope, toEnvelope } from '../../../shared/errors.js';
import { openText } from '../../app/files.js';
import { tell } from '../../app/tell.js';
import { call, newTask } from '../../lib/ipc.js';
import { useUi } from '../../stores/ui.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';
import styles from './hosts.module.css';
import { parsePasted } from './paste.js';

/** A topology from Consul containers that run already: the hosts are only read. */
export function ImportDialog() {
  const { t } = useTranslation('hosts');
  const closeDialog = useUi((state) => state.closeDialog);
  const [text, setText] = useState('');
  const [identity, setIdentity] = useState('');
  const [error, setError] = useState<ErrorEnvelope | null>(null);
  const [running, setRunning] = useState(false);
  const task = useRef<string | null>(null);
  const lines = useMemo(() => parsePasted(text, []), [text]);
  const hosts = lines.flatMap((line) => ('host' in line ? [line.host] : []));
  const look = async (): Promise<void> => {
    task.current = newTask('import');
    setRunning(true);
    setError(null);
    try {
      const given = hosts.map((host) => ({ ...host, ...(identity === '' ? {} : { identity }) }));
      const found = await call('cluster:import', { task: task.current, hosts: given });
      closeDialog();
      openText(found.text);
      for (const note of found.notes) tell(note);
    } catch (cause) {
      const envelope = toEnvelope(cause);
      if (envelope.code !== 'cancelled') setError(envelope);
    } finally {
      task.current = null;
      setRunning(false);
    }
  };
  const close = (): void => {
    if (task.current === null) closeDialog();
    else void call('task:cancel', { task: task.current });
  };
  return (
    <Modal opened onClose={close} size="md" title={<strong>{t('importTitle')}</strong>}>
      <p className={styles.text}>{t('importText')}</p>
      <Textarea
        data-autofocus
        label={t('pasteLabel')}
        placeholder={'root@192.0.2.11\nroot@192.0.2.12\nroot@192.0.2.13'}
        autosize
        minRows={4}
        classNames={{ input: 'mono' }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <TextInput
        mt="sm"
        label={t('identity')}
        description={t('identityHelp')}
        value={identity}
        onChange={(event) => setIdentity(event.currentTarget.value)}
      />
      {running && (
        <p className={styles.good} role="status">
          <Loader size="xs" /> {t('looking', { count: hosts.length })}
        </p>
      )}
      {error !== null && (
        <div className={styles.result}>
          <ErrorNote error={error} />
        </div>
      )}
      <div className={styles.buttons}>
        <Button variant="default" onClick={close}>
          {t('cancel')}
        </Button>
        <Button disabled={hosts.length === 0} loading={running} onClick={() => void look()}>
          {t('importGo')}
        </Button>
      </div>
    </Modal>
  );
}
