import { HeartPulse } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { LiveSnapshot } from '../../../shared/live/index.js';
import { Dot } from '../../ui/parts/Dot.js';
import { EmptyState } from '../../ui/parts/EmptyState.js';
import { Maintenance } from '../live/Maintenance.js';
import { type NodeHealth, nodesByHealth, TONE } from './health.js';
import styles from './services.module.css';

/** Every node with all its checks, the troubled first. */
export function HealthTable({ snapshot }: { readonly snapshot: LiveSnapshot }) {
  const { t } = useTranslation('lookup');
  const nodes = nodesByHealth(snapshot);
  if (nodes.length === 0) return <EmptyState icon={<HeartPulse size={26} />} title={t('noChecks')} />;
  return (
    <section className={styles.scroll} aria-label={t('health')} data-testid="health-table">
      {nodes.map((node) => (
        <NodeChecks key={`${node.datacenter}/${node.name}`} node={node} />
      ))}
    </section>
  );
}

function NodeChecks({ node }: { readonly node: NodeHealth }) {
  const { t } = useTranslation('services');
  return (
    <article className={styles.instance} data-testid={`health-${node.name}`}>
      <header>
        <Dot tone={TONE[node.health]} />
        <strong>{node.name}</strong>
        <span className={styles.muted}>{node.datacenter}</span>
        <span className={styles.state}>{t(`health.${node.health}`)}</span>
        <Maintenance datacenter={node.datacenter} node={node.name} reason={node.maintenance} />
      </header>
      {node.checks.map(({ service, check }) => (
        <div key={`${service}/${check.id}`} className={styles.check}>
          <Dot tone={TONE[check.status]} size={7} />
          <span>{service === '' ? check.name : `${service} · ${check.name}`}</span>
          <span className={styles.state}>{t(`health.${check.status}`)}</span>
          {check.output !== '' && <pre>{check.output}</pre>}
        </div>
      ))}
    </article>
  );
}
