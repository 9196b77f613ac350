import { Badge, Progress, UnstyledButton } from '@mantine/core';
import { Check, ChevronRight, CircleDashed, CircleSlash, Loader, Minus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Step } from '../../../shared/plan/types.js';
import type { StepState } from '../../../shared/run/types.js';
import { useSay } from '../../lib/useSay.js';
import { type StepRun, useRun } from '../../stores/run.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';
import styles from './plan.module.css';
import { duration, stepSubject } from './steps.js';
import { useNow } from './useNow.js';

const ICON: Readonly<Record<StepState | 'planned', typeof Check>> = {
  planned: CircleDashed,
  waiting: CircleDashed,
  running: Loader,
  done: Check,
  skipped: Minus,
  failed: X,
  cancelled: CircleSlash,
};

/** One step: what changes, with which risk, the commands that it stands for; and while it runs, how it goes. */
export function StepCard({ step, number }: { readonly step: Step; readonly number: number }) {
  const { t, i18n } = useTranslation('plan');
  const say = useSay();
  const run = useRun((state) => state.steps[step.id]);
  const [open, setOpen] = useState(false);
  const state = run?.state ?? 'planned';
  const Icon = ICON[state];
  const subject = stepSubject(step.action);
  const title =
    i18n.language === 'en'
      ? step.title
      : t(`step.${step.action.kind}`, { subject, node: step.node, host: step.host });
  return (
    <li className={styles.step} data-state={state} data-testid={`step-${step.id}`}>
      <UnstyledButton className={styles.stepHead} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className={styles.stepIcon} data-state={state}>
          <Icon size={14} strokeWidth={2.4} aria-hidden />
        </span>
        <span className={styles.stepTitle}>
          <span className="visually-hidden">{`${number}. ${t(`state.${state}`)}: `}</span>
          {title}
        </span>
        <Time run={run} />
        <ChevronRight size={14} aria-hidden className={styles.chevron} data-open={open} />
      </UnstyledButton>
      <p className={styles.change}>
        <span className={styles.before}>{say(firstLine(step.before))}</span>
        <span aria-hidden="true"> → </span>
        <span className="visually-hidden">{t('becomes')}</span>
        <span>{say(firstLine(step.after))}</span>
        {lines(step.after) > 1 && (
          <span className={styles.before}> {t('moreLines', { count: lines(step.after) - 1 })}</span>
        )}
      </p>
      {run?.state === 'running' && run.progress !== undefined && (
        <Progress value={run.progress * 100} size="xs" aria-label={title} className={styles.stepProgress} />
      )}
      {run?.message !== undefined && run.message !== '' && (
        <p className={styles.message}>{say(run.message)}</p>
      )}
      <div className={styles.badges}>
        {step.risk !== 'none' && (
          <Badge
            size="xs"
            variant="light"
            color={step.risk === 'low' ? 'gray' : step.risk === 'medium' ? 'orange' : 'red'}
          >
            {t(`risk.${step.risk}`)}
          </Badge>
        )}
        {step.needsRoot && (
          <Badge size="xs" variant="light" color="gray">
            {t('needsRoot')}
          </Badge>
        )}
      </div>
      {step.note !== undefined && step.note !== '' && <p className={styles.note}>{say(step.note)}</p>}
      {run?.error !== undefined && <ErrorNote error={run.error} />}
      {open && <Details step={step} run={run} />}
    </li>
  );
}

const lines = (text: string): number => text.split('\n').length;
const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

function Time({ run }: { readonly run: StepRun | undefined }) {
  const running = run?.state === 'running';
  const now = useNow(running);
  if (run === undefined) return null;
  const ms = running && run.startedAt !== undefined ? Math.max(0, now - run.startedAt) : run.ms;
  return ms === undefined ? null : <span className={styles.time}>{duration(ms)}</span>;
}

function Details({ step, run }: { readonly step: Step; readonly run: StepRun | undefined }) {
  const { t } = useTranslation('plan');
  const say = useSay();
  const long = step.before.includes('\n') || step.after.includes('\n');
  return (
    <div className={styles.details}>
      {long && (
        <>
          <h4>{t('change')}</h4>
          <pre>{`${step.before}\n→\n${step.after}`}</pre>
        </>
      )}
      {step.commands.length > 0 && (
        <>
          <h4>{t('standsFor')}</h4>
          <pre>{step.commands.join('\n')}</pre>
        </>
      )}
      {step.undo !== undefined && (
        <>
          <h4>{t('undo')}</h4>
          <p>{say(step.undo)}</p>
        </>
      )}
      {run !== undefined && run.output !== '' && (
        <>
          <h4>{t('output')}</h4>
          <pre>{run.output}</pre>
        </>
      )}
    </div>
  );
}
