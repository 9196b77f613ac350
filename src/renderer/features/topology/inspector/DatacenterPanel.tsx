import { Button } from '@mantine/core';
import { Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { quorumAfterLosing } from '../../../../shared/live/index.js';
import { type DocumentPath, setField } from '../../../../shared/topology/index.js';
import { runCommand } from '../../../app/commands.js';
import { useDocument } from '../../../stores/document.js';
import { useLive } from '../../../stores/live.js';
import { rename } from './edit.js';
import { useNotes } from './Field.js';
import { fieldKey, toleranceOf } from './fields.js';
import { Glossary } from './Glossary.js';
import { TextField } from './inputs.js';
import styles from './inspector.module.css';
import { Panel } from './Panel.js';

/** A datacenter: who is in it, and how much it can lose. */
export function DatacenterPanel({ index }: { readonly index: number }) {
  const { t } = useTranslation('inspector');
  const datacenter = useDocument((state) => state.shown.draft.datacenters[index]);
  if (datacenter === undefined) return null;
  const namePath: DocumentPath = [...datacenter.path, 'name'];
  const nodes: DocumentPath = [...datacenter.path, 'nodes'];
  const count = (role: string): number => datacenter.nodes.filter((node) => node.role === role).length;
  const name = datacenter.name ?? '';
  return (
    <Panel
      title={t('kind.datacenter', { name: name === '' ? t('kind.unnamed') : name })}
      path={datacenter.path}
      fields={[namePath, nodes]}
    >
      <TextField
        path={namePath}
        label={t('name')}
        term="datacenter"
        help={t('datacenter.nameHelp')}
        commit={(value) => rename(namePath, (text) => setField(text, namePath, value))}
      />
      <div>
        <div className={styles.labelRow}>
          <span className={styles.label}>{t('datacenter.members')}</span>
        </div>
        {t('datacenter.servers', { count: count('server') })} ·{' '}
        {t('datacenter.clients', { count: count('client') })}
      </div>
      <Tolerance servers={count('server')} path={nodes} />
      <Now name={name} />
      <div className={styles.buttons}>
        <Button
          variant="default"
          size="xs"
          leftSection={<Trash2 size={14} />}
          onClick={() => runCommand('delete')}
        >
          {t('datacenter.remove')}
        </Button>
      </div>
    </Panel>
  );
}

/** What losing servers means; with it the findings about their number. */
function Tolerance({ servers, path }: { readonly servers: number; readonly path: DocumentPath }) {
  const { t } = useTranslation('inspector');
  const { kind, count, next } = toleranceOf(servers);
  // Findings about a node stand with the node.
  const { description, error } = useNotes(path, { itself: true });
  return (
    <div className={styles.field} data-field={fieldKey(path)} data-testid="tolerance">
      <div className={styles.labelRow}>
        <span className={styles.label}>{t('datacenter.tolerance')}</span>
        <Glossary term="quorum" />
      </div>
      {kind === 'more' ? t('datacenter.tolerates.more', { count, next }) : t(`datacenter.tolerates.${kind}`)}
      {description !== null && <div className={styles.description}>{description}</div>}
      {error !== null && <div className={styles.error}>{error}</div>}
    </div>
  );
}

/** The voters at this moment, where the cluster is watched. */
function Now({ name }: { readonly name: string }) {
  const { t } = useTranslation('inspector');
  const snapshot = useLive((state) => state.snapshot);
  const now = snapshot === null ? null : quorumAfterLosing(snapshot, name, 0);
  if (now === null) return null;
  return (
    <div>
      <div className={styles.labelRow}>
        <span className={styles.label}>{t('datacenter.now')}</span>
        <Glossary term="voter" />
      </div>
      <span className={now.writes === 'stopped' ? styles.bad : undefined}>
        {t('datacenter.alive', { alive: now.alive, voters: now.voters, needed: now.needed })}
      </span>
    </div>
  );
}
