import { Button, useComputedColorScheme } from '@mantine/core';
import { ImageDown } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { tell, tellError } from '../../app/tell.js';
import { call } from '../../lib/ipc.js';
import { documentName, useDocument } from '../../stores/document.js';
import { useLive } from '../../stores/live.js';
import { pictureOf } from '../topology/picture.js';
import styles from './export.module.css';
import type { PictureFormat } from './formats.js';
import { pngOf } from './png.js';

/** The canvas as a picture, as it is now: with what is live where there is something live. */
export function Picture({ kind }: { readonly kind: PictureFormat }) {
  const { t } = useTranslation('exports');
  const dark = useComputedColorScheme() === 'dark';
  const model = useDocument((state) => state.shown);
  const layout = useDocument((state) => state.layout);
  const name = useDocument(documentName);
  const snapshot = useLive((state) => state.snapshot);
  const [busy, setBusy] = useState(false);
  const svg = useMemo(() => pictureOf(model, layout, snapshot, dark), [model, layout, snapshot, dark]);
  const source = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      const data = kind === 'svg' ? svg : await pngOf(svg);
      const saved = await call('export:save-image', { kind, name: name || 'cluster', data });
      if (saved !== null) tell(t('savedImage', { path: saved.path }));
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={styles.picture}>
      <img src={source} alt={t('pictureAlt', { name })} data-testid="picture" />
      <Button
        leftSection={<ImageDown size={15} />}
        disabled={busy}
        onClick={() => void save()}
        data-testid="save-image"
      >
        {t('saveImage')}
      </Button>
    </div>
  );
}
