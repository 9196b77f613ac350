import { Button, Textarea } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HostFields } from '../../../shared/topology/index.js';
import { useDocument } from '../../stores/document.js';
import styles from './hosts.module.css';
import { parsePasted } from './paste.js';

const EXAMPLE = 'root@192.0.2.11 docker01\n192.0.2.12\ndocker03,192.0.2.13,ops,2222';

export function PasteList({ onAdd }: { onAdd(hosts: readonly HostFields[]): void }) {
  const { t } = useTranslation('hosts');
  const taken = useDocument((state) => state.shown.draft.hosts);
  const [text, setText] = useState('');
  const lines = useMemo(
    () =>
      parsePasted(
        text,
        taken.map((host) => host.name),
      ),
    [text, taken],
  );
  const hosts = lines.flatMap((line) => ('host' in line ? [line.host] : []));
  const wrong = lines.flatMap((line) => ('host' in line ? [] : [line]));
  return (
    <>
      <Textarea
        data-autofocus
        label={t('pasteLabel')}
        placeholder={EXAMPLE}
        autosize
        minRows={5}
        maxRows={10}
        classNames={{ input: 'mono' }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-testid="paste-hosts"
      />
      {wrong.map((line) => (
        <p key={line.line} className={styles.wrong}>
          {t('wrongLine', { line: line.line, problem: t(`problem.${line.problem}`), text: line.text })}
        </p>
      ))}
      {hosts.length > 0 && (
        <ul className={styles.preview} aria-label={t('preview')}>
          {hosts.map((host) => (
            <li key={host.name}>
              <strong>{host.name}</strong>
              <span className="mono">{`${host.user ?? 'root'}@${host.address}${host.port === undefined ? '' : `:${host.port}`}`}</span>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.buttons}>
        <Button disabled={hosts.length === 0} onClick={() => onAdd(hosts)} data-testid="paste-submit">
          {t('addCount', { count: hosts.length })}
        </Button>
      </div>
    </>
  );
}
