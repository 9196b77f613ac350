import type { NodeProps } from '@xyflow/react';
import { ChevronDown, ChevronRight, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { areaSummary } from './area-summary.js';
import { useCanvas } from './canvas-store.js';
import type { AreaNode } from './flow.js';
import styles from './topology.module.css';

/** A datacenter: its outline is also its gossip pool. */
export const Area = memo(function Area({ id, data, selected }: NodeProps<AreaNode>) {
  const { t } = useTranslation('topology');
  const toggle = useCanvas((state) => state.toggle);
  const target = useCanvas((state) => state.target === id);
  const hidden = data.hiddenClients > 0;
  const Chevron = hidden ? ChevronRight : ChevronDown;
  return (
    <div
      className={styles.area}
      data-selected={selected}
      data-pooled={data.pooled}
      data-target={target}
      data-testid={`datacenter-${data.name}`}
    >
      <div className={styles.areaHead}>
        <strong title={data.name}>{data.name === '' ? t('noName') : data.name}</strong>
        {data.leaderless ? (
          <span className={styles.leaderless}>
            <TriangleAlert size={14} aria-hidden /> {t('leaderless')}
          </span>
        ) : (
          <span className={styles.areaSummary}>{areaSummary(data, t).join(' · ')}</span>
        )}
        {data.collapsible && (
          <button
            type="button"
            className={`${styles.collapse} nodrag`}
            aria-expanded={!hidden}
            onClick={() => toggle(id)}
            // Two quick clicks are two, and not one on the datacenter.
            onDoubleClick={(event) => event.stopPropagation()}
            data-testid={`collapse-${data.name}`}
          >
            <Chevron size={14} aria-hidden />
            {hidden ? t('showClients', { count: data.hiddenClients }) : t('hideClients')}
          </button>
        )}
      </div>
      {data.servers + data.clients === 0 && <p className={styles.areaEmpty}>{t('dropHere')}</p>}
      {data.pooled && <p className={styles.areaNote}>{t('pooled', { count: data.servers })}</p>}
    </div>
  );
});
