import { Button, Progress } from '@mantine/core';
import { ListChecks } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { isAsWanted, stoppers } from '../../../shared/plan/index.js';
import type { Plan } from '../../../shared/plan/types.js';
import { runCommand } from '../../app/commands.js';
import { useDocument } from '../../stores/document.js';
import { canApply, isCurrent, unconfirmed, useRun } from '../../stores/run.js';
import { useUi } from '../../stores/ui.js';
import { EmptyState } from '../../ui/parts/EmptyState.js';
import { Checks } from './Checks.js';
import { Issues } from './Issues.js';
import { Lanes } from './Lanes.js';
import styles from './plan.module.css';
import { RunError } from './RunError.js';
import { Summary } from './Summary.js';
import { duration, progressOf } from './steps.js';
import { useNow } from './useNow.js';

/** Check hosts → plan → apply, on one page that only grows: what was found stays in sight while it is acted on. */
export function PlanView() {
  const { t } = useTranslation('plan');
  const run = useRun();
  const valid = useDocument((state) => state.model.topology !== undefined);
  const text = useDocument((state) => state.text);
  const { view, checks, summary, error, phase } = run;
  const outdated = run.text !== null && !isCurrent(run, text);
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (summary !== null) top.current?.scrollTo({ top: 0, behavior: 'smooth' });
  }, [summary]);
  if (!valid && view === null && checks === null)
    return (
      <EmptyState icon={<ListChecks size={26} />} title={t('invalid.title')} text={t('invalid.text')}>
        <Button
          onClick={() => {
            useUi.getState().show('topology');
            useUi.getState().openDrawer('problems');
          }}
        >
          {t('invalid.show')}
        </Button>
      </EmptyState>
    );
  if (view === null && checks === null && error === null && phase === 'idle') return <Nothing />;
  return (
    <div className={styles.page} ref={top}>
      {outdated && phase === 'idle' && (
        <Note>
          {t('outdated')}
          <Button size="compact-sm" disabled={!valid} onClick={() => runCommand('plan')}>
            {t('planAgain')}
          </Button>
        </Note>
      )}
      {error !== null && <RunError error={error} />}
      {(phase === 'checking' || phase === 'planning') && <Looking />}
      {summary !== null && <Summary summary={summary} destroyed={view?.plan.kind === 'destroy'} />}
      {view !== null && (
        <section aria-label={t('plan')}>
          <PlanHead />
          {summary === null && <Issues issues={view.plan.issues} />}
          {(view.plan.steps.length === 0 || (summary === null && stoppers(view.plan).length > 0)) && (
            <WithoutSteps plan={view.plan} />
          )}
          {view.plan.steps.length > 0 && <Lanes plan={view.plan} />}
        </section>
      )}
      {checks !== null && phase !== 'applying' && (
        <section aria-label={t('checks')}>
          <h2 className={styles.heading}>{t('checks')}</h2>
          <Checks checks={checks} />
        </section>
      )}
    </div>
  );
}

/** A plan without steps is good news only where nothing stands in its way. */
function WithoutSteps({ plan }: { readonly plan: Plan }) {
  const { t } = useTranslation('plan');
  const inTheWay = stoppers(plan).length;
  if (isAsWanted(plan)) return <p className={styles.allGood}>{t('nothingToDo')}</p>;
  return (
    <p className={styles.notGood} data-testid="plan-not-good">
      {inTheWay > 0 ? t('cannotApply', { count: inTheWay }) : t('nothingSeen')}
    </p>
  );
}

const Note = ({ children }: { readonly children: ReactNode }) => (
  <div className={styles.outdated} role="status">
    {children}
  </div>
);

function Nothing() {
  const { t } = useTranslation('plan');
  return (
    <EmptyState icon={<ListChecks size={26} />} title={t('empty.title')} text={t('empty.text')}>
      <Button variant="default" onClick={() => runCommand('check-hosts')}>
        {t('empty.check')}
      </Button>
      <Button onClick={() => runCommand('plan')}>{t('empty.plan')}</Button>
    </EmptyState>
  );
}

function Looking() {
  const { t } = useTranslation('plan');
  const { cancel, cancelling } = useRun();
  const hosts = useDocument((state) => state.shown.draft.hosts.length);
  return (
    <div className={styles.looking} role="status" data-testid="looking">
      <div className={styles.lookingText}>
        {t('looking', { count: hosts })}
        <Progress value={100} animated size="xs" aria-label={t('looking', { count: hosts })} />
      </div>
      <Button variant="default" size="compact-sm" loading={cancelling} onClick={() => void cancel()}>
        {t('cancel')}
      </Button>
    </div>
  );
}

function PlanHead() {
  const { t } = useTranslation('plan');
  const run = useRun();
  const text = useDocument((state) => state.text);
  const applying = run.phase === 'applying';
  const now = useNow(applying);
  const { view } = run;
  if (view === null) return null;
  const open = unconfirmed(run).length;
  const destroy = view.plan.kind === 'destroy';
  const hosts = new Set(view.plan.steps.map((step) => step.host)).size;
  return (
    <div className={styles.planHead}>
      <h2 className={styles.heading}>{destroy ? t('destroyPlan') : t('plan')}</h2>
      <span className={styles.muted} data-testid="plan-counts">
        {t('planCounts', { count: view.changes, steps: view.plan.steps.length, hosts })}
      </span>
      <span className={styles.grow}>
        {applying && (
          <Progress
            value={progressOf(view.plan.steps, run.steps) * 100}
            size="sm"
            aria-label={t('progress')}
          />
        )}
      </span>
      {applying && run.startedAt !== null && (
        <span className={styles.time}>{duration(now - run.startedAt)}</span>
      )}
      {canApply(run, text) && (
        <Button
          color={destroy ? 'red' : 'raft'}
          disabled={open > 0}
          onClick={() => runCommand('apply')}
          data-testid="apply-button"
        >
          {open > 0 ? t('confirmFirst', { count: open }) : destroy ? t('destroy') : t('apply')}
        </Button>
      )}
    </div>
  );
}
