import type { TFunction } from 'i18next';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveEvent } from '../../../shared/live/index.js';
import { useLive } from '../../stores/live.js';
import { newSince } from './announce.js';
import { eventLine } from './drawer/live-words.js';

interface Sentence {
  readonly id: string;
  readonly words: string;
}

/** Says to a screen reader what changed on the canvas since it is on the screen. */
export function Announcer() {
  const { t } = useTranslation(['topology', 'findings']);
  const events = useLive((state) => state.events);
  const seen = useRef(events[0]);
  const [said, setSaid] = useState<readonly Sentence[]>([]);
  useEffect(() => {
    const fresh = newSince(events, seen.current);
    seen.current = events[0];
    if (fresh.length > 0)
      setSaid(fresh.map((event, i) => ({ id: `${event.at}/${i}`, words: sentence(event, t) })));
  }, [events, t]);
  return (
    <div role="status" aria-live="polite" className="visually-hidden" data-testid="announcer">
      {said.map(({ id, words }) => (
        <p key={id}>{words}</p>
      ))}
    </div>
  );
}

function sentence(event: LiveEvent, t: TFunction<['topology', 'findings']>): string {
  const { at: _at, kind, ...values } = event;
  // An arrow is nothing to hear.
  if (kind === 'leader-moved') return t('leaderMoved', { from: event.from, to: event.to });
  return t(`findings:event.${eventLine(event).key}`, values).replace(/<\/?b>/g, '');
}
