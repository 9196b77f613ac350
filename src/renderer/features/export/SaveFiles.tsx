import { Button } from '@mantine/core';
import { Archive, FolderDown } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { tell, tellError } from '../../app/tell.js';
import { call } from '../../lib/ipc.js';
import { useDocument } from '../../stores/document.js';
import type { FileFormat } from './formats.js';

interface SaveFilesProps {
  readonly format: FileFormat;
  readonly style: 'robust' | 'classic';
}

export function SaveFiles({ format, style }: SaveFilesProps) {
  const { t } = useTranslation('exports');
  const text = useDocument((state) => state.text);
  const [busy, setBusy] = useState(false);
  const save = async (zip: boolean): Promise<void> => {
    setBusy(true);
    try {
      const saved = await call('export:save', { text, format, style, zip });
      if (saved !== null) tell(t('saved', { count: saved.files, path: saved.path }));
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button
        variant="default"
        disabled={busy}
        leftSection={<Archive size={15} />}
        onClick={() => void save(true)}
        data-testid="save-zip"
      >
        {t('zip')}
      </Button>
      <Button
        disabled={busy}
        leftSection={<FolderDown size={15} />}
        onClick={() => void save(false)}
        data-testid="save-folder"
      >
        {t('folder')}
      </Button>
    </>
  );
}
