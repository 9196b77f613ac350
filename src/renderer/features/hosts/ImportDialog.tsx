import { Button, Loader, Modal } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ErrorEnvelope, toEnvelope } from '../../../shared/errors.js';
import type { Response } from '../../../shared/ipc/index.js';
import type { HostFields } from '../../../shared/topology/index.js';
import { openText } from '../../app/files.js';
import { call, listen, newTask } from '../../lib/ipc.js';
import { useUi } from '../../stores/ui.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';
import { HostRows } from './HostRows.js';
import { HostSource } from './HostSource.js';
import styles from './hosts.module.css';
import { ImportedNotes } from './ImportedNotes.js';
import { inputOf } from './way.js';

/** As many as one look can take. */
const MOST = 64;
const NO_TESTS = new Map<string, never>();

type Found = Response<'cluster:import'>;

/** A topology from Consul containers that run already: the hosts are only read. */
export function ImportDialog() {
  const { t } = useTranslation('hosts');
  const closeDialog = useUi((state) => state.closeDialog);
  const [hosts, setHosts] = useState<readonly HostFields[]>([]);
  const { look, cancel, running, note, error, found } = useImport();
  const close = (): void => {
    if (running) cancel();
    else closeDialog();
  };
  const open = (made: Found): void => {
    closeDialog();
    openText(made.text);
  };
  if (found !== null)
    return <ImportedNotes notes={found.notes} onOpen={() => open(found)} onClose={closeDialog} />;
  return (
    <Modal
      opened
      onClose={close}
      closeOnClickOutside={!running}
      size="lg"
      title={<strong>{t('importTitle')}</strong>}
    >
      <p className={styles.text}>{t('importText')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void look(hosts);
        }}
      >
        <fieldset className={styles.plain} disabled={running}>
          <HostSource first="paste" taken={NO_HOSTS} onHosts={setHosts} />
        </fieldset>
        <HostRows hosts={hosts} tests={NO_TESTS} />
        {hosts.length > MOST && <p className={styles.hint}>{t('importMost')}</p>}
        {running && (
          <p className={styles.reading} role="status">
            <Loader size={14} /> {note ?? t('looking', { count: hosts.length })}
          </p>
        )}
        {error !== null && (
          <div className={styles.result}>
            <ErrorNote error={error} />
          </div>
        )}
        <div className={styles.foot}>
          <Button variant="default" onClick={close}>
            {t('cancel')}
          </Button>
          <Button
            type="submit"
            disabled={hosts.length === 0 || hosts.length > MOST}
            loading={running}
            data-testid="import-go"
          >
            {t('importGo')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

const NO_HOSTS = [] as const;

/** The look at the hosts: what it says while it goes, and what it found. */
function useImport() {
  const task = useRef<string | null>(null);
  const [running, setRunning] = useState(false);
  const [note, setNote] = useState<string | null>(null);
  const [error, setError] = useState<ErrorEnvelope | null>(null);
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    const end = listen('task:note', (told) => {
      if (told.task === task.current)
        setNote(told.detail === undefined ? told.title : `${told.title} · ${told.detail}`);
    });
    return () => {
      end();
      if (task.current !== null) void call('task:cancel', { task: task.current });
    };
  }, []);
  const look = async (hosts: readonly HostFields[]): Promise<void> => {
    if (task.current !== null || hosts.length === 0) return;
    task.current = newTask('import');
    setRunning(true);
    setError(null);
    setNote(null);
    try {
      setFound(await call('cluster:import', { task: task.current, hosts: hosts.map(inputOf) }));
    } catch (cause) {
      const envelope = toEnvelope(cause);
      if (envelope.code !== 'cancelled') setError(envelope);
    } finally {
      task.current = null;
      setRunning(false);
    }
  };
  const cancel = (): void => {
    if (task.current !== null) void call('task:cancel', { task: task.current });
  };
  return { look, cancel, running, note, error, found };
}
