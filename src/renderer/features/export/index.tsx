import { Button, SegmentedControl } from '@mantine/core';
import { FileUp } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { exportTopology } from '../../../shared/export/index.js';
import { runCommand } from '../../app/commands.js';
import { useDocument } from '../../stores/document.js';
import { EmptyState } from '../../ui/parts/EmptyState.js';
import styles from './export.module.css';
import { Formats } from './Formats.js';
import { type Format, isPicture } from './formats.js';
import { Picture } from './Picture.js';
import { Preview } from './Preview.js';
import { SaveFiles } from './SaveFiles.js';

/** What the cluster is outside of Raftyard: scripts, compose, Ansible, Consul's own files, a picture. */
export function ExportView() {
  const { t } = useTranslation('exports');
  const topology = useDocument((state) => state.model.topology);
  const [format, setFormat] = useState<Format>('scripts');
  const [style, setStyle] = useState<'robust' | 'classic' | null>(null);
  const chosen = style ?? topology?.bootstrap ?? 'robust';
  const files = useMemo(
    () =>
      topology === undefined || isPicture(format) ? [] : exportTopology(topology, format, { style: chosen }),
    [topology, format, chosen],
  );
  if (topology === undefined)
    return (
      <EmptyState icon={<FileUp size={26} />} title={t('invalid.title')} text={t('invalid.text')}>
        <Button
          onClick={() => {
            runCommand('view-topology');
            runCommand('toggle-problems');
          }}
        >
          {t('invalid.show')}
        </Button>
      </EmptyState>
    );
  return (
    <div className={styles.page}>
      <Formats format={format} onChoose={setFormat} />
      <section className={styles.content} aria-label={t(`format.${format}.title`)}>
        <header className={styles.head}>
          <div className={styles.headText}>
            <h2>{t(`format.${format}.title`)}</h2>
            <p>{t(`format.${format}.text`)}</p>
          </div>
          {!isPicture(format) && (
            <SegmentedControl
              aria-label={t('style')}
              value={chosen}
              onChange={(value) => setStyle(value as 'robust' | 'classic')}
              data={[
                { value: 'robust', label: t('robust') },
                { value: 'classic', label: t('classic') },
              ]}
            />
          )}
          {!isPicture(format) && <SaveFiles format={format} style={chosen} />}
        </header>
        {isPicture(format) ? <Picture kind={format} /> : <Preview files={files} />}
      </section>
    </div>
  );
}

/** The export is a view of its own; it has no dialogs beside the system's. */
export function ExportDialogs() {
  return null;
}
