import type { Node, NodeProps } from '@xyflow/react';
import { ChevronDown, ChevronRight, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCanvas } from './canvas-store.js';
import { type AreaData, tolerance } from './graph.js';
import styles from './topology.module.css';

export type AreaNode = Node<AreaData, 'area'>;

/** A datacenter: its outline is also its gossip pool. */
export const Area = memo(function Area({ id, data, selected }: NodeProps<AreaNode>) {
  const { t } = useTranslation('topology');
  const toggle = useCanvas((state) => state.toggle);
  const parts = [
    t('servers', { count: data.servers }),
    ...(data.clients > 0 ? [t('clients', { count: data.clients })] : []),
    data.servers === 0
      ? t('noServers')
      : tolerance(data.servers) === 0
        ? t('noRedundancy')
        : t('tolerates', { count: tolerance(data.servers) }),
  ];
  const Chevron = data.hiddenClients > 0 ? ChevronRight : ChevronDown;
  return (
    <section
      className={styles.area}
      data-selected={selected}
      data-pooled={data.pooled}
      aria-label={t('datacenterNamed', { name: data.name })}
      data-testid={`datacenter-${data.name}`}
    >
      <header className={styles.areaHead}>
        <strong>{data.name}</strong>
        <span>{parts.join(' · ')}</span>
        {data.leaderless && (
          <span className={styles.leaderless}>
            <TriangleAlert size={14} aria-hidden /> {t('leaderless')}
          </span>
        )}
        {data.collapsible && (
          <button type="button" className={`${styles.collapse} nodrag`} onClick={() => toggle(id)}>
            <Chevron size={14} aria-hidden />
            {data.hiddenClients > 0 ? t('showClients', { count: data.hiddenClients }) : t('hideClients')}
          </button>
        )}
      </header>
      {data.servers + data.clients === 0 && <p className={styles.areaEmpty}>{t('dropHere')}</p>}
    </section>
  );
});
