import { Button, Select, Switch, TextInput } from '@mantine/core';
import { Eraser, Pause, Play, ScrollText, Search } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDocument } from '../../stores/document.js';
import { useUi } from '../../stores/ui.js';
import { EmptyState } from '../../ui/parts/EmptyState.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';
import { NodeActions } from '../live/NodeActions.js';
import { LogLines } from './LogLines.js';
import { matching } from './lines.js';
import styles from './logs.module.css';
import { useLogs } from './useLogs.js';

/** An agent's own words, as they come; paused to read, searched to find. */
export function LogsView() {
  const { t } = useTranslation('logs');
  const topology = useDocument((state) => state.model.topology);
  const nodes =
    topology?.datacenters.flatMap((dc) => dc.nodes.map((node) => `${dc.name}/${node.name}`)) ?? [];
  const [chosen, setChosen] = useState(selectedNode);
  const [words, setWords] = useState('');
  const [wrap, setWrap] = useState(true);
  const node = chosen !== null && nodes.includes(chosen) ? chosen : (nodes[0] ?? null);
  const { lines, paused, held, ended, error, pause, clear, again } = useLogs(node);
  if (node === null)
    return <EmptyState icon={<ScrollText size={26} />} title={t('none.title')} text={t('none.text')} />;
  const [datacenter = '', name = ''] = node.split('/');
  const shown = matching(lines, words);
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <Select
          aria-label={t('node')}
          className={styles.node}
          value={node}
          onChange={setChosen}
          data={nodes}
          allowDeselect={false}
        />
        <TextInput
          aria-label={t('search')}
          placeholder={t('search')}
          leftSection={<Search size={14} />}
          className={styles.search}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <span className={styles.muted}>{words === '' ? '' : t('found', { count: shown.length })}</span>
        <Switch label={t('wrap')} checked={wrap} onChange={(event) => setWrap(event.currentTarget.checked)} />
        <Button
          variant="default"
          leftSection={paused ? <Play size={14} /> : <Pause size={14} />}
          onClick={() => pause(!paused)}
          data-testid="pause-logs"
        >
          {paused ? t('resume', { count: held }) : t('pause')}
        </Button>
        <Button variant="default" leftSection={<Eraser size={14} />} onClick={clear}>
          {t('clear')}
        </Button>
        <NodeActions datacenter={datacenter} node={name} />
      </div>
      {error !== null && (
        <div className={styles.error}>
          <ErrorNote error={error}>
            <Button mt="xs" size="compact-sm" variant="default" onClick={again}>
              {t('again')}
            </Button>
          </ErrorNote>
        </div>
      )}
      {ended && error === null && (
        <p className={styles.ended}>
          {t('ended')}
          <Button size="compact-sm" variant="default" onClick={again}>
            {t('again')}
          </Button>
        </p>
      )}
      <LogLines
        lines={shown}
        words={words}
        wrap={wrap}
        follow={!paused}
        empty={words === '' ? t('waiting') : t('nothing')}
      />
    </div>
  );
}

/** The node that is selected on the canvas is the one whose log a person most likely wants. */
function selectedNode(): string | null {
  const first = useUi.getState().selection[0];
  if (first?.kind !== 'node') return null;
  const dc = useDocument.getState().shown.draft.datacenters[first.datacenter];
  return dc === undefined ? null : `${dc.name}/${dc.nodes[first.node]?.name}`;
}
