import type { AriaLabelConfig } from '@xyflow/react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

const DIRECTIONS = ['up', 'down', 'left', 'right'] as const;
type Direction = (typeof DIRECTIONS)[number];
const isDirection = (word: string): word is Direction => DIRECTIONS.some((direction) => direction === word);

/** What React Flow itself says to a screen reader, in the person's language. */
export function useSpoken(): Partial<AriaLabelConfig> {
  const { t } = useTranslation('topology');
  return useMemo(
    () => ({
      'node.a11yDescription.default': t('cardHelp'),
      'node.a11yDescription.keyboardDisabled': t('cardHelp'),
      'node.a11yDescription.ariaLiveMessage': ({ direction }) =>
        isDirection(direction) ? t(`moved.${direction}`) : '',
      'minimap.ariaLabel': t('minimap'),
    }),
    [t],
  );
}
