import { Handle, type NodeProps, Position } from '@xyflow/react';
import { CircleAlert } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Dot } from '../../ui/parts/Dot.js';
import { BootstrapFlag } from './BootstrapFlag.js';
import { Crown } from './Crown.js';
import { useCanvas } from './canvas-store.js';
import styles from './card.module.css';
import type { CardNode } from './flow.js';
import { RoleMark } from './RoleMark.js';
import { ServicesMark } from './ServicesMark.js';
import { ShortName } from './ShortName.js';
import { statusLine } from './status.js';

/** A node: the same card while it is drawn, applied and watched; only its last line changes. */
export const NodeCard = memo(function NodeCard(props: NodeProps<CardNode>) {
  const { id, data, selected } = props;
  const { t } = useTranslation('topology');
  const target = useCanvas((state) => state.target === id);
  const { tone, key, values } = statusLine(data);
  const words = t(`status.${key}`, values);
  const known = !data.stale && data.live !== null;
  return (
    <div
      className={data.compact ? styles.compactCard : styles.card}
      data-selected={selected}
      data-role={data.role}
      data-ghost={data.ghost}
      data-gone={known && (data.live?.status === 'failed' || data.live?.status === 'left')}
      data-stale={data.stale}
      data-target={target}
      data-testid={`node-card-${data.name}`}
    >
      <Handle type="source" position={Position.Top} className={styles.handle} isConnectable={false} />
      <Handle type="target" position={Position.Top} className={styles.handle} isConnectable={false} />
      {data.compact ? (
        <>
          <Dot tone={data.stale ? 'muted' : tone} />
          <ShortName
            className={styles.compactName}
            name={data.name}
            title={`${data.name} · ${data.address} · ${words}`}
          />
          {data.errors > 0 && <Problem />}
        </>
      ) : (
        <>
          <div className={styles.cardHead}>
            <RoleMark role={data.role} />
            <div className={styles.cardTitle}>
              <strong className={styles.cardName}>
                <ShortName name={data.name === '' ? t('noName') : data.name} />
              </strong>
              <div className={styles.marks}>
                {data.errors > 0 && <Problem />}
                {data.services > 0 && <ServicesMark data={data} />}
                {data.flag !== null && <BootstrapFlag data={data} />}
                {data.live?.leader === true && !data.stale && (
                  <Crown
                    datacenter={data.ref.datacenter}
                    x={props.positionAbsoluteX}
                    y={props.positionAbsoluteY}
                  />
                )}
              </div>
              <span className={`mono ${styles.cardAddress}`} title={data.address}>
                {data.address === '' ? t('noAddress') : data.address}
              </span>
            </div>
          </div>
          <div className={styles.cardStatus} data-tone={tone} data-testid={`node-status-${data.name}`}>
            <Dot tone={data.stale ? 'muted' : tone} />
            <span title={words}>{words}</span>
          </div>
        </>
      )}
    </div>
  );
});

function Problem() {
  const { t } = useTranslation('topology');
  return <CircleAlert size={16} className={styles.problem} role="img" aria-label={t('hasProblems')} />;
}
