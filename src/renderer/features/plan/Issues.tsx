import { Button, Checkbox } from '@mantine/core';
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { PlanIssue } from '../../../shared/plan/types.js';
import { call } from '../../lib/ipc.js';
import { useSay } from '../../lib/useSay.js';
import { issueKey, useRun } from '../../stores/run.js';
import { FetchImage } from './FetchImage.js';
import styles from './plan.module.css';

const ORDER: readonly PlanIssue['severity'][] = ['blocker', 'conflict', 'confirm', 'warning', 'note'];
const ICON = {
  blocker: CircleAlert,
  conflict: CircleAlert,
  confirm: TriangleAlert,
  warning: TriangleAlert,
  note: Info,
};
/** Issues that adopting what is there can settle. */
const ADOPTABLE: ReadonlySet<string> = new Set(['foreign-container', 'foreign-volume', 'foreign-file']);
/** Issues that an image file on this computer can settle. */
const LOADABLE: ReadonlySet<string> = new Set(['schema-1-image', 'image-unavailable']);

/** What stops the plan, what wants a yes, and what deserves a word; the gravest first. */
export function Issues({ issues }: { readonly issues: readonly PlanIssue[] }) {
  const { t } = useTranslation('plan');
  if (issues.length === 0) return null;
  const sorted = [...issues].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <ul className={styles.issues} aria-label={t('issues')}>
      {sorted.map((issue) => (
        <IssueRow key={`${issueKey(issue)}/${issue.message}`} issue={issue} />
      ))}
    </ul>
  );
}

function IssueRow({ issue }: { readonly issue: PlanIssue }) {
  const { t } = useTranslation('plan');
  const say = useSay();
  const Icon = ICON[issue.severity];
  return (
    <li className={styles.issue} data-severity={issue.severity} data-testid={`issue-${issue.code}`}>
      <Icon size={16} aria-hidden className={styles.issueIcon} />
      <div className={styles.issueBody}>
        <p>
          <strong>
            {t(`severity.${issue.severity}`)}
            {issue.host === undefined ? '' : ` · ${issue.host}`}
          </strong>{' '}
          {say(issue.message)}
        </p>
        {issue.hint !== undefined && <p className={styles.muted}>{say(issue.hint)}</p>}
        <IssueChoice issue={issue} />
      </div>
    </li>
  );
}

function IssueChoice({ issue }: { readonly issue: PlanIssue }) {
  const { t } = useTranslation('plan');
  const { confirmed, confirm, plan, options, phase, summary } = useRun();
  const busy = phase !== 'idle';
  if (issue.severity === 'confirm') {
    const key = issueKey(issue);
    return (
      <Checkbox
        mt={6}
        size="xs"
        label={t('confirm')}
        disabled={busy || summary !== null}
        checked={confirmed.includes(key)}
        onChange={(event) => confirm(key, event.currentTarget.checked)}
      />
    );
  }
  if (issue.severity === 'conflict' && ADOPTABLE.has(issue.code)) {
    return (
      <Button
        mt={6}
        size="compact-xs"
        variant="default"
        disabled={busy}
        onClick={() => void plan({ ...options, adopt: true })}
      >
        {t('adopt')}
      </Button>
    );
  }
  if (issue.code === 'min-quorum') {
    return (
      <Button
        mt={6}
        size="compact-xs"
        variant="default"
        disabled={busy}
        onClick={() => void plan({ ...options, minQuorum: true })}
        data-testid="min-quorum"
      >
        {t('minQuorum')}
      </Button>
    );
  }
  if (LOADABLE.has(issue.code)) {
    const choose = async (): Promise<void> => {
      const chosen = await call('cluster:choose-archive');
      if (chosen !== null) await plan({ ...options, imageArchive: chosen.path });
    };
    return (
      <>
        <Button mt={6} size="compact-xs" variant="default" disabled={busy} onClick={() => void choose()}>
          {t('chooseArchive')}
        </Button>
        <FetchImage disabled={busy} />
      </>
    );
  }
  return null;
}
