import { Loader } from '@mantine/core';
import { CircleAlert, CircleCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ErrorCode } from '../../../shared/errors.js';
import type { HostFields } from '../../../shared/topology/index.js';
import styles from './hosts.module.css';
import { type TestState, testKey } from './useHostTests.js';
import { loginOf } from './way.js';

/** More are counted, not listed. */
const SHOWN = 100;

interface HostRowsProps {
  readonly hosts: readonly HostFields[];
  readonly tests: ReadonlyMap<string, TestState>;
}

/** What is going to be added, each with what the test of its connection said. */
export function HostRows({ hosts, tests }: HostRowsProps) {
  const { t } = useTranslation('hosts');
  if (hosts.length === 0) return null;
  return (
    <ul className={styles.rows} aria-label={t('preview')} data-testid="host-rows">
      {hosts.slice(0, SHOWN).map((host) => {
        const test = tests.get(testKey(host));
        return (
          <li key={host.name}>
            <div className={styles.row}>
              <strong>{host.name}</strong>
              <span className="mono">{loginOf(host)}</span>
              {host.jump !== undefined && (
                <span className={styles.muted}>{t('via', { jump: host.jump.join(' → ') })}</span>
              )}
              {test !== undefined && <Result test={test} />}
            </div>
            {test?.state === 'done' && <Reason test={test} />}
          </li>
        );
      })}
      {hosts.length > SHOWN && <li className={styles.muted}>{t('more', { count: hosts.length - SHOWN })}</li>}
    </ul>
  );
}

function Result({ test }: { readonly test: TestState }) {
  const { t } = useTranslation('hosts');
  if (test.state !== 'done')
    return (
      <span className={styles.state} role="status">
        {test.state === 'running' && <Loader size={12} />}
        {t(test.state === 'running' ? 'connecting' : 'waiting')}
      </span>
    );
  const { result } = test;
  if (!result.ok) return <Failed code={result.error?.code ?? 'internal'} />;
  const facts = [
    result.os,
    result.docker === undefined ? t('noDocker') : `Docker ${result.docker}`,
    result.readyMs === undefined ? undefined : `${result.readyMs} ms`,
  ].filter((fact) => fact !== undefined);
  return (
    <span className={styles.state} data-good="true" data-testid="host-test-ok">
      <CircleCheck size={14} aria-hidden /> {facts.join(' · ')}
    </span>
  );
}

function Failed({ code }: { readonly code: ErrorCode }) {
  const { t } = useTranslation('errors');
  return (
    <span className={styles.state} data-bad="true">
      <CircleAlert size={14} aria-hidden /> {t(code)}
    </span>
  );
}

function Reason({ test: { result } }: { readonly test: Extract<TestState, { state: 'done' }> }) {
  if (result.error === undefined || result.error.code === 'cancelled') return null;
  const { message, hint } = result.error;
  return (
    <div className={styles.reason}>
      <p>{message}</p>
      {hint !== undefined && <p>{hint}</p>}
    </div>
  );
}
