import { Crown as CrownIcon } from 'lucide-react';
import { useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './card.module.css';
import type { Point } from './geometry.js';

const MS = 200;

/** Where each datacenter's crown was last, on the canvas: it moves from there to the next leader. */
const last = new Map<number, Point>();

/** Forgets where crowns were: another document is shown. */
export const forgetCrowns = (): void => last.clear();

/** The leader's mark. A new leader gets it from the old one, so that one sees where it went. */
export function Crown({ datacenter, x, y }: { readonly datacenter: number } & Point) {
  const { t } = useTranslation('topology');
  const ref = useRef<HTMLSpanElement>(null);
  const place = useRef<Point>({ x, y });
  place.current = { x, y };
  useLayoutEffect(() => {
    const to = place.current;
    const from = last.get(datacenter);
    const quiet = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (from !== undefined && !quiet && (from.x !== to.x || from.y !== to.y))
      ref.current?.animate(
        [{ transform: `translate(${from.x - to.x}px, ${from.y - to.y}px)` }, { transform: 'none' }],
        { duration: MS, easing: 'ease-out' },
      );
    return () => {
      last.set(datacenter, place.current);
    };
  }, [datacenter]);
  return (
    <span ref={ref} className={styles.crown}>
      <CrownIcon size={17} fill="currentColor" role="img" aria-label={t('leader')} />
    </span>
  );
}
