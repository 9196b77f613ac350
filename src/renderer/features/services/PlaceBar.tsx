import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { LiveSnapshot } from '../../../shared/live/index.js';
import { agentOf, agentsIn, usePlace } from './place.js';
import styles from './place.module.css';

interface PlaceBarProps {
  readonly snapshot: LiveSnapshot;
  /** Whether all datacenters can be looked at together. */
  readonly all: boolean;
  /** Whether one agent is asked also within its own datacenter. */
  readonly asks: boolean;
}

/** Chooses the datacenter, and the agent that is asked. */
export function PlaceBar({ snapshot, all, asks }: PlaceBarProps) {
  const { t } = useTranslation('lookup');
  const { datacenter, agent } = usePlace();
  const names = snapshot.datacenters.map(({ name }) => name);
  const several = names.length > 1;
  const asked = agentOf(snapshot, agent);
  const groups = names.map((group) => ({
    group,
    items: agentsIn(snapshot)
      .filter((entry) => entry.datacenter === group)
      .map(({ node, role }) => ({
        value: node,
        label: role === 'client' ? t('clientNamed', { node }) : node,
      })),
  }));
  return (
    <div className={styles.bar}>
      {several && (
        <div className={styles.choice}>
          <span aria-hidden>{t('datacenter')}</span>
          <Select
            aria-label={t('datacenter')}
            size="xs"
            w={150}
            value={datacenter === '' && !all ? (names[0] ?? '') : datacenter}
            onChange={(value) => usePlace.setState({ datacenter: value ?? '' })}
            data={[...(all ? [{ value: '', label: t('allDatacenters') }] : []), ...names]}
            allowDeselect={false}
            data-testid="place-datacenter"
          />
        </div>
      )}
      {(asks || (several && datacenter !== '')) && (
        <div className={styles.choice}>
          <span aria-hidden>{t('askedAgent')}</span>
          <Select
            aria-label={t('askedAgent')}
            size="xs"
            w={150}
            value={asked?.node ?? null}
            onChange={(value) => usePlace.setState({ agent: value ?? '' })}
            data={several ? groups : (groups[0]?.items ?? [])}
            allowDeselect={false}
            data-testid="place-agent"
          />
        </div>
      )}
    </div>
  );
}
