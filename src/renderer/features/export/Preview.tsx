import { Button } from '@mantine/core';
import { Copy } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExportedFile } from '../../../shared/export/index.js';
import { tell, tellError } from '../../app/tell.js';
import { call } from '../../lib/ipc.js';
import styles from './export.module.css';
import { firstFile, languageOf } from './formats.js';
import { highlight } from './highlight.js';

/** The files that saving would write, and what is in the chosen one. */
export function Preview({ files }: { readonly files: readonly ExportedFile[] }) {
  const { t } = useTranslation('exports');
  const [chosen, setChosen] = useState<string | null>(null);
  const path = files.some((file) => file.path === chosen)
    ? chosen
    : firstFile(files.map((file) => file.path));
  const content = files.find((file) => file.path === path)?.content ?? '';
  const html = useMemo(() => highlight(content, languageOf(path ?? '')), [content, path]);
  const copy = (): void => {
    call('app:write-clipboard', content).then(() => tell(t('copied', { file: path })), tellError);
  };
  return (
    <div className={styles.preview}>
      <ul className={styles.files} aria-label={t('files')}>
        {files.map((file) => (
          <li key={file.path}>
            <button
              type="button"
              className={styles.file}
              aria-current={file.path === path ? 'true' : undefined}
              onClick={() => setChosen(file.path)}
            >
              {file.path}
            </button>
          </li>
        ))}
      </ul>
      <div className={styles.code}>
        <Button
          variant="default"
          size="compact-sm"
          className={styles.copy}
          leftSection={<Copy size={13} />}
          onClick={copy}
          data-testid="copy-file"
        >
          {t('copy')}
        </Button>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section className={styles.scroll} tabIndex={0} aria-label={path ?? undefined} data-testid="preview">
          <pre>
            <code dangerouslySetInnerHTML={{ __html: html }} />
          </pre>
        </section>
      </div>
    </div>
  );
}
