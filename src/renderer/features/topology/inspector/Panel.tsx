import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentPath } from '../../../../shared/topology/index.js';
import { useDocument } from '../../../stores/document.js';
import { useUi } from '../../../stores/ui.js';
import { useFindingText } from '../drawer/useFindingText.js';
import { fieldKey, otherFindings } from './fields.js';
import styles from './inspector.module.css';

interface PanelProps {
  readonly title: string;
  /** What it shows in the document; findings about it that no field has stand on top. */
  readonly path?: DocumentPath;
  readonly fields?: readonly DocumentPath[];
  readonly children: ReactNode;
}

/** The frame of what is selected. While the YAML cannot be read, nothing in it can be changed. */
export function Panel({ title, path, fields, children }: PanelProps) {
  const readable = useDocument((state) => state.model.readable);
  return (
    <>
      <h2 className={styles.title} data-testid="inspector-title">
        {title}
      </h2>
      {!readable && <Unreadable />}
      <fieldset className={styles.fields} disabled={!readable} aria-label={title}>
        {path !== undefined && <Others path={path} fields={fields ?? []} />}
        {children}
      </fieldset>
    </>
  );
}

function Others({ path, fields }: { readonly path: DocumentPath; readonly fields: readonly DocumentPath[] }) {
  const findings = useDocument((state) => state.shown.findings);
  const say = useFindingText();
  const others = otherFindings(findings, path, fields);
  return others.map((finding) => (
    <p
      key={`${fieldKey(finding.path)} ${finding.code}`}
      className={finding.severity === 'error' ? styles.error : styles.description}
      style={{ margin: 0 }}
    >
      <span className={finding.severity === 'error' ? undefined : styles.warning}>{say(finding)}</span>
    </p>
  ));
}

function Unreadable() {
  const { t } = useTranslation('inspector');
  return (
    <div className={styles.unreadable} role="status" data-testid="unreadable">
      {t('unreadable')}
      <Button variant="default" size="compact-xs" onClick={() => useUi.getState().openDrawer('yaml')}>
        {t('showYaml')}
      </Button>
    </div>
  );
}
