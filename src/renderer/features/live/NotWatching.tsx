import { Button } from '@mantine/core';
import { Radio } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { watch } from '../../app/live-policy.js';
import { useDocument } from '../../stores/document.js';
import { useLive } from '../../stores/live.js';
import { EmptyState } from '../../ui/parts/EmptyState.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';

/** In place of a live view while there is nothing live: why, and the way to it. */
export function NotWatching() {
  const { t } = useTranslation('live');
  const { watching, error } = useLive();
  const valid = useDocument((state) => state.model.topology !== undefined);
  return (
    <EmptyState
      icon={<Radio size={26} />}
      title={t(watching ? 'connecting' : 'notWatching.title')}
      text={watching ? t('connectingText') : t('notWatching.text')}
    >
      {error !== null && <ErrorNote error={error} />}
      {!watching && (
        <Button disabled={!valid} onClick={() => void watch()} data-testid="watch">
          {t('notWatching.go')}
        </Button>
      )}
    </EmptyState>
  );
}
