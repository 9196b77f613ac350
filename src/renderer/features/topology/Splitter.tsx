import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './topology.module.css';

const KEY = 'raftyard.drawer';
const SMALLEST = 120;
const STEP = 24;
const largest = (): number => Math.max(SMALLEST, window.innerHeight - 280);

/** The drawer's height in pixels, remembered on this computer. */
export function useDrawerHeight(): [number, (height: number) => void] {
  const [height, setHeight] = useState(() => Number(localStorage.getItem(KEY)) || 210);
  const change = (wanted: number): void => {
    const next = Math.round(Math.min(largest(), Math.max(SMALLEST, wanted)));
    setHeight(next);
    localStorage.setItem(KEY, String(next));
  };
  return [Math.min(height, largest()), change];
}

/** The line between canvas and drawer: dragged, or moved by the arrow keys. */
export function Splitter({ height, onHeight }: { readonly height: number; onHeight(height: number): void }) {
  const { t } = useTranslation('topology');
  const move = (event: PointerEvent): void => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) onHeight(height - event.movementY);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowUp') onHeight(height + STEP);
    if (event.key === 'ArrowDown') onHeight(height - STEP);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: an hr cannot be moved
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label={t('drawerHeight')}
      aria-valuenow={height}
      aria-valuemin={SMALLEST}
      aria-valuemax={largest()}
      className={styles.splitter}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={move}
      onKeyDown={key}
    />
  );
}
