import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Hop, LiveSnapshot } from '../../../shared/live/index.js';
import { useLive } from '../../stores/live.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';
import { NotWatching } from '../live/NotWatching.js';
import { Stale } from '../live/Stale.js';
import { HealthTable } from './HealthTable.js';
import { KvBrowser } from './KvBrowser.js';
import { LookupPanel } from './lookup/LookupPanel.js';
import { PathLine } from './PathLine.js';
import { PlaceBar } from './PlaceBar.js';
import { agentOf, inPlace, usePlace } from './place.js';
import { RaftTable } from './RaftTable.js';
import { ServiceBrowser } from './ServiceBrowser.js';
import styles from './services.module.css';
import { useReading } from './useReading.js';

type Tab = 'services' | 'health' | 'kv' | 'raft' | 'look-up';

/** What Consul knows: services with their checks, keys, the Raft configuration; and who answers for a name. */
export function ServicesView() {
  const snapshot = useLive((state) => state.snapshot);
  return snapshot === null ? <NotWatching /> : <Known live={snapshot} />;
}

function Known({ live }: { readonly live: LiveSnapshot }) {
  const { t } = useTranslation('services');
  const words = useTranslation('lookup').t;
  const [tab, setTab] = useState<Tab>('services');
  const { datacenter, agent } = usePlace();
  const asked = agentOf(live, agent);
  const several = live.datacenters.length > 1;
  // Of another datacenter than the agent's: its servers are asked to pass the question on.
  const forwarded =
    several && datacenter !== '' && asked !== null && asked.datacenter !== datacenter ? asked.node : null;
  const shows = tab === 'services' || tab === 'health';
  const { reading, error } = useReading(datacenter, shows ? forwarded : null);
  const snapshot = inPlace(live, datacenter, forwarded === null ? null : reading);
  const place = datacenter === '' ? (live.datacenters[0]?.name ?? '') : datacenter;
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
            { value: 'health', label: words('health') },
            { value: 'kv', label: t('kv') },
            { value: 'raft', label: t('raft') },
            { value: 'look-up', label: words('lookUp') },
          ]}
        />
        {tab !== 'raft' && <PlaceBar snapshot={live} all={shows} asks={tab === 'look-up'} />}
      </div>
      {shows && several && (
        <Ways
          live={live}
          datacenter={datacenter}
          path={reading?.path ?? null}
          forwarded={forwarded !== null}
        />
      )}
      {shows && error !== null && <ErrorNote error={error} />}
      {tab === 'services' && <ServiceBrowser snapshot={snapshot} datacenter={datacenter} />}
      {tab === 'health' && <HealthTable snapshot={snapshot} />}
      {tab === 'kv' && (
        <KvBrowser key={place} datacenter={place} through={several ? (asked?.node ?? null) : null} />
      )}
      {tab === 'raft' && <RaftTable snapshot={live} />}
      {tab === 'look-up' && <LookupPanel snapshot={live} />}
    </div>
  );
}

interface WaysProps {
  readonly live: LiveSnapshot;
  readonly datacenter: string;
  /** Null until the first answer. */
  readonly path: readonly Hop[] | null;
  readonly forwarded: boolean;
}

/** Which way what is shown has come: forwarded, or from the servers that are watched. */
function Ways({ live, datacenter, path, forwarded }: WaysProps) {
  if (forwarded) return path === null ? null : <PathLine path={path} />;
  const read = live.datacenters.flatMap(({ name }): Hop[] => {
    const node = live.readingFrom[name];
    const wanted = datacenter === '' || datacenter === name;
    return node === undefined || !wanted ? [] : [{ kind: 'agent', node, role: 'server', datacenter: name }];
  });
  return read.map((hop) => <PathLine key={hop.datacenter} path={[hop]} />);
}
