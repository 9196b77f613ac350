import { Flag, SquareDashed } from 'lucide-react';
import type { DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useDocument } from '../../stores/document.js';
import { useRun } from '../../stores/run.js';
import { useUi } from '../../stores/ui.js';
import { Dot } from '../../ui/parts/Dot.js';
import { addItem, placeHost } from './actions.js';
import { PALETTE, type PaletteItem, writeDrag } from './drag.js';
import { RoleMark } from './NodeCard.js';
import styles from './topology.module.css';

/** What can be dragged onto the canvas: roles, and the hosts of the inventory. A click does the same. */
export function Palette() {
  const { t } = useTranslation('topology');
  return (
    <aside className={styles.palette} aria-label={t('palette')}>
      <h2>{t('dragToCanvas')}</h2>
      {PALETTE.map((item) => (
        <button
          key={item}
          type="button"
          className={styles.paletteItem}
          draggable
          onDragStart={(event: DragEvent) => writeDrag(event.dataTransfer, { kind: 'palette', item })}
          onClick={() => addItem(item)}
          title={t(`paletteHelp.${item}`)}
          data-testid={`palette-${item}`}
        >
          <Mark item={item} />
          {t(`item.${item}`)}
        </button>
      ))}
      <Inventory />
    </aside>
  );
}

function Mark({ item }: { readonly item: PaletteItem }) {
  if (item === 'datacenter') return <SquareDashed size={18} strokeWidth={1.6} aria-hidden />;
  if (item === 'bootstrap')
    return <Flag size={16} fill="currentColor" className={styles.flagMark} aria-hidden />;
  return (
    <span className={styles.smallMark}>
      <RoleMark role={item} />
    </span>
  );
}

function Inventory() {
  const { t } = useTranslation('topology');
  const draft = useDocument((state) => state.shown.draft);
  const facts = useRun((state) => state.facts);
  const { selection, select, openDialog } = useUi();
  const used = new Set(draft.datacenters.flatMap((dc) => dc.nodes.map((node) => node.host)));
  return (
    <>
      <h2>{t('hosts')}</h2>
      {draft.hosts.map((host, index) => {
        const name = host.name ?? '';
        const fact = facts?.[name];
        const tone = fact === undefined ? 'muted' : fact.reachable ? 'good' : 'bad';
        const selected = selection.some((item) => item.kind === 'host' && item.host === index);
        return (
          <button
            key={host.path.join('.')}
            type="button"
            className={styles.paletteItem}
            aria-pressed={selected}
            draggable
            onDragStart={(event: DragEvent) => writeDrag(event.dataTransfer, { kind: 'host', host: name })}
            onClick={() => select([{ kind: 'host', host: index }])}
            onDoubleClick={() => {
              if (!used.has(name)) placeHost(name);
            }}
            title={`${host.address ?? ''} · ${t(fact === undefined ? 'unknownHost' : fact.reachable ? 'reachable' : 'unreachable')}`}
            data-free={!used.has(name)}
            data-testid={`host-${name}`}
          >
            <Dot tone={tone} />
            <span className={styles.hostName}>{name}</span>
            {!used.has(name) && <span className={styles.free}>{t('free')}</span>}
          </button>
        );
      })}
      <div className={styles.hostLinks}>
        <button
          type="button"
          onClick={() => openDialog({ kind: 'add-hosts', tab: 'form' })}
          data-testid="add-host"
        >
          {t('addHost')}
        </button>
        <button type="button" onClick={() => openDialog({ kind: 'add-hosts', tab: 'ssh-config' })}>
          {t('fromSshConfig')}
        </button>
      </div>
    </>
  );
}
