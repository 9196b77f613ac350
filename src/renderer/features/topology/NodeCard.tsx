import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { CircleAlert, Crown, Flag } from 'lucide-react';
import { type DragEvent, memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Dot } from '../../ui/parts/Dot.js';
import { writeDrag } from './drag.js';
import type { CardData } from './graph.js';
import { statusLine } from './status.js';
import styles from './topology.module.css';

export type CardNode = Node<CardData, 'card'>;

/** A node: the same card while it is drawn, applied and watched; only its last line changes. */
export const NodeCard = memo(function NodeCard({ data, selected }: NodeProps<CardNode>) {
  const { t } = useTranslation('topology');
  const { tone, key, values } = statusLine(data);
  const words = t(`status.${key}`, values);
  const leader = data.live?.leader === true && !data.stale;
  return (
    <div
      className={data.compact ? styles.compactCard : styles.card}
      data-selected={selected}
      data-role={data.role}
      data-ghost={data.ghost}
      data-gone={data.live?.status === 'failed' || data.live?.status === 'left'}
      data-stale={data.stale}
      data-testid={`node-card-${data.name}`}
    >
      <Handle type="source" position={Position.Top} className={styles.handle} isConnectable={false} />
      <Handle type="target" position={Position.Top} className={styles.handle} isConnectable={false} />
      {data.compact ? (
        <>
          <Dot tone={tone} />
          <span className={styles.compactName} title={`${data.name} · ${data.address} · ${words}`}>
            {data.name}
          </span>
        </>
      ) : (
        <>
          <div className={styles.cardHead}>
            <RoleMark role={data.role} />
            <div className={styles.cardTitle}>
              <strong>{data.name === '' ? t('noName') : data.name}</strong>
              <span className="mono">{data.address === '' ? t('noAddress') : data.address}</span>
            </div>
            <div className={styles.marks}>
              {data.errors > 0 && (
                <CircleAlert size={16} className={styles.problem} aria-label={t('hasProblems')} />
              )}
              {data.flag !== null && <BootstrapFlag data={data} />}
              {leader && (
                <Crown size={17} className={styles.crown} fill="currentColor" aria-label={t('leader')} />
              )}
            </div>
          </div>
          <div className={styles.cardStatus} data-testid={`node-status-${data.name}`}>
            <Dot tone={tone} />
            <span>{data.ghost ? t('ghost') : words}</span>
          </div>
        </>
      )}
    </div>
  );
});

/** Shape tells the role: a rounded square with bars is a server, a ring is a client. */
export function RoleMark({ role }: { readonly role: CardData['role'] }) {
  return (
    <svg
      className={styles.roleMark}
      data-role={role}
      width="28"
      height="28"
      viewBox="0 0 28 28"
      aria-hidden="true"
    >
      {role === 'client' ? (
        <>
          <circle cx="14" cy="14" r="14" className={styles.markBack} />
          <circle cx="14" cy="14" r="5.2" fill="none" strokeWidth="2" className={styles.markLine} />
        </>
      ) : (
        <>
          <rect width="28" height="28" rx="7" className={styles.markBack} />
          <path
            d="M7 9.5h14M7 14h14M7 18.5h14"
            strokeWidth="2"
            strokeLinecap="round"
            className={styles.markLine}
          />
        </>
      )}
    </svg>
  );
}

/** The flag can be dragged onto another server. */
function BootstrapFlag({ data }: { readonly data: CardData }) {
  const { t } = useTranslation('topology');
  const chosen = data.flag === 'chosen';
  const start = (event: DragEvent): void => writeDrag(event.dataTransfer, { kind: 'flag', ref: data.ref });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same is in the card's menu and in the inspector
    <span
      className={`${styles.flag} nodrag`}
      data-chosen={chosen}
      draggable={chosen}
      onDragStart={chosen ? start : undefined}
      title={t(chosen ? 'flagChosen' : 'flagSame')}
      data-testid={chosen ? `flag-${data.name}` : undefined}
    >
      <Flag
        size={17}
        fill={chosen ? 'currentColor' : 'none'}
        aria-label={t(chosen ? 'bootstrapServer' : 'flagSame')}
      />
    </span>
  );
}
