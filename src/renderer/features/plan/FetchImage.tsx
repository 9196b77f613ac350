import { Button, Progress } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ErrorEnvelope, toEnvelope } from '../../../shared/errors.js';
import type { Events } from '../../../shared/ipc/index.js';
import { call, listen, newTask } from '../../lib/ipc.js';
import { useSay } from '../../lib/useSay.js';
import { useRun } from '../../stores/run.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';
import styles from './plan.module.css';

/** For hosts that do not reach the registry: this computer's Docker pulls the image once, and it goes through SSH. */
export function FetchImage({ disabled }: { readonly disabled: boolean }) {
  const { t } = useTranslation('plan');
  const say = useSay();
  const { plan, options, view } = useRun();
  const [note, setNote] = useState<Events['task:note'] | null>(null);
  const [error, setError] = useState<ErrorEnvelope | null>(null);
  const [task, setTask] = useState<string | null>(null);
  const current = useRef<string | null>(null);
  useEffect(
    () =>
      listen('task:note', (told) => {
        if (told.task === current.current) setNote(told);
      }),
    [],
  );
  const fetch = async (): Promise<void> => {
    if (view === null) return;
    const name = newTask('fetch');
    current.current = name;
    setTask(name);
    setNote(null);
    setError(null);
    try {
      const { path } = await call('cluster:fetch-image', { task: name, plan: view.plan.id });
      await plan({ ...options, imageArchive: path });
    } catch (cause) {
      setError(toEnvelope(cause));
    } finally {
      current.current = null;
      setTask(null);
    }
  };
  if (task !== null) {
    const title = note === null ? t('fetching') : say(note.title);
    return (
      <div className={styles.fetching} role="status" data-testid="fetching-image">
        <span>
          {title}
          {note?.detail === undefined ? '' : ` · ${note.detail}`}
        </span>
        <Progress
          value={note?.progress === undefined ? 100 : note.progress * 100}
          animated={note?.progress === undefined}
          aria-label={title}
        />
        <Button size="compact-xs" variant="default" onClick={() => void call('task:cancel', { task })}>
          {t('cancelFetch')}
        </Button>
      </div>
    );
  }
  return (
    <>
      <Button
        mt={6}
        ml={6}
        size="compact-xs"
        variant="default"
        disabled={disabled}
        onClick={() => void fetch()}
        data-testid="fetch-image"
      >
        {t('fetchImage')}
      </Button>
      {error !== null && error.code !== 'cancelled' && (
        <div className={styles.fetchError}>
          <ErrorNote error={error} />
        </div>
      )}
    </>
  );
}
