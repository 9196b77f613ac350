import { Button } from '@mantine/core';
import { CircleCheck, CircleSlash, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ApplySummary } from '../../../shared/run/types.js';
import { useRun } from '../../stores/run.js';
import { useUi } from '../../stores/ui.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';
import styles from './plan.module.css';
import { duration } from './steps.js';

/** How it ended: time to quorum, what is where, and on failure what failed and how to go on. */
export function Summary({
  summary,
  destroyed,
}: {
  readonly summary: ApplySummary;
  readonly destroyed: boolean;
}) {
  const { t } = useTranslation('plan');
  const { plan, apply } = useRun();
  const good = summary.result === 'done';
  const Icon = good ? CircleCheck : summary.result === 'cancelled' ? CircleSlash : TriangleAlert;
  const retry = async (): Promise<void> => {
    await plan();
    if (useRun.getState().view?.applicable === true) await apply();
  };
  return (
    <section className={styles.summary} data-result={summary.result} data-testid="summary" aria-live="polite">
      <Icon size={22} aria-hidden className={styles.summaryIcon} />
      <div className={styles.issueBody}>
        <h2>{t(destroyed && good ? 'result.destroyed' : `result.${summary.result}`)}</h2>
        {Object.entries(summary.quorumMs ?? {}).map(([datacenter, ms]) => (
          <p key={datacenter} data-testid="time-to-quorum">
            {t('quorum', { datacenter, time: duration(ms), leader: summary.leader?.[datacenter] ?? '–' })}
          </p>
        ))}
        <p className={styles.muted}>
          {t('counts', { changed: summary.changed, skipped: summary.skipped, failed: summary.failed.length })}
        </p>
        {summary.failed.map((failure) => (
          <ErrorNote key={failure.step} error={{ ...failure.error, host: failure.host }} />
        ))}
        {!good &&
          Object.entries(summary.hosts).map(([host, words]) => (
            <p key={host} className={styles.muted}>
              <strong>{host}</strong> {words}
            </p>
          ))}
        <div className={styles.buttons}>
          {good && !destroyed && (
            <>
              <Button onClick={() => useUi.getState().show('topology')}>{t('watch')}</Button>
              <Button variant="default" onClick={() => useUi.getState().show('consul-ui')}>
                {t('openUi')}
              </Button>
            </>
          )}
          {!good && !destroyed && (
            <Button onClick={() => void retry()} data-testid="retry">
              {t('retryRest')}
            </Button>
          )}
        </div>
      </div>
    </section>
  );
}
