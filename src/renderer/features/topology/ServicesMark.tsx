import { CircleCheck, CircleX, Layers, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import styles from './card.module.css';
import type { CardData } from './graph.js';
import { servicesWords } from './names.js';

const ICONS = { none: Layers, passing: CircleCheck, warning: TriangleAlert, critical: CircleX } as const;

/** How many services a node has, and by shape and colour how they are. */
export function ServicesMark({ data }: { readonly data: CardData }) {
  const { t } = useTranslation('topology');
  const health = data.stale ? null : data.servicesHealth;
  const Icon = ICONS[health ?? 'none'];
  const words = servicesWords(data, t);
  return (
    <span
      className={styles.services}
      data-health={health ?? 'none'}
      role="img"
      aria-label={words}
      title={words}
      data-testid={`node-services-${data.name}`}
    >
      <Icon size={14} aria-hidden />
      {data.services}
    </span>
  );
}
