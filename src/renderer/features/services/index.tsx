import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLive } from '../../stores/live.js';
import { NotWatching } from '../live/NotWatching.js';
import { Stale } from '../live/Stale.js';
import { KvBrowser } from './KvBrowser.js';
import { RaftTable } from './RaftTable.js';
import { ServiceBrowser } from './ServiceBrowser.js';
import styles from './services.module.css';

type Tab = 'services' | 'kv' | 'raft';

/** What Consul knows: services with their checks, keys, the Raft configuration. Read-only. */
export function ServicesView() {
  const { t } = useTranslation('services');
  const snapshot = useLive((state) => state.snapshot);
  const [tab, setTab] = useState<Tab>('services');
  if (snapshot === null) return <NotWatching />;
  return (
    <div className={styles.page}>
      <Stale />
      <div className={styles.bar}>
        <SegmentedControl
          aria-label={t('what')}
          value={tab}
          onChange={(value) => setTab(value as Tab)}
          data={[
            { value: 'services', label: t('services') },
            { value: 'kv', label: t('kv') },
            { value: 'raft', label: t('raft') },
          ]}
        />
      </div>
      {tab === 'services' && <ServiceBrowser snapshot={snapshot} />}
      {tab === 'kv' && <KvBrowser datacenters={snapshot.datacenters.map((dc) => dc.name)} />}
      {tab === 'raft' && <RaftTable snapshot={snapshot} />}
    </div>
  );
}
