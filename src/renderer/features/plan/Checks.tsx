import { Tooltip } from '@mantine/core';
import { Check, CircleAlert, Info, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { CheckName, CheckSeverity, HostCheck } from '../../../shared/plan/checks.js';
import { useSay } from '../../lib/useSay.js';
import styles from './plan.module.css';

const ORDER: readonly CheckSeverity[] = ['blocker', 'warning', 'note', 'ok'];
const ICON: Readonly<Record<CheckSeverity, typeof Check>> = {
  ok: Check,
  note: Info,
  warning: TriangleAlert,
  blocker: CircleAlert,
};

/** Preflight: hosts × checks at a glance, then every finding that wants attention, with what to do. */
export function Checks({ checks }: { readonly checks: readonly HostCheck[] }) {
  const { t } = useTranslation('plan');
  const say = useSay();
  const hosts = [...new Set(checks.map((check) => check.host))];
  const names = [...new Set(checks.map((check) => check.check))];
  const found = checks
    .filter((check) => check.severity !== 'ok' && check.severity !== 'note')
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <div className={styles.checks}>
      <table className={styles.matrix} data-testid="checks">
        <thead>
          <tr>
            <th scope="col">{t('host')}</th>
            {names.map((name) => (
              <th key={name} scope="col">
                {t(`check.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hosts.map((host) => (
            <tr key={host}>
              <th scope="row">{host}</th>
              {names.map((name) => (
                <Cell
                  key={name}
                  name={name}
                  checks={checks.filter((c) => c.host === host && c.check === name)}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {found.length === 0 ? (
        <p className={styles.allGood}>
          <Check size={16} aria-hidden /> {t('allGood')}
        </p>
      ) : (
        <ul className={styles.issues} aria-label={t('findings')}>
          {found.map((check) => {
            const Icon = ICON[check.severity];
            return (
              <li
                key={`${check.host}/${check.check}/${check.message}`}
                className={styles.issue}
                data-severity={check.severity}
              >
                <Icon size={16} aria-hidden className={styles.issueIcon} />
                <div className={styles.issueBody}>
                  <p>
                    <strong>{`${check.host} · ${t(`check.${check.check}`)}`}</strong> {say(check.message)}
                  </p>
                  {check.hint !== undefined && <p className={styles.muted}>{say(check.hint)}</p>}
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

function Cell({ name, checks }: { readonly name: CheckName; readonly checks: readonly HostCheck[] }) {
  const { t } = useTranslation('plan');
  const say = useSay();
  const worst = ORDER.find((severity) => checks.some((check) => check.severity === severity));
  if (worst === undefined) return <td className={styles.muted}>–</td>;
  const Icon = ICON[worst];
  const words = checks.map((check) => say(check.message)).join('\n');
  return (
    <td>
      <Tooltip label={<span className={styles.tip}>{words}</span>} multiline maw={360}>
        <span
          className={styles.cell}
          data-severity={worst}
          role="img"
          aria-label={`${t(`check.${name}`)}: ${t(`level.${worst}`)}. ${words}`}
        >
          <Icon size={15} strokeWidth={2.2} aria-hidden />
        </span>
      </Tooltip>
    </td>
  );
}
