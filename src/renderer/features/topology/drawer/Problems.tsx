import { CircleAlert, FileText, Radio, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { LiveProblem } from '../../../../shared/live/index.js';
import type { Finding } from '../../../../shared/topology/index.js';
import { useDocument } from '../../../stores/document.js';
import { useLive } from '../../../stores/live.js';
import { useUi } from '../../../stores/ui.js';
import { EmptyState } from '../../../ui/parts/EmptyState.js';
import styles from './drawer.module.css';
import { isGrave, problemKey } from './live-words.js';
import { placeWords } from './place.js';
import { inOrder, nodeNamed } from './problems.js';
import { useFindingText } from './useFindingText.js';

/** Everything that is wrong or risky: what Consul says now, and what the document says. */
export function Problems() {
  const { t } = useTranslation('findings');
  const findings = useDocument((state) => state.model.findings);
  const live = useLive((state) => state.snapshot?.problems);
  if (findings.length === 0 && (live === undefined || live.length === 0))
    return <EmptyState title={t('drawer.noProblems')} text={t('drawer.noProblemsText')} />;
  return (
    <ul className={styles.list} data-testid="problems">
      {live?.map((problem) => (
        <LiveRow key={JSON.stringify(problem)} problem={problem} />
      ))}
      {inOrder(findings).map((finding) => (
        <FindingRow
          key={`${finding.code}/${finding.path.join('.')}/${finding.line}/${finding.column}/${finding.message}`}
          finding={finding}
        />
      ))}
    </ul>
  );
}

function FindingRow({ finding }: { readonly finding: Finding }) {
  const { t } = useTranslation('findings');
  const say = useFindingText();
  const draft = useDocument((state) => state.model.draft);
  const { goToField, goToText } = useUi();
  const { severity, path, line, column, code } = finding;
  const Icon = severity === 'error' ? CircleAlert : TriangleAlert;
  const toText = (): void => goToText(line ?? 1, column ?? 1);
  const place = placeWords(draft, path);
  return (
    <li className={styles.problem} data-severity={severity} data-testid={`finding-${code}`}>
      <button
        type="button"
        className={styles.problemMain}
        onClick={() => (path.length === 0 ? toText() : goToField(path))}
        title={t('drawer.goTo')}
      >
        <Icon size={15} className={styles.problemIcon} aria-label={t(`severity.${severity}`)} role="img" />
        <span className={styles.problemText}>{say(finding)}</span>
        {place !== '' && <span className={styles.place}>{place}</span>}
      </button>
      {line !== undefined && (
        <button type="button" className={styles.toYaml} onClick={toText} title={t('drawer.showYaml')}>
          <FileText size={13} aria-hidden /> {t('drawer.line', { line })}
        </button>
      )}
    </li>
  );
}

function LiveRow({ problem }: { readonly problem: LiveProblem }) {
  const { t, i18n } = useTranslation('findings');
  const draft = useDocument((state) => state.shown.draft);
  const select = useUi((state) => state.select);
  const target = nodeNamed(draft, problem);
  const { datacenter, node = '', host = '', service = '', detail = '' } = problem;
  const time =
    problem.code === 'stale' && detail !== ''
      ? new Date(detail).toLocaleTimeString(i18n.language, { hour12: false })
      : '';
  const severity = isGrave(problem) ? 'error' : 'warning';
  return (
    <li className={styles.problem} data-severity={severity} data-testid={`problem-${problem.code}`}>
      <button
        type="button"
        className={styles.problemMain}
        disabled={target === null}
        onClick={() => target !== null && select([target])}
      >
        <Radio size={15} className={styles.problemIcon} aria-label={t('severity.live')} role="img" />
        <span className={styles.problemText}>
          {t(`problem.${problemKey(problem)}`, { datacenter, node, host, service, detail, time })}
        </span>
        <span className={styles.place}>{t('severity.live')}</span>
      </button>
    </li>
  );
}
