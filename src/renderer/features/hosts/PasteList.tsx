import { Textarea } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceProps } from './form.js';
import styles from './hosts.module.css';
import { parsePasted } from './paste.js';

const EXAMPLE = 'root@192.0.2.11:22 docker01\n192.0.2.12\ndocker03,192.0.2.13,ops,2222';
/** More faults are counted, not listed. */
const SHOWN = 5;

/** A list from elsewhere, read as it is typed or pasted; a line that cannot be used says why. */
export function PasteList({ taken, onHosts }: SourceProps) {
  const { t } = useTranslation('hosts');
  const [text, setText] = useState('');
  const lines = useMemo(
    () =>
      parsePasted(text, {
        names: taken.map((host) => host.name),
        addresses: taken.map((host) => host.address),
      }),
    [text, taken],
  );
  useEffect(() => onHosts(lines.flatMap((line) => ('host' in line ? [line.host] : []))), [lines, onHosts]);
  const wrong = lines.flatMap((line) => ('host' in line ? [] : [line]));
  return (
    <>
      <Textarea
        data-autofocus
        label={t('pasteLabel')}
        description={t('pasteHelp')}
        placeholder={EXAMPLE}
        autosize
        minRows={4}
        maxRows={9}
        classNames={{ input: 'mono' }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        spellCheck={false}
        data-testid="paste-hosts"
      />
      {wrong.length > 0 && (
        <ul className={styles.wrongLines} data-testid="paste-problems">
          {wrong.slice(0, SHOWN).map((line) => (
            <li key={line.line} data-problem={line.problem}>
              {t('wrongLine', { line: line.line, problem: t(`problem.${line.problem}`), text: line.text })}
            </li>
          ))}
          {wrong.length > SHOWN && <li>{t('moreWrong', { count: wrong.length - SHOWN })}</li>}
        </ul>
      )}
    </>
  );
}
