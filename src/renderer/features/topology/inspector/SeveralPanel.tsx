import { Button } from '@mantine/core';
import { Copy, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type NodeRef, type Role, setRole } from '../../../../shared/topology/index.js';
import { runCommand } from '../../../app/commands.js';
import type { Selected } from '../../../stores/ui.js';
import { change } from './edit.js';
import styles from './inspector.module.css';
import { Panel } from './Panel.js';

/** What can be done with many things at once. */
export function SeveralPanel({ selection }: { readonly selection: readonly Selected[] }) {
  const { t } = useTranslation('inspector');
  const nodes = selection.flatMap((item): NodeRef[] =>
    item.kind === 'node' ? [{ datacenter: item.datacenter, node: item.node }] : [],
  );
  const count = (kind: Selected['kind']): number => selection.filter((item) => item.kind === kind).length;
  const counts = [
    ...(nodes.length === 0 ? [] : [t('several.nodes', { count: nodes.length })]),
    ...(count('datacenter') === 0 ? [] : [t('several.datacenters', { count: count('datacenter') })]),
    ...(count('host') === 0 ? [] : [t('cluster.hosts', { count: count('host') })]),
  ];
  const makeAll = (role: Role): void =>
    change((text) => nodes.reduce((now, ref) => setRole(now, ref, role), text));
  return (
    <Panel title={t('several.title', { count: selection.length })}>
      <p style={{ margin: 0 }}>{counts.join(' · ')}</p>
      <p className={styles.note}>{t('several.text')}</p>
      {nodes.length > 0 && (
        <>
          <Button variant="default" onClick={() => makeAll('server')}>
            {t('several.makeServers')}
          </Button>
          <Button variant="default" onClick={() => makeAll('client')}>
            {t('several.makeClients')}
          </Button>
          <Button variant="default" leftSection={<Copy size={14} />} onClick={() => runCommand('duplicate')}>
            {t('several.duplicate')}
          </Button>
        </>
      )}
      <Button variant="default" leftSection={<Trash2 size={14} />} onClick={() => runCommand('delete')}>
        {t('several.remove')}
      </Button>
    </Panel>
  );
}
