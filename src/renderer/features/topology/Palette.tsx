import { Flag, SquareDashed } from 'lucide-react';
import type { DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { addItem } from './actions.js';
import { beginDrag, endDrag, PALETTE, type PaletteItem } from './drag.js';
import { Inventory } from './Inventory.js';
import { RoleMark } from './RoleMark.js';
import styles from './topology.module.css';

/** What can be dragged onto the canvas: roles, and the hosts of the inventory. A click or Enter does the same. */
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
          onDragStart={(event: DragEvent) => beginDrag(event.dataTransfer, { kind: 'palette', item })}
          onDragEnd={endDrag}
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
