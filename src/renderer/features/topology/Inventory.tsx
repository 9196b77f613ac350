import { TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDocument } from '../../stores/document.js';
import { useUi } from '../../stores/ui.js';
import { HostItem } from './HostItem.js';
import { HostMenu, type HostMenuPlace } from './HostMenu.js';
import { visibleHosts } from './inventory.js';
import styles from './topology.module.css';

/** So many are seen at a glance; of more one looks for what one wants. */
const FILTER_FROM = 13;

/** The hosts of the document: dragged onto the canvas or onto a card, and opened in the inspector. */
export function Inventory() {
  const { t } = useTranslation('topology');
  const draft = useDocument((state) => state.shown.draft);
  const openDialog = useUi((state) => state.openDialog);
  const [filter, setFilter] = useState('');
  const [menu, setMenu] = useState<HostMenuPlace | null>(null);
  const used = new Set(draft.datacenters.flatMap((dc) => dc.nodes.map((node) => node.host)));
  const many = draft.hosts.length >= FILTER_FROM;
  const { shown, more } = visibleHosts(draft.hosts, many ? filter : '');
  return (
    <>
      <h2>{t('hosts')}</h2>
      {many && (
        <TextInput
          size="xs"
          aria-label={t('filterHosts')}
          placeholder={t('filterHosts')}
          leftSection={<Search size={13} />}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      )}
      {shown.map(({ host, index }) => (
        <HostItem
          key={index}
          host={host}
          index={index}
          free={!used.has(host.name)}
          onMenu={(x, y) => setMenu({ x, y, index, name: host.name ?? '', free: !used.has(host.name) })}
        />
      ))}
      {more > 0 && <p className={styles.more}>{t('moreHosts', { count: more })}</p>}
      {draft.hosts.length === 0 && <p className={styles.more}>{t('noHosts')}</p>}
      <div className={styles.hostLinks}>
        <button
          type="button"
          onClick={() => openDialog({ kind: 'add-hosts', tab: 'form' })}
          data-testid="add-host"
        >
          {t('addHost')}
        </button>
        <button type="button" onClick={() => openDialog({ kind: 'add-hosts', tab: 'ssh-config' })}>
          {t('fromSshConfig')}
        </button>
      </div>
      {menu !== null && <HostMenu place={menu} onClose={() => setMenu(null)} />}
    </>
  );
}
