import { type DragEvent, type MouseEvent, memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { DraftHost } from '../../../shared/topology/index.js';
import { useRun } from '../../stores/run.js';
import { useUi } from '../../stores/ui.js';
import { Dot } from '../../ui/parts/Dot.js';
import { placeHost } from './actions.js';
import { beginDrag, endDrag } from './drag.js';
import { ShortName } from './ShortName.js';
import styles from './topology.module.css';

interface HostItemProps {
  readonly host: DraftHost;
  readonly index: number;
  /** It has no node. */
  readonly free: boolean;
  onMenu(x: number, y: number): void;
}

/** A host of the inventory: its dot says whether the last check reached it. */
export const HostItem = memo(function HostItem({ host, index, free, onMenu }: HostItemProps) {
  const { t } = useTranslation('topology');
  const name = host.name ?? '';
  const reachable = useRun((state) => state.facts?.[name]?.reachable);
  const selected = useUi((state) =>
    state.selection.some((item) => item.kind === 'host' && item.host === index),
  );
  const state = t(reachable === undefined ? 'unknownHost' : reachable ? 'reachable' : 'unreachable');
  const address = host.address === undefined || host.address === '' ? t('noAddress') : host.address;
  const title = t(free ? 'freeHostTitle' : 'hostTitle', { address, state });
  const openMenu = (event: MouseEvent): void => {
    event.preventDefault();
    onMenu(event.clientX, event.clientY);
  };
  return (
    <button
      type="button"
      id={`host-${index}`}
      className={styles.paletteItem}
      aria-pressed={selected}
      draggable
      onDragStart={(event: DragEvent) => beginDrag(event.dataTransfer, { kind: 'host', host: name })}
      onDragEnd={endDrag}
      onClick={() => useUi.getState().select([{ kind: 'host', host: index }])}
      onDoubleClick={() => placeHost(name)}
      onContextMenu={openMenu}
      title={title}
      data-free={free}
      data-testid={`host-${name}`}
    >
      <Dot tone={reachable === undefined ? 'muted' : reachable ? 'good' : 'bad'} />
      <ShortName
        className={styles.hostName}
        name={name === '' ? t('noName') : name}
        title={name === '' ? title : `${name} · ${title}`}
      />
      {free && <span className="visually-hidden">{t('free')}</span>}
    </button>
  );
});
