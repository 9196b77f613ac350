import { ArrowRight, Route } from 'lucide-react';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { type Hop, isForwarded } from '../../../shared/live/index.js';
import styles from './place.module.css';

/** Which way a request went: from agent to server, to another datacenter, to its leader. */
export function PathLine({ path, label }: { readonly path: readonly Hop[]; readonly label?: string }) {
  const { t } = useTranslation('lookup');
  const words = (hop: Hop): string => {
    const { datacenter } = hop;
    if (hop.kind === 'agent') return t('path.agent', { node: hop.node, datacenter });
    if (hop.kind === 'server') return t('path.server', { datacenter });
    return hop.node === null
      ? t('path.leader', { datacenter })
      : t('path.leaderNamed', { node: hop.node, datacenter });
  };
  return (
    <p className={styles.path} data-forwarded={isForwarded(path) || undefined} data-testid="path">
      <Route size={14} aria-hidden />
      <span>{label ?? t('path.asked')}</span>
      {path.map((hop, index) => (
        <Fragment key={index}>
          {index > 0 && <ArrowRight size={13} role="img" aria-label={t('path.onwards')} />}
          <span className={styles.hop}>{words(hop)}</span>
        </Fragment>
      ))}
    </p>
  );
}
