import { Button, Modal, Progress } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ErrorEnvelope, toEnvelope } from '../../../shared/errors.js';
import type { Events, Response } from '../../../shared/ipc/index.js';
import { openText } from '../../app/files.js';
import { tell } from '../../app/tell.js';
import { call, listen, newTask } from '../../lib/ipc.js';
import { useUi } from '../../stores/ui.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';
import styles from './welcome.module.css';

const baseName = (path: string): string => path.replace(/^.*[\\/]/s, '');

/** Three practice hosts on this computer: what they are is said before they are started. */
export function RangeDialog() {
  const { t } = useTranslation('welcome');
  const closeDialog = useUi((state) => state.closeDialog);
  const [status, setStatus] = useState<Response<'range:status'> | null>(null);
  const [note, setNote] = useState<Events['task:note'] | null>(null);
  const [error, setError] = useState<ErrorEnvelope | null>(null);
  const task = useRef<string | null>(null);
  const [running, setRunning] = useState(false);
  /** Paths; null: the range keeps what it has. */
  const [consul, setConsul] = useState<readonly string[] | null>(null);
  useEffect(() => {
    call('range:status').then(setStatus, (cause) => setError(toEnvelope(cause)));
    return listen('task:note', (told) => {
      if (told.task === task.current) setNote(told);
    });
  }, []);
  const during = async (work: (name: string) => Promise<void>): Promise<void> => {
    task.current = newTask('range');
    setRunning(true);
    setError(null);
    setNote(null);
    try {
      await work(task.current);
    } catch (cause) {
      setError(toEnvelope(cause));
    } finally {
      task.current = null;
      setRunning(false);
    }
  };
  const up = (): Promise<void> =>
    during(async (name) => {
      const { text } = await call('range:up', {
        task: name,
        ...(consul === null ? {} : { consul: [...consul] }),
      });
      closeDialog();
      openText(text);
    });
  const choose = async (): Promise<void> => {
    const chosen = await call('range:choose-consul');
    if (chosen !== null) setConsul(chosen.paths);
  };
  const consulName =
    consul === null
      ? (status?.consul ?? t('rangeOwnConsul'))
      : consul.map(baseName).join(', ') || t('rangeOwnConsul');
  const down = (): Promise<void> =>
    during(async (name) => {
      await call('range:down', { task: name });
      closeDialog();
      tell(t('rangeGone'));
    });
  const cancel = (): void => {
    if (task.current === null) closeDialog();
    else void call('task:cancel', { task: task.current });
  };
  const isUp = status?.up === true;
  return (
    <Modal
      opened
      onClose={cancel}
      closeOnClickOutside={!running}
      closeOnEscape={!running}
      withCloseButton={!running}
      title={<strong>{t('range')}</strong>}
      size="md"
    >
      <p className={styles.dialogText}>{t('rangeAbout')}</p>
      <p className={styles.warning}>{t('rangeRisk')}</p>
      <div className={styles.rangeConsul}>
        <span data-testid="range-consul">{t('rangeConsul', { name: consulName })}</span>
        <Button size="compact-xs" variant="default" disabled={running} onClick={() => void choose()}>
          {t('rangeChooseConsul')}
        </Button>
        {(consul === null ? status?.consul != null : consul.length > 0) && (
          <Button size="compact-xs" variant="subtle" disabled={running} onClick={() => setConsul([])}>
            {t('rangeNoConsul')}
          </Button>
        )}
      </div>
      <p className={styles.dialogText}>{t('rangeConsulAbout')}</p>
      {running && (
        <div className={styles.progress} role="status">
          <span>
            {note?.title ?? t('rangeStarting')}
            {note?.detail === undefined ? '' : ` · ${note.detail}`}
          </span>
          <Progress
            value={note?.progress === undefined ? 100 : note.progress * 100}
            animated={note?.progress === undefined}
            aria-label={note?.title ?? t('rangeStarting')}
          />
        </div>
      )}
      {error !== null && error.code !== 'cancelled' && <ErrorNote error={error} />}
      <div className={styles.buttonsEnd}>
        {isUp && !running && (
          <Button variant="subtle" color="red" className={styles.leftButton} onClick={() => void down()}>
            {t('rangeDown')}
          </Button>
        )}
        <Button variant="default" onClick={cancel}>
          {t('cancel')}
        </Button>
        <Button loading={running} onClick={() => void up()} data-testid="range-up">
          {isUp ? t('rangeOpen') : t('rangeStart')}
        </Button>
      </div>
    </Modal>
  );
}
