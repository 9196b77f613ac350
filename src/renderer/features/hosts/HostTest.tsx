import { CircleCheck } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toEnvelope } from '../../../shared/errors.js';
import type { HostInput, HostTest } from '../../../shared/ipc/index.js';
import { call, newTask } from '../../lib/ipc.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';
import styles from './hosts.module.css';

interface Testing {
  readonly result: HostTest | null;
  readonly testing: boolean;
  test(host: HostInput, others?: readonly HostInput[]): Promise<void>;
}

/** Tries the way into a host: key, login, Docker. Changes nothing there. */
export function useHostTest(): Testing {
  const [result, setResult] = useState<HostTest | null>(null);
  const [testing, setTesting] = useState(false);
  const test = useCallback(async (host: HostInput, others: readonly HostInput[] = []) => {
    setTesting(true);
    setResult(null);
    try {
      setResult(await call('hosts:test', { task: newTask('test'), host, others: [...others] }));
    } catch (error) {
      setResult({ host: host.name, ok: false, error: toEnvelope(error) });
    } finally {
      setTesting(false);
    }
  }, []);
  return { result, testing, test };
}

export function HostTestResult({ result }: { readonly result: HostTest | null }) {
  const { t } = useTranslation('hosts');
  if (result === null) return null;
  if (result.error !== undefined)
    return (
      <div className={styles.result}>
        <ErrorNote error={result.error} />
      </div>
    );
  const facts = [
    result.os,
    result.docker === undefined ? t('noDocker') : `Docker ${result.docker}`,
    result.readyMs === undefined ? undefined : `${result.readyMs} ms`,
  ];
  return (
    <p className={styles.good} role="status" data-testid="host-test-ok">
      <CircleCheck size={16} aria-hidden /> {t('testOk')}{' '}
      {facts.filter((fact) => fact !== undefined).join(' · ')}
    </p>
  );
}
