import { Flag } from 'lucide-react';
import type { DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './card.module.css';
import { beginDrag, endDrag } from './drag.js';
import type { CardData } from './graph.js';

/** The chosen server's flag is solid, and can be dragged onto another server; one that has the same flags is hollow. */
export function BootstrapFlag({ data }: { readonly data: CardData }) {
  const { t } = useTranslation('topology');
  const chosen = data.flag === 'chosen';
  const start = (event: DragEvent): void =>
    beginDrag(event.dataTransfer, { kind: 'flag', ref: { ...data.ref } });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same is in the card's menu and in the inspector
    <span
      className={`${styles.flag} ${chosen ? 'nodrag' : ''}`}
      data-chosen={chosen}
      draggable={chosen}
      onDragStart={chosen ? start : undefined}
      onDragEnd={endDrag}
      title={t(chosen ? 'flagChosen' : 'flagSame')}
      data-testid={chosen ? `flag-${data.name}` : undefined}
    >
      <Flag
        size={17}
        fill={chosen ? 'currentColor' : 'none'}
        role="img"
        aria-label={t(chosen ? 'bootstrapServer' : 'flagSame')}
      />
    </span>
  );
}
