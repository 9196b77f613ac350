import { Trans, useTranslation } from 'react-i18next';
import type { LiveEvent } from '../../../../shared/live/index.js';
import { useLive } from '../../../stores/live.js';
import { Dot } from '../../../ui/parts/Dot.js';
import { EmptyState } from '../../../ui/parts/EmptyState.js';
import styles from './drawer.module.css';
import { eventLine } from './live-words.js';
import { type Milestone, useMilestones } from './milestones.js';
import { entriesOf } from './timeline.js';

/** What happened, newest first. */
export function Events() {
  const { t, i18n } = useTranslation('findings');
  const events = useLive((state) => state.events);
  const watching = useLive((state) => state.watching);
  const milestones = useMilestones((state) => state.list);
  const entries = entriesOf(events, milestones);
  if (entries.length === 0)
    return (
      <EmptyState
        title={t('drawer.noEvents')}
        text={t(watching ? 'drawer.waiting' : 'drawer.noEventsText')}
      />
    );
  return (
    <ol className={styles.list} aria-label={t('drawer.newest')} data-testid="events">
      {entries.map((entry) => {
        const line = entry.event === undefined ? entry.milestone : eventLine(entry.event);
        return (
          <li key={entry.id} className={styles.event}>
            <time dateTime={entry.at} className={styles.time}>
              {new Date(entry.at).toLocaleTimeString(i18n.language, { hour12: false })}
            </time>
            <Dot tone={line.tone} />
            <span>
              {entry.event === undefined ? (
                <MilestoneText milestone={entry.milestone} />
              ) : (
                <EventText event={entry.event} />
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

const components = { b: <strong /> };

function EventText({ event }: { readonly event: LiveEvent }) {
  const { t } = useTranslation('findings');
  const { at: _at, kind: _kind, ...values } = event;
  return <Trans t={t} i18nKey={`event.${eventLine(event).key}`} values={values} components={components} />;
}

function MilestoneText({ milestone: { key, values } }: { readonly milestone: Milestone }) {
  const { t } = useTranslation('findings');
  return (
    <Trans
      t={t}
      i18nKey={`milestone.${key}`}
      values={values}
      {...(typeof values['count'] === 'number' ? { count: values['count'] } : {})}
      components={components}
    />
  );
}
